"""Requests an address once: parameters as JSON on standard input, result as JSON on standard output."""

import json
import sys
import time
import urllib.error
import urllib.request


def is_expected(status, expect_statuses):
    """Tells whether a status counts as healthy."""
    return status in expect_statuses


def check(url, method="GET", expect_statuses=(200,), bearer_token=None, timeout_seconds=10):
    """Returns what was answered, and whether that is healthy."""
    headers = {"User-Agent": "web-probes"}
    if bearer_token:
        headers["Authorization"] = f"Bearer {bearer_token}"
    request = urllib.request.Request(url, method=method, headers=headers)
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
    result["healthy"] = is_expected(result.get("status"), expect_statuses)
    return result


if __name__ == "__main__":
    json.dump(check(**json.load(sys.stdin)), sys.stdout)
