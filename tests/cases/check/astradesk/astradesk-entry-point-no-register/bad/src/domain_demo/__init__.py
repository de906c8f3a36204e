class Pack:
    """Lacks the method."""
