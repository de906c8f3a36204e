"""Reads the stock of a warehouse from a file that it exports every night."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path


class WarehouseAdapter:
    """A reader of the nightly export."""

    def __init__(self, path: str | None = None) -> None:
        self.path = Path(path or os.environ["INVENTORY_EXPORT"])

    def fetch_stock(self) -> Iterator[dict]:
        """Yields the items with what is left and what a week takes."""
        with self.path.open(newline="") as file:
            yield from csv.DictReader(file)
