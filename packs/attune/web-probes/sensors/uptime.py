"""Watches the address of every rule that waits for `web-probes.down`."""

import urllib.error
import urllib.request

import attune


def probe(url, timeout_seconds=10):
    """Returns why an address does not answer, or nothing when it does."""
    try:
        with urllib.request.urlopen(url, timeout=timeout_seconds):
            return None
    except urllib.error.HTTPError as answer:
        return f"status {answer.code}" if answer.code >= 500 else None
    except OSError as error:
        return str(error)


class Uptime(attune.PollingSensor):
    """Counts failures per rule and emits once when the count is reached."""

    def setup(self):
        self.interval = 30.0
        self.failures = {}

    def poll(self, rule):
        settings = dict(rule.trigger_params or {})
        key = (str(rule.trigger_ref), settings["url"])
        error = probe(settings["url"])
        count = self.failures.get(key, 0) + 1 if error else 0
        self.failures[key] = count
        if count == int(settings.get("failures", 3)):
            payload = {"url": settings["url"], "failures": count, "last_error": error}
            self.emit(payload, rule=rule, target_rule=True)


if __name__ == "__main__":
    attune.run_sensor(Uptime)
