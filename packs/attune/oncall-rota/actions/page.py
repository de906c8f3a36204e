"""Sends a page to a webhook: parameters as JSON on standard input, result as JSON on standard output."""

import json
import sys
import urllib.request


def page(person, summary, webhook_url, severity="high", webhook_token=None):
    """Posts the page and returns the status of the answer."""
    body = json.dumps({"person": person, "summary": summary, "severity": severity}).encode()
    headers = {"Content-Type": "application/json"}
    if webhook_token:
        headers["Authorization"] = f"Bearer {webhook_token}"
    request = urllib.request.Request(webhook_url, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return {"status": answer.status}


if __name__ == "__main__":
    json.dump(page(**json.load(sys.stdin)), sys.stdout)
