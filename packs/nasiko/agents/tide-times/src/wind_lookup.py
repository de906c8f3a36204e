"""wind-lookup skill (v1.1.0) — LangGraph"""
from langchain_core.tools import tool
import os
import httpx

@tool
def wind_lookup(station: str, unit: str = "kn") -> str:
    """Look up the wind at a station, as the last report has it."""
    factors = {"kn": 1.0, "m/s": 0.514444, "km/h": 1.852}
    if unit not in factors:
        return f"unknown unit '{unit}'; use kn, m/s or km/h"
    response = httpx.get(os.environ["WIND_URL"], params={"station": station}, timeout=10.0)
    if response.status_code != 200:
        return f"no report for '{station}'"
    report = response.json()
    speed = report["knots"] * factors[unit]
    return f"{speed:.1f} {unit} from {report['degrees']}° at {report['time']}"
