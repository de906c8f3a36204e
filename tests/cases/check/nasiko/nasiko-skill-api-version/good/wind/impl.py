def wind(station: str) -> str:
    """Tells the wind."""
    return f"calm at {station}"
