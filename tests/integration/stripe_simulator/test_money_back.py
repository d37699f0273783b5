"""Refunds and disputes."""

import httpx
import pytest
import stripe
import stripe.params
from stripe.checkout import Session

from tests.support.stripe_process import RunningSimulator
from tests.support.stripe_steps import CARD_AVAILABLE_AT_ONCE, charge_of, new_session, paid, pay
from tools.stripe_simulator.config import DAY

DISPUTED_LATER = "4000000000000259"
FRAUD_WARNING_LATER = "4000000000005423"
REFUND_PENDING = "4000000000007726"
REFUND_FAILS = "4000000000005126"


def total(simulator: RunningSimulator) -> int:
    balance = simulator.client.v1.balance.retrieve()
    return balance.available[0].amount + balance.pending[0].amount


def refund(
    simulator: RunningSimulator, session: Session, amount: int | None = None
) -> stripe.Refund:
    wanted: stripe.params.RefundCreateParams = {"payment_intent": charge_of(session).payment_intent}
    if amount is not None:
        wanted["amount"] = amount
    return simulator.client.v1.refunds.create(wanted)


def test_a_full_refund_gives_the_amount_back_and_stripe_keeps_its_fee(
    simulator: RunningSimulator,
) -> None:
    before = total(simulator)
    session = paid(simulator, 10_000)
    made = refund(simulator, session)
    assert (made.status, made.amount) == ("succeeded", 10_000)
    assert total(simulator) == before - 360
    charge = charge_of(session)
    assert simulator.client.v1.charges.retrieve(charge.id).refunded
    simulator.listener.event("refund.created", made.id)
    simulator.listener.event("charge.refunded", charge.id)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        refund(simulator, session)
    assert refusal.value.code == "charge_already_refunded"


def test_partial_refunds_add_up_to_the_charge_at_most(simulator: RunningSimulator) -> None:
    session = paid(simulator, 10_000)
    refund(simulator, session, amount=4_000)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        refund(simulator, session, amount=6_001)
    assert refusal.value.code == "amount_too_large"
    refund(simulator, session, amount=6_000)
    listed = simulator.client.v1.refunds.list({"charge": charge_of(session).id})
    assert [each.amount for each in listed.data] == [6_000, 4_000]


def test_a_refund_that_is_pending_succeeds_later(simulator: RunningSimulator) -> None:
    made = refund(simulator, paid(simulator, 2_000, REFUND_PENDING))
    assert made.status == "pending"
    event = simulator.listener.event("refund.updated", made.id)
    assert event["data"]["object"]["status"] == "succeeded"


def test_a_pending_refund_can_be_cancelled(simulator: RunningSimulator) -> None:
    before = total(simulator)
    made = refund(simulator, paid(simulator, 2_000, REFUND_PENDING))
    assert simulator.client.v1.refunds.cancel(made.id).status == "canceled"
    assert total(simulator) == before + 2_000 - 72


def test_a_refund_that_fails_later_returns_to_the_balance(simulator: RunningSimulator) -> None:
    before = total(simulator)
    session = paid(simulator, 2_000, REFUND_FAILS)
    made = refund(simulator, session)
    assert made.status == "succeeded"
    event = simulator.listener.event("refund.failed", made.id)
    assert event["data"]["object"]["failure_reason"] == "expired_or_canceled_card"
    assert total(simulator) == before + 2_000 - 72
    assert not simulator.client.v1.charges.retrieve(charge_of(session).id).refunded


def test_the_dispute_card_is_disputed_later_and_costs_the_amount_and_a_fee(
    simulator: RunningSimulator,
) -> None:
    before = total(simulator)
    session = paid(simulator, 10_000, DISPUTED_LATER)
    charge = charge_of(session)
    simulator.advance(2)
    (dispute,) = simulator.client.v1.disputes.list({"charge": charge.id}).data
    simulator.listener.event("charge.dispute.created", dispute.id)
    simulator.listener.event("charge.dispute.funds_withdrawn", dispute.id)
    assert dispute.balance_transactions[0].net == -11_500
    assert total(simulator) == before - 360 - 1_500
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        refund(simulator, session)
    assert refusal.value.code == "charge_disputed"


@pytest.mark.parametrize(
    ("evidence", "outcome", "regained"),
    [("winning_evidence", "won", 10_000), ("losing_evidence", "lost", 0)],
)
def test_evidence_decides_a_dispute(
    simulator: RunningSimulator, evidence: str, outcome: str, regained: int
) -> None:
    charge = charge_of(paid(simulator, 10_000))
    dispute = simulator.control("POST", f"charges/{charge.id}/dispute")
    before = total(simulator)
    answered = simulator.client.v1.disputes.update(
        dispute["id"], {"evidence": {"uncategorized_text": evidence}, "submit": True}
    )
    assert answered.status == outcome
    closed = simulator.listener.event("charge.dispute.closed", dispute["id"])
    assert closed["data"]["object"]["status"] == outcome
    assert total(simulator) == before + regained


