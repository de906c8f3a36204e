"""Decides what is ordered again, and how much."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Proposal:
    """What should be ordered."""

    item: str
    quantity: int


async def replenish(stock: list[dict], *, weeks: int = 4) -> list[Proposal]:
    """Returns a proposal for each item that lasts less than the given number of weeks."""
    proposals = []
    for item in stock:
        wanted = weeks * int(item["weekly"])
        if int(item["left"]) < wanted:
            proposals.append(Proposal(item["name"], wanted - int(item["left"])))
    return proposals
