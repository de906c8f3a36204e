import socket
import time

from st2common.runners.base_action import Action


class CheckPortAction(Action):
    def run(self, host, port, patience):
        started = time.monotonic()
        try:
            with socket.create_connection((host, port), timeout=patience):
                return True, {"open": True, "seconds": time.monotonic() - started}
        except OSError as error:
            self.logger.info("%s:%d does not answer: %s", host, port, error)
            return True, {"open": False}
