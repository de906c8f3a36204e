"""Requests an address once: parameters as JSON on standard input, result as JSON on standard output."""

import json
import sys
import time
import urllib.error
import urllib.request


def check(url, method="GET", expect_status=200, timeout_seconds=10):
    """Returns what was answered, and whether that is healthy."""
    request = urllib.request.Request(url, method=method, headers={"User-Agent": "web-probes"})
    started = time.monotonic()
    result = {}
    try:
        with urllib.request.urlopen(request, timeout=timeout_seconds) as answer:
            result["status"] = answer.status
    except urllib.error.HTTPError as answer:
        result["status"] = answer.code
    except OSError as error:
        result["error"] = str(error)
    result["elapsed_ms"] = round((time.monotonic() - started) * 1000)
    result["healthy"] = result.get("status") == expect_status
    return result


if __name__ == "__main__":
    json.dump(check(**json.load(sys.stdin)), sys.stdout)