def test_other_evidence_goes_under_review_until_it_is_decided(simulator: RunningSimulator) -> None:
    charge = charge_of(paid(simulator, 10_000))
    dispute = simulator.control("POST", f"charges/{charge.id}/dispute", amount=4_000)
    assert dispute["amount"] == 4_000
    update = simulator.client.v1.disputes.update
    draft = update(dispute["id"], {"evidence": {"customer_name": "Hanako"}, "submit": False})
    assert draft.status == "needs_response"
    assert update(dispute["id"], {"submit": True}).status == "under_review"
    simulator.control("POST", f"disputes/{dispute['id']}/close", outcome="won")
    simulator.listener.event("charge.dispute.funds_reinstated", dispute["id"])


def test_a_dispute_that_nobody_answers_is_lost(simulator: RunningSimulator) -> None:
    charge = charge_of(paid(simulator, 1_000))
    dispute = simulator.control("POST", f"charges/{charge.id}/dispute")
    simulator.advance(10 * DAY)
    assert simulator.client.v1.disputes.retrieve(dispute["id"]).status == "lost"


def test_a_dispute_can_be_given_up(simulator: RunningSimulator) -> None:
    charge = charge_of(paid(simulator, 1_000))
    dispute = simulator.control("POST", f"charges/{charge.id}/dispute")
    assert simulator.client.v1.disputes.close(dispute["id"]).status == "lost"


def test_an_inquiry_moves_no_money_and_leaves_refunds_possible(
    simulator: RunningSimulator,
) -> None:
    charge = charge_of(session := paid(simulator, 10_000))
    before = total(simulator)
    inquiry = simulator.control("POST", f"charges/{charge.id}/dispute", inquiry=True)
    assert (inquiry["status"], inquiry["balance_transactions"]) == ("warning_needs_response", [])
    update = simulator.client.v1.disputes.update
    answered = update(inquiry["id"], {"evidence": {"customer_name": "Hanako"}})
    assert answered.status == "warning_under_review"
    assert total(simulator) == before
    refund(simulator, session, amount=1_000)
    simulator.control("POST", f"disputes/{inquiry['id']}/close")
    simulator.listener.event("charge.dispute.closed", inquiry["id"])
    assert simulator.client.v1.disputes.retrieve(inquiry["id"]).status == "warning_closed"


def test_an_inquiry_may_become_a_chargeback_that_wants_its_own_answer(
    simulator: RunningSimulator,
) -> None:
    charge = charge_of(paid(simulator, 10_000))
    inquiry = simulator.control("POST", f"charges/{charge.id}/dispute", inquiry=True)
    update = simulator.client.v1.disputes.update
    update(inquiry["id"], {"evidence": {"customer_name": "Hanako"}})
    before = total(simulator)
    simulator.control("POST", f"disputes/{inquiry['id']}/escalate")
    simulator.listener.event("charge.dispute.funds_withdrawn", inquiry["id"])
    opened = simulator.client.v1.disputes.retrieve(inquiry["id"])
    assert (opened.status, opened.evidence_details.submission_count) == ("needs_response", 0)
    assert total(simulator) == before - 11_500


def test_an_inquiry_closes_by_itself_in_the_end(simulator: RunningSimulator) -> None:
    charge = charge_of(paid(simulator, 1_000))
    inquiry = simulator.control("POST", f"charges/{charge.id}/dispute", inquiry=True)
    simulator.advance(121 * DAY)
    assert simulator.client.v1.disputes.retrieve(inquiry["id"]).status == "warning_closed"


def test_only_cards_are_disputed(simulator: RunningSimulator) -> None:
    session = new_session(simulator, 1_000, allowed_payment_method_types=["konbini"])
    pay(session, payment_method="konbini", email="client@example.jp")
    found = simulator.client.v1.checkout.sessions.retrieve(session.id)
    simulator.control("POST", f"payment_intents/{found.payment_intent}/receive")
    (charge,) = simulator.client.v1.charges.list({"payment_intent": str(found.payment_intent)}).data
    url = f"{simulator.url}/_simulator/charges/{charge.id}/dispute"
    answer = httpx.post(url, json={})
    assert answer.json()["error"]["code"] == "charge_not_disputable"


def test_a_warning_is_taken_back_once_the_money_is(simulator: RunningSimulator) -> None:
    session = paid(simulator, 1_000)
    charge = charge_of(session)
    warning = simulator.control("POST", f"charges/{charge.id}/fraud_warning")
    assert warning["actionable"]
    refund(simulator, session, amount=400)
    assert not simulator.listener.events("radar.early_fraud_warning.updated", warning["id"])
    refund(simulator, session)
    updated = simulator.listener.event("radar.early_fraud_warning.updated", warning["id"])
    assert updated["data"]["object"]["actionable"] is False


def test_a_fraud_warning_moves_no_money(simulator: RunningSimulator) -> None:
    before = total(simulator)
    charge = charge_of(paid(simulator, 1_000, FRAUD_WARNING_LATER))
    simulator.advance(2)
    (warning,) = simulator.client.v1.radar.early_fraud_warnings.list({"charge": charge.id}).data
    simulator.listener.event("radar.early_fraud_warning.created", warning.id)
    assert total(simulator) == before + 1_000 - 36


def test_a_refund_of_available_money_is_available_at_once(simulator: RunningSimulator) -> None:
    before = simulator.client.v1.balance.retrieve().available[0].amount
    session = paid(simulator, 1_000, CARD_AVAILABLE_AT_ONCE)
    refund(simulator, session)
    assert simulator.client.v1.balance.retrieve().available[0].amount == before - 36
