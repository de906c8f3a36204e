from st2common.runners.base_action import Action


class Wave(Action):
    def run(self):
        return "*waves*"
