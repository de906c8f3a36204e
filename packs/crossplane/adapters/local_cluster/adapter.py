"""A Kubernetes cluster on one machine."""

from pathlib import Path

import yaml

from engine.adapters import PlatformAdapter, Script

from .config import LocalClusterConfig


class LocalClusterAdapter(PlatformAdapter):
    """Makes a cluster of containers, and waits until its API answers."""

    def load_metadata(self):
        return yaml.safe_load((Path(__file__).parent / "adapter.yaml").read_text())

    @property
    def config_model(self):
        return LocalClusterConfig

    def bootstrap_scripts(self):
        return [Script(self, "bootstrap/create-cluster.sh", {"name": self.config.cluster_name})]

    def validation_scripts(self):
        return [Script(self, "validation/check-nodes.sh", {"nodes": self.config.workers + 1})]

    def render(self, context):
        return {"cluster.yaml": context.template("cluster.yaml.j2", config=self.config)}
