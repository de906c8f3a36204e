import asyncio

from domain_orders.agents.screening import screen, usual_amount


def test_the_usual_amount_is_the_median():
    assert usual_amount([{"amount": 1}, {"amount": 9}, {"amount": 3}]) == 3
    assert usual_amount([]) == 0


def test_a_first_order_abroad_is_suspicious():
    history = [{"amount": 20, "country": "PL"}]
    order = {"id": "o1", "amount": 21, "country": "NZ", "history": history}
    (verdict,) = asyncio.run(screen([order]))
    assert verdict.suspicious and "NZ" in verdict.reason
