import json
from urllib.request import Request, urlopen

from st2common.runners.base_action import Action


class AnnounceAction(Action):
    def run(self, text, level):
        body = json.dumps({"text": text, "level": level}).encode()
        request = Request(self.config["hook_url"], data=body, headers={"Content-Type": "application/json"})
        with urlopen(request, timeout=20) as answer:
            return 200 <= answer.status < 300, {"status": answer.status}
