def rank(orders):
    """Ranks orders."""
    return sorted(orders)
