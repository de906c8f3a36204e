"""Orders again what runs low."""

import logging

logger = logging.getLogger(__name__)


class Pack:
    """What the loader makes an instance of."""

    name = "domain_inventory"

    def register(self, registry: object) -> None:
        """Says that there is no tool to register: flows call the adapter."""
        logger.info("flows call the adapters of %s", self.name)
