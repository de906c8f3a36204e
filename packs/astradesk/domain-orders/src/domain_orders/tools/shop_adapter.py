"""Speaks to the shop's order service."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator

SHOP_URL = os.getenv("ORDERS_SHOP_URL", "http://localhost:8080")


class ShopAdapter:
    """A client of the order service; the token comes from the environment."""

    def __init__(self, url: str = SHOP_URL) -> None:
        self.url = url.rstrip("/")

    def _request(self, method: str, path: str, body: dict | None = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        request.add_header("Authorization", f"Bearer {os.environ['ORDERS_SHOP_TOKEN']}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def list_orders(self, state: str = "open") -> Iterator[dict]:
        """Yields the orders in a state, with the customer's history."""
        yield from self._request("GET", f"/orders?state={state}")["orders"]

    def hold(self, order_id: str, reason: str) -> dict:
        """Holds an order back until a person releases it."""
        return self._request("POST", f"/orders/{order_id}/hold", {"reason": reason})
