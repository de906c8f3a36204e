"""NATS with streams."""

from pathlib import Path

import yaml

from engine.adapters import PlatformAdapter, Script

from .config import MessageBrokerConfig


class MessageBrokerAdapter(PlatformAdapter):
    """Installs the broker by its chart, and waits until it takes messages."""

    def load_metadata(self):
        return yaml.safe_load((Path(__file__).parent / "adapter.yaml").read_text())

    @property
    def config_model(self):
        return MessageBrokerConfig

    def post_work_scripts(self):
        return [Script(self, "post_work/wait-for-streams.sh", {"seconds": 180})]

    def render(self, context):
        return {"broker.yaml": context.template("broker.yaml.j2", config=self.config)}
