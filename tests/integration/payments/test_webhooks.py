"""Webhooks: forged, old, unknown, twice, before their cause, and poisonous."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.payments.use_cases import operations, webhooks
from shared.ids import new_id
from tests.integration.payments.market import BASE, Market
from tests.support.stripe_process import SNAPSHOT_SECRET, THIN_SECRET
from tests.support.wait import eventually


def signed(body: bytes, *, secret: str = SNAPSHOT_SECRET, age: timedelta = timedelta()) -> str:
    stamp = str(int((datetime.now(UTC) - age).timestamp()))
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def an_event(kind: str, found: dict[str, Any], event_id: str = "evt_1") -> bytes:
    event = {
        "id": event_id,
        "object": "event",
        "type": kind,
        "created": int(datetime.now(UTC).timestamp()),
        "data": {"object": found},
    }
    return json.dumps(event, ensure_ascii=False).encode()


def kept(market: Market) -> dict[str, str]:
    rows = market.rows("SELECT event_id, status FROM processor_events")
    return {row.event_id: row.status for row in rows}


@pytest.fixture
def market(own_market: Market) -> Market:
    """A market of the test's own: it looks at all events that were kept."""
    return own_market


def test_a_forged_webhook_is_refused_and_not_kept(market: Market) -> None:
    body = an_event("payout.paid", {"id": "po_1"})
    for signature in (
        "",
        "t=1,v1=00",
        signed(body, secret="whsec_other"),
        signed(body + b" "),
        signed(body).replace("v1=", "v0="),
    ):
        answer = market.deliver(body, signature)
        assert answer.status_code == 403
        assert answer.json()["code"] == "webhook_signature_invalid"
    assert kept(market) == {}


@pytest.mark.parametrize("minutes", [6, -6])
def test_a_timestamp_that_is_old_or_from_the_future_is_refused(
    market: Market, minutes: int
) -> None:
    body = an_event("payout.paid", {"id": "po_1"})
    answer = market.deliver(body, signed(body, age=timedelta(minutes=minutes)))
    assert (answer.status_code, answer.json()["code"]) == (403, "webhook_timestamp_invalid")
    assert kept(market) == {}


def test_any_of_the_secrets_will_do(market: Market) -> None:
    for number, secret in enumerate((SNAPSHOT_SECRET, THIN_SECRET)):
        body = an_event("customer.created", {"id": "cus_1"}, f"evt_{number}")
        assert market.deliver(body, signed(body, secret=secret)).status_code == 200


def test_a_body_that_is_no_event_is_refused(market: Market) -> None:
    for body in (b"", b"[]", b"{}", b"\xff\xfe", b'{"id": "evt_1"}'):
        answer = market.deliver(body, signed(body))
        assert (answer.status_code, answer.json()["code"]) == (422, "webhook_malformed")


def test_the_body_is_kept_byte_for_byte_and_an_unknown_type_ignored(market: Market) -> None:
    body = an_event("customer.created", {"id": "cus_1", "name": "山田 花子"})
    assert market.deliver(body, signed(body)).status_code == 200
    (row,) = market.rows("SELECT * FROM processor_events")
    assert (bytes(row.body), row.status) == (body, "ignored")


def test_what_is_not_ours_is_ignored(market: Market) -> None:
    others: list[tuple[str, dict[str, Any]]] = [
        ("payout.paid", {"id": "po_1", "metadata": {}}),
        ("payout.failed", {"id": "po_1", "metadata": {}}),
        ("refund.updated", {"id": "re_1", "status": "succeeded", "metadata": None}),
        ("checkout.session.completed", {"id": "cs_1", "payment_status": "paid"}),
        ("checkout.session.expired", {"id": "cs_1"}),
        ("payment_intent.succeeded", {"id": "pi_1", "metadata": {}}),
        ("payment_intent.partially_funded", {"id": "pi_1", "metadata": {}}),
        (
            "customer_cash_balance_transaction.created",
            {"type": "applied_to_payment"} | {"customer": "cus_1", "net_amount": -100},
        ),
    ]
    for number, (kind, found) in enumerate(others):
        body = an_event(kind, found, f"evt_{number}")
        assert market.deliver(body, signed(body)).status_code == 200
    market.step()
    assert set(kept(market).values()) == {"ignored"}


