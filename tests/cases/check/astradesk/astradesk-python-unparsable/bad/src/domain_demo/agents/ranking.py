"""Ranks."""

def rank(:
    pass
