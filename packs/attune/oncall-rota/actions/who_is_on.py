"""Picks the person on call: parameters as JSON on standard input, result as JSON on standard output."""

import datetime
import json
import sys


def who_is_on(people, since, days=7, on=None):
    """Returns the person whose turn it is, and the last day of that turn."""
    start = datetime.date.fromisoformat(since)
    day = datetime.date.fromisoformat(on) if on else datetime.date.today()
    turn = (day - start).days // days
    last = start + datetime.timedelta(days=(turn + 1) * days - 1)
    return {"person": people[turn % len(people)], "until": last.isoformat()}


if __name__ == "__main__":
    json.dump(who_is_on(**json.load(sys.stdin)), sys.stdout)
