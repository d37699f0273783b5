"""The processor declines, is away, fails, or falls silent before or after it did what we asked."""

from uuid import UUID

import pytest

from services.payments.use_cases import operations
from tests.integration.payments.market import BASE, Market

AFTER_AN_HOUR = {"hours": 1.0}


def a_payable_milestone(market: Market) -> UUID:
    """Return a milestone that is accepted, whose calls to the processor are still to be made."""
    market.become_payee()
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.accept(milestone)
    return milestone


def calls(market: Market) -> list[tuple[str, str, int]]:
    rows = market.rows("SELECT kind, status, attempts FROM operations ORDER BY operation_id")
    return [(row.kind, row.status, row.attempts) for row in rows]


def is_paid(market: Market) -> bool:
    return [each["status"] for each in market.payouts()] == ["paid"]


@pytest.mark.parametrize("path", ["/v1/transfers", "/v1/payouts"])
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("status_before", 429),
        ("status_before", 503),
        ("status_before", 500),
        ("status_after", 500),
        ("reset_before", 0),
        ("reset_after", 0),
    ],
)
def test_money_moves_once_whatever_happens_on_the_way(
    market: Market, path: str, kind: str, status: int
) -> None:
    a_payable_milestone(market)
    market.simulator.fault(kind, path, method="POST", times=1, status=status or 500)
    market.until(lambda: is_paid(market), timeout=30)
    market.check_books()
    client = market.gateway.api.client
    assert len(client.v1.transfers.list().data) == 1


def test_a_call_without_an_answer_is_looked_up_before_it_is_repeated(market: Market) -> None:
    a_payable_milestone(market)
    # Longer than our patience, with the effect done.
    market.simulator.fault("timeout_after", "/v1/transfers", method="POST", seconds=60)
    market.until(lambda: is_paid(market), timeout=60)
    assert ("create_transfer", "done", 2) in calls(market)
    market.check_books()


def test_a_page_is_made_once_although_the_answer_was_lost(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.simulator.fault("status_after", "/v1/checkout/sessions", method="POST", status=500)
    answer = market.check_out(milestone)
    assert (answer.status_code, answer.json()["code"]) == (503, "processor_unavailable")
    assert "Retry-After" in answer.headers
    assert market.check_out(milestone).status_code == 201
    assert len(market.gateway.api.client.v1.checkout.sessions.list().data) == 1


def test_a_page_that_nobody_asked_for_again_is_seen_through_in_the_background(
    market: Market,
) -> None:
    (milestone,) = market.agree(50_000)
    market.simulator.fault("status_after", "/v1/checkout/sessions", method="POST", status=500)
    assert market.check_out(milestone).status_code == 503
    market.turn(minutes=2)
    market.until(lambda: market.money(milestone)["status"] == "funding")
    assert len(market.gateway.api.client.v1.checkout.sessions.list().data) == 1


def test_a_long_outage_is_waited_out(market: Market) -> None:
    a_payable_milestone(market)
    market.simulator.fault("status_before", "/v1/transfers", times=30, status=503, method="*")
    for _ in range(4):
        operations.run_operations(market, market.gateway)
        market.turn(**AFTER_AN_HOUR)
    market.simulator.control("DELETE", "faults")
    market.until(lambda: is_paid(market), timeout=30)
    market.check_books()


def test_a_payee_is_opened_although_the_first_answer_was_lost(market: Market) -> None:
    market.simulator.fault("reset_after", "/v2/core/accounts", method="POST", times=3)
    answer = market.assistant.post(f"{BASE}/payees", {})
    assert (answer.status_code, answer.json()["code"]) == (503, "processor_unavailable")
    assert market.assistant.post(f"{BASE}/payees", {}).json()["status"] == "pending"
    accounts = market.gateway.api.client.v2.core.accounts.list()
    assert len(list(accounts.data)) == 1


def test_an_operation_older_than_the_processors_memory_is_looked_up_first(market: Market) -> None:
    a_payable_milestone(market)
    market.simulator.fault("status_after", "/v1/transfers", method="POST", status=500)
    operations.run_operations(market, market.gateway)
    market.turn(hours=30)
    market.until(lambda: is_paid(market), timeout=30)
    assert len(market.gateway.api.client.v1.transfers.list().data) == 1
    market.check_books()


def test_a_declined_transfer_is_a_result_that_the_assistant_can_see(market: Market) -> None:
    account = market.become_payee()
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.simulator.control("POST", f"accounts/{account}/capabilities", status="restricted")
    market.accept(milestone)
    operations.run_operations(market, market.gateway)
    (payout,) = market.payouts()
    assert payout["status"] == "requested"
    assert payout["failure"]
    assert calls(market)[-1] == ("create_transfer", "declined", 1)
    market.check_books()
