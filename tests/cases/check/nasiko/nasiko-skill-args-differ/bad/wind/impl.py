def wind(place: str) -> str:
    return f"calm at {place}"
