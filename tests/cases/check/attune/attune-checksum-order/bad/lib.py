from greet import WORD
