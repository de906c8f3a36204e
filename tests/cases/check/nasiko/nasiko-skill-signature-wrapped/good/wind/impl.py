def wind(
    station: str,
    ) -> str:
    return f"calm at {station}"
