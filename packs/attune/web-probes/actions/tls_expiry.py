"""Reads a server's certificate: parameters as JSON on standard input, result as JSON on standard output."""

import datetime
import json
import socket
import ssl
import sys


def expiry(host, port=443, warn_days=21):
    """Returns how long the certificate of a server is still valid."""
    context = ssl.create_default_context()
    with socket.create_connection((host, port), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname=host) as secure:
            not_after = ssl.cert_time_to_seconds(secure.getpeercert()["notAfter"])
    end = datetime.datetime.fromtimestamp(not_after, datetime.timezone.utc)
    days = (end - datetime.datetime.now(datetime.timezone.utc)).days
    return {"days_left": days, "expiring": days <= warn_days, "not_after": end.isoformat()}


if __name__ == "__main__":
    json.dump(expiry(**json.load(sys.stdin)), sys.stdout)
