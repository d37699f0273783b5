"""Webhooks: forged, old, unknown, twice, before their cause, and poisonous."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.payments.use_cases import webhooks
from shared.ids import new_id
from tests.integration.payments.market import BASE, Market
from tests.support.stripe_process import SNAPSHOT_SECRET, THIN_SECRET
from tests.support.stripe_steps import GOOD_CARD


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
        ("balance.available", {"object": "balance"}),
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
    market.pay(milestone)
    market.accept(milestone)
    market.step()
    market.step()
    market.until(lambda: "payout.paid" in market.simulator.listener.types())
    for delivery in reversed(market.simulator.listener.deliveries):
        market.deliver(delivery.body, delivery.signature)
    market.until(lambda: [each["status"] for each in market.payouts()] == ["paid"])
    market.check_books()


def test_a_webhook_before_its_cause_is_tried_again_later(market: Market) -> None:
    market.become_payee()
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.accept(milestone)
    (row,) = market.rows("SELECT payout_id FROM payouts")
    early = {"id": "po_early", "status": "paid", "metadata": {"payout_id": str(row.payout_id)}}
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
    market.until(lambda: kept(market)["evt_bug"] == "failed")
    (event,) = market.rows("SELECT * FROM processor_events WHERE event_id = 'evt_bug'")
    assert event.attempts == 3


def test_another_amount_than_asked_for_is_not_funded_but_shown(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    page = market.check_out(milestone).json()["url"]
    market.rows("UPDATE escrows SET funded = funded + 1 RETURNING 1")
    httpx.post(page, data={"card_number": GOOD_CARD, "expiry": "12/40", "cvc": "123"})
    market.until(lambda: "failed" in kept(market).values())
    (event,) = market.rows("SELECT * FROM processor_events WHERE status = 'failed'")
    assert "captured_amount_differs" in event.reason
    assert market.money(milestone)["status"] == "funding"
    assert [each["reason"] for each in market.reconcile()["unmatched"]] == ["theirs_only"]


def test_an_authorisation_is_not_money(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    session = market.gateway.api.client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": "http://web.example",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "jpy",
                        "unit_amount": 49_895,
                        "product_data": {"name": "Part 1"},
                    },
                }
            ],
            "metadata": {"milestone_id": str(milestone)},
            "payment_intent_data": {"capture_method": "manual"},
        }
    )
    assert session.url
    httpx.post(session.url, data={"card_number": GOOD_CARD, "expiry": "12/40", "cvc": "123"})
    market.until(lambda: "checkout.session.completed" in market.simulator.listener.types())
    paid = next(
        each.event["data"]["object"]
        for each in market.simulator.listener.deliveries
        if each.event["type"] == "checkout.session.completed"
    )
    # Even if it said so: the intent is only authorised.
    body = an_event("checkout.session.completed", {**paid, "payment_status": "paid"}, "evt_auth")
    market.deliver(body, signed(body))
    market.until(lambda: kept(market).get("evt_auth") == "ignored")
    assert market.money(milestone)["status"] == "unfunded"
    assert UUID(market.money(milestone)["milestone_id"]) == milestone
    assert market.rows("SELECT * FROM journal_entries") == []


def test_thin_events_have_a_path_of_their_own(market: Market) -> None:
    body = json.dumps({"id": "evt_thin", "object": "v2.core.event", "type": "v2.core.x"}).encode()
    headers = {"Stripe-Signature": signed(body, secret=THIN_SECRET)}
    answer = market.api.client.post(f"{BASE}/webhooks/stripe/thin", content=body, headers=headers)
    assert answer.status_code == 200
