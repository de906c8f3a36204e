import shutil

from st2reactor.sensor.base import PollingSensor


class DiskSensor(PollingSensor):
    def setup(self):
        self.full = set()

    def poll(self):
        limit = self.config.get("limit_percent", 90)
        for path in self.config.get("paths", ["/"]):
            usage = shutil.disk_usage(path)
            percent = 100 * usage.used / usage.total
            if percent <= limit:
                if path in self.full:
                    self.full.discard(path)
                    self.sensor_service.dispatch("disk_watch.recovered", {"path": path, "percent": percent})
            elif path not in self.full:
                self.full.add(path)
                self.sensor_service.dispatch("disk_watch.filling_up", {"path": path, "percent": percent})

    def cleanup(self):
        pass

    def add_trigger(self, trigger):
        pass

    def update_trigger(self, trigger):
        pass

    def remove_trigger(self, trigger):
        pass
