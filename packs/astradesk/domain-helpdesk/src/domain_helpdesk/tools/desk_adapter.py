"""Speaks to the ticket system."""

from __future__ import annotations

import os


def default_queue() -> str:
    """Returns the queue of tickets that nobody has to hurry for."""
    return os.getenv("HELPDESK_QUEUE", "robots")


class DeskAdapter:
    """Keeps tickets in memory, so that the pack can be tried without a ticket system."""

    def __init__(self) -> None:
        self.tickets: dict[str, dict] = {}

    def list_tickets(self, queue: str = "new") -> list[dict]:
        """Returns the tickets of a queue, oldest first."""
        return [ticket for ticket in self.tickets.values() if ticket["queue"] == queue]

    def assign(self, ticket_id: str, queue: str) -> dict:
        """Puts a ticket into a queue."""
        ticket = self.tickets.setdefault(ticket_id, {"id": ticket_id})
        ticket["queue"] = queue
        return ticket