def test_a_webhook_that_comes_twice_is_handled_once(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    for delivery in list(market.simulator.listener.deliveries):
        assert market.deliver(delivery.body, delivery.signature).status_code == 200
    market.step()
    assert market.told().count("milestone_funded") == 1
    market.check_books()


def test_another_event_about_the_same_payment_changes_nothing(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    event = next(
        each.event
        for each in market.simulator.listener.deliveries
        if each.event["type"] == "checkout.session.completed"
    )
    body = an_event("checkout.session.completed", event["data"]["object"], "evt_again")
    assert market.deliver(body, signed(body)).status_code == 200
    market.until(lambda: kept(market)["evt_again"] == "handled")
    assert market.told().count("milestone_funded") == 1
    market.check_books()


def test_webhooks_in_reverse_order_come_to_the_same(market: Market) -> None:
    market.become_payee()
    (milestone,) = market.agree(50_000)
    page = market.page(milestone)
    market.settle()
    market.pay_on(page)
    market.simulator.advance(0)
    market.until(lambda: market.money(milestone)["status"] == "funded")
    market.accept(milestone)
    assert market.ask_for_payout().status_code == 201
    # The calls are made before any webhook comes in.
    for _ in range(2):
        operations.run_operations(market, market.gateway)
    listener = market.simulator.listener
    eventually(lambda: "payout.paid" in listener.types())
    news = listener.deliveries[market.progress.delivered :]
    market.progress.delivered = len(listener.deliveries)
    for delivery in reversed(news):
        market.deliver(delivery.body, delivery.signature)
    market.settle()
    assert [each["status"] for each in market.payouts()] == ["paid"]
    market.check_books()


def test_a_webhook_before_its_cause_is_tried_again_later(market: Market) -> None:
    market.become_payee()
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.accept(milestone)
    payout_id = market.ask_for_payout().json()["payout_id"]
    early = {"id": "po_early", "status": "paid", "metadata": {"payout_id": payout_id}}
    body = an_event("payout.paid", early, "evt_early")
    market.deliver(body, signed(body))
    # Nothing was transferred yet: the calls have not been made.
    webhooks.handle_events(market, market.gateway)
    (event,) = market.rows("SELECT * FROM processor_events WHERE event_id = 'evt_early'")
    assert (event.status, event.attempts) == ("received", 1)
    assert "step_not_possible_yet" in event.reason
    market.until(lambda: kept(market)["evt_early"] == "handled")
    market.check_books()


def test_a_refusal_is_shown_to_the_operator_and_the_queue_goes_on(market: Market) -> None:
    poison = {"id": "re_1", "status": "failed", "metadata": {"refund_id": str(new_id())}}
    body = an_event("refund.failed", poison, "evt_poison")
    market.deliver(body, signed(body))
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    (event,) = market.rows("SELECT * FROM processor_events WHERE event_id = 'evt_poison'")
    assert event.status == "failed"
    assert "refund_not_found" in event.reason


def test_a_bug_is_tried_three_times_then_shown(market: Market) -> None:
    body = an_event("payout.paid", {"id": "po_1", "metadata": {"payout_id": "x"}}, "evt_bug")
    market.deliver(body, signed(body))
    for _ in range(3):
        market.step()
        market.turn(seconds=5)
    (event,) = market.rows("SELECT * FROM processor_events WHERE event_id = 'evt_bug'")
    assert event.attempts == 3


def test_another_amount_than_asked_for_is_not_funded_but_shown(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    page = market.page(milestone)
    market.rows("UPDATE checkout_items SET amount = amount + 1 RETURNING 1")
    market.pay_on(page)
    market.until(lambda: "failed" in kept(market).values())
    (event,) = market.rows("SELECT * FROM processor_events WHERE status = 'failed'")
    assert "captured_amount_differs" in event.reason
    assert market.money(milestone)["status"] == "funding"
    assert [each["reason"] for each in market.reconcile()["unmatched"]] == ["theirs_only"]


def test_an_event_that_says_paid_of_an_authorisation_is_not_believed(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    page = market.page(milestone)
    market.settle()
    intents = market.gateway.api.client.v1.payment_intents
    held = intents.create(
        {
            "amount": 49_895,
            "currency": "jpy",
            "capture_method": "manual",
            "allowed_payment_method_types": ["card"],
        }
    )
    assert intents.confirm(held.id, {"payment_method": "pm_card_visa"}).status == (
        "requires_capture"
    )
    said = {
        "id": market.session_of(page),
        "object": "checkout.session",
        "payment_intent": held.id,
        "payment_status": "paid",
        "metadata": {"operation_id": "ours"},
    }
    body = an_event("checkout.session.completed", said, "evt_auth")
    market.deliver(body, signed(body))
    market.until(lambda: kept(market).get("evt_auth") == "ignored")
    assert market.money(milestone)["status"] == "funding"
    assert market.rows("SELECT * FROM journal_entries") == []


def test_thin_events_have_a_path_of_their_own(market: Market) -> None:
    body = json.dumps({"id": "evt_thin", "object": "v2.core.event", "type": "v2.core.x"}).encode()
    headers = {"Stripe-Signature": signed(body, secret=THIN_SECRET)}
    answer = market.api.client.post(f"{BASE}/webhooks/stripe/thin", content=body, headers=headers)
    assert answer.status_code == 200
