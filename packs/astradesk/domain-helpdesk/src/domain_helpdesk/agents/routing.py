"""Decides who answers a ticket."""

from __future__ import annotations

from dataclasses import dataclass

from domain_helpdesk.tools import desk_adapter

URGENT = ("lawyer", "refund", "fraud")


@dataclass
class Route:
    """Where a ticket goes."""

    ticket_id: str
    queue: str
    priority: str = "normal"


async def route(tickets: list[dict]) -> list[Route]:
    """Returns a route for every ticket that the desk knows."""
    routes = []
    for ticket in tickets:
        urgent = any(word in ticket["text"].lower() for word in URGENT)
        queue = "people" if urgent else desk_adapter.default_queue()
        routes.append(Route(ticket["id"], queue, "high" if urgent else "normal"))
    return routes
