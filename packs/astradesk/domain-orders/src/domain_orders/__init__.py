"""Watches orders and holds back those that look wrong."""

import logging

logger = logging.getLogger(__name__)


class Pack:
    """What the loader makes an instance of."""

    name = "domain_orders"

    def register(self, registry: object) -> None:
        """Says where the tools are: a server of the pack's own offers them."""
        logger.info("the tools of %s are served by tools/mcp_server.py", self.name)
