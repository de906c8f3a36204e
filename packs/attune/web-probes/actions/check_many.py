"""Checks a list of addresses: parameters as JSON on standard input, result as JSON on standard output."""

import json
import sys

from http_check import check


def check_many(targets, stop_at_first=False):
    """Returns one result per address, in order."""
    results = []
    for target in targets:
        results.append({"url": target["url"], **check(**target)})
        if stop_at_first and not results[-1]["healthy"]:
            break
    return {"healthy": all(result["healthy"] for result in results), "results": results}


if __name__ == "__main__":
    json.dump(check_many(**json.load(sys.stdin)), sys.stdout)
