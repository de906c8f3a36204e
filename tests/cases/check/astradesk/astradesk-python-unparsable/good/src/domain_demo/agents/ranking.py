"""Ranks."""

def rank():
    pass
