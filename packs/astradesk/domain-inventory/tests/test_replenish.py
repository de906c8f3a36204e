import asyncio

from domain_inventory.agents.replenish import replenish


def test_what_lasts_is_not_ordered():
    stock = [{"name": "nut", "left": 40, "weekly": 10}, {"name": "bolt", "left": 5, "weekly": 10}]
    proposals = asyncio.run(replenish(stock))
    assert [(one.item, one.quantity) for one in proposals] == [("bolt", 35)]
