def unit_convert(value: float, source: str, target: str) -> dict:
    """Convert a length or a speed to another unit of the same kind."""
    metres = {"nm": 1852.0, "m": 1.0, "ft": 0.3048, "fathom": 1.8288}
    metres_per_second = {"kn": 1852.0 / 3600, "km/h": 1 / 3.6, "m/s": 1.0}
    for units in (metres, metres_per_second):
        if source in units and target in units:
            return {"value": value * units[source] / units[target], "unit": target}
    return {"value": value, "unit": source}
