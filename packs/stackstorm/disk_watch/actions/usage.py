import shutil

from st2common.runners.base_action import Action


class UsageAction(Action):
    def run(self, path):
        usage = shutil.disk_usage(path)
        return {"percent": 100 * usage.used / usage.total, "free_bytes": usage.free}
