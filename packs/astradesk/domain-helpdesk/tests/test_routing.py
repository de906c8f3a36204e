import asyncio

from domain_helpdesk.agents.routing import route


def test_urgent_tickets_go_to_people():
    (result,) = asyncio.run(route([{"id": "t1", "text": "I want a refund"}]))
    assert (result.queue, result.priority) == ("people", "high")
