"""Decides which orders a person should look at.

An order is suspicious when it is far above what the customer usually spends, or when it goes to a
country that the customer never ordered from.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Verdict:
    """What was decided about an order, and why."""

    order_id: str
    suspicious: bool
    reason: str = ""


def usual_amount(orders: list[dict]) -> float:
    """Returns the median amount of past orders; 0 without any."""
    amounts = sorted(float(order["amount"]) for order in orders)
    return amounts[len(amounts) // 2] if amounts else 0.0


async def screen(orders: list[dict], *, factor: float = 5.0) -> list[Verdict]:
    """Returns a verdict on every order, in the order given."""
    verdicts = []
    for order in orders:
        usual = usual_amount(order.get("history", []))
        known = {past["country"] for past in order.get("history", [])}
        reason = ""
        if usual and float(order["amount"]) > factor * usual:
            reason = f"more than {factor:g} times the usual amount"
        elif known and order["country"] not in known:
            reason = f"first order to {order['country']}"
        verdicts.append(Verdict(order["id"], bool(reason), reason))
    return verdicts
