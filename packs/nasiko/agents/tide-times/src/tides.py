"""High and low waters from a few harmonic constituents: good to about ten minutes."""

import math
from datetime import date, datetime, timedelta, timezone

# Amplitude in metres, speed in degrees per hour, phase in degrees at the epoch.
CONSTITUENTS = {
    "port-example": [(2.10, 28.9841042, 131.0), (0.72, 30.0, 178.0), (0.41, 28.4397295, 104.0)],
    "north-quay": [(1.34, 28.9841042, 208.0), (0.45, 30.0, 251.0), (0.25, 28.4397295, 187.0)],
}
MEAN_LEVEL = {"port-example": 3.20, "north-quay": 2.05}
EPOCH = datetime(2026, 1, 1, tzinfo=timezone.utc)


def height(harbour: str, at: datetime) -> float:
    """Returns the height of the tide above chart datum, in metres."""
    hours = (at - EPOCH).total_seconds() / 3600
    waves = (a * math.cos(math.radians(speed * hours - phase)) for a, speed, phase in CONSTITUENTS[harbour])
    return MEAN_LEVEL[harbour] + sum(waves)


def tide_table(harbour: str, day: str) -> list[dict]:
    """Lists the high and low waters of a day (YYYY-MM-DD) at a harbour, in metres and UTC."""
    start = datetime.combine(date.fromisoformat(day), datetime.min.time(), timezone.utc)
    times = [start + timedelta(minutes=6 * step) for step in range(-1, 242)]
    levels = [height(harbour, at) for at in times]
    table = []
    for before, here, after, at in zip(levels, levels[1:], levels[2:], times[1:]):
        if before < here >= after or before > here <= after:
            kind = "high" if here > MEAN_LEVEL[harbour] else "low"
            table.append({"time": at.strftime("%H:%M"), "kind": kind, "metres": round(here, 1)})
    return table
