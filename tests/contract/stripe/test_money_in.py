"""What payments asks of Stripe to be paid, and what it hears of it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from services.payments.adapters.stripe_client import StripeApi
from services.payments.adapters.stripe_gateway import StripeGateway
from services.payments.domain import news
from services.payments.domain.operation import OperationKind, OperationStatus, Outcome
from shared.ids import new_id
from shared.money import yen
from tests.contract.stripe.desk import ITEMS, TOTAL, Desk
from tests.support.stripe_process import KEY
from tests.support.stripe_steps import paid
from tests.support.wait import eventually

ASKS_WHEN_REQUESTED = "4000000000003055"


def session_of(desk: Desk, session_id: str, *expand: str) -> Any:
    sessions = desk.simulator.client.v1.checkout.sessions
    return sessions.retrieve(session_id, {"expand": list(expand)})


def by_card(url: str, number: str) -> httpx.Response:
    form = {"card_number": number, "expiry": "12/40", "cvc": "123"}
    return httpx.post(url, data=form)


def sweep(desk: Desk, customer_id: str) -> dict[str, Any]:
    kind = OperationKind.SWEEP_CREDIT
    return desk.carry_out(desk.operation(kind, new_id(), customer_id=customer_id))


def give_up(desk: Desk, session_id: str) -> dict[str, Any]:
    kind = OperationKind.EXPIRE_CHECKOUT
    return desk.carry_out(desk.operation(kind, new_id(), session_id=session_id))


def test_a_page_sells_each_milestone_and_asks_for_3d_secure(desk: Desk) -> None:
    operation = desk.checkout("card")
    made = desk.carry_out(operation)
    answer = by_card(made["url"], ASKS_WHEN_REQUESTED)
    challenge = desk.simulator.url + answer.headers["location"]
    assert "/3ds/" in challenge
    httpx.post(challenge, data={"outcome": "complete"})
    session = session_of(desk, made["session_id"], "line_items", "payment_intent")
    assert [each.amount_total for each in session.line_items.data] == list(ITEMS)
    marks = session.metadata.to_dict()
    assert marks["checkout_id"] == str(operation.subject)
    assert session.payment_intent.metadata.to_dict() == marks
    assert session.payment_intent.transfer_group == str(operation.subject)
    captured = desk.news("checkout.session.completed", session.id)
    assert isinstance(captured, news.PaymentCaptured)
    assert captured.session_id == session.id
    assert (captured.amount, captured.fee) == (yen(TOTAL), yen(1_512))
    # Its intent says the same, of itself; that isn't heard twice.
    told = desk.news("payment_intent.succeeded", session.payment_intent.id)
    assert isinstance(told, news.NotForUs)


def test_a_client_with_an_account_number_is_charged_as_that_customer(desk: Desk) -> None:
    customer = desk.simulator.client.v1.customers.create({"email": "client@example.jp"})
    made = desk.carry_out(desk.checkout("card", customer_id=customer.id))
    assert made["customer_id"] == customer.id
    assert session_of(desk, made["session_id"]).customer == customer.id


def test_a_page_that_nobody_wants_any_more_is_closed(desk: Desk) -> None:
    made = desk.carry_out(desk.checkout("card"))
    assert give_up(desk, made["session_id"]) == {"status": "expired"}
    expired = desk.news("checkout.session.expired", made["session_id"])
    assert expired == news.CheckoutExpired(made["session_id"])


def submitted_at_konbini(desk: Desk) -> tuple[str, str]:
    made = desk.carry_out(desk.checkout("konbini"))
    form = {"payment_method": "konbini", "email": "client@example.jp", "name": "山田 花子"}
    assert httpx.post(made["url"], data=form).status_code == httpx.codes.SEE_OTHER
    session_id = made["session_id"]
    submitted = desk.news("checkout.session.completed", session_id)
    assert submitted == news.CheckoutSubmitted(session_id)
    return session_id, session_of(desk, session_id).payment_intent


def test_a_voucher_is_paid_at_the_counter(desk: Desk) -> None:
    session_id, intent_id = submitted_at_konbini(desk)
    desk.receive(intent_id, TOTAL)
    captured = desk.news("checkout.session.async_payment_succeeded", session_id)
    assert isinstance(captured, news.PaymentCaptured)
    assert (captured.session_id, captured.amount) == (session_id, yen(TOTAL))


def test_a_voucher_that_was_handed_out_runs_out_by_itself(desk: Desk) -> None:
    session_id, intent_id = submitted_at_konbini(desk)
    assert give_up(desk, session_id) == {"status": "complete"}
    desk.simulator.control("POST", f"payment_intents/{intent_id}/expire")
    over = desk.news("checkout.session.async_payment_failed", session_id)
    assert over == news.CheckoutExpired(session_id)


def test_konbini_refuses_what_is_too_much_for_it(desk: Desk) -> None:
    items = [{"milestone_id": str(new_id()), "title": "翻訳", "amount": 300_001}]
    answer = desk.attempt(desk.checkout("konbini", items=items))
    assert answer.outcome is Outcome.DECLINED
    assert answer.facts["code"] == "amount_too_large"


def test_a_transfer_may_come_in_parts(desk: Desk) -> None:
    operation = desk.checkout("bank_transfer")
    made = desk.carry_out(operation)
    intent_id = made["session_id"]
    assert "三井住友銀行" in httpx.get(made["url"]).text
    assert desk.news("payment_intent.requires_action", intent_id) == news.CheckoutSubmitted(
        intent_id
    )
    customer = desk.simulator.client.v1.customers.retrieve(made["customer_id"])
    assert (customer.email, customer.name) == ("client@example.jp", "山田 花子")
    desk.receive(intent_id, 40_000)
    short = desk.news("payment_intent.partially_funded", intent_id)
    assert short == news.PaymentShort(intent_id, yen(40_000))
    desk.receive(intent_id, 2_000)
    captured = desk.news("payment_intent.succeeded", intent_id)
    assert isinstance(captured, news.PaymentCaptured)
    assert (captured.session_id, captured.amount) == (intent_id, yen(TOTAL))
    assert captured.fee == yen(630)
    late = desk.news("payment_intent.partially_funded", intent_id)
    assert late == news.NotForUs("no longer short: succeeded")


def test_a_transfer_that_is_given_up_leaves_its_part_to_be_swept(desk: Desk) -> None:
    made = desk.carry_out(desk.checkout("bank_transfer"))
    intent_id, customer_id = made["session_id"], made["customer_id"]
    desk.receive(intent_id, 40_000)
    assert sweep(desk, customer_id) == {"amount": 0}
    assert give_up(desk, intent_id) == {"status": "canceled"}
    assert desk.news("payment_intent.canceled", intent_id) == news.CheckoutExpired(intent_id)
    cash = desk.simulator.client.v1.customers.cash_balance_transactions.list(customer_id).data
    kinds = ["unapplied_from_payment", "applied_to_payment", "funded"]
    assert [each.type for each in cash] == kinds
    heard = [desk.news("customer_cash_balance_transaction.created", each.id) for each in cash]
    arrived = news.CreditArrived(customer_id)
    assert heard == [
        arrived,
        news.NotForUs("cash that did not arrive: applied_to_payment"),
        arrived,
    ]
    swept = sweep(desk, customer_id)
    assert (swept["amount"], swept["fee"], swept["currency"]) == (40_000, 600, "JPY")
    assert swept["captured_at"]
    charge = desk.simulator.client.v1.charges.retrieve(swept["charge_id"])
    assert charge.amount == 40_000
    assert desk.cash(customer_id) == 0
    assert sweep(desk, customer_id) == {"amount": 0}


def test_what_is_too_little_for_a_payment_stays_where_it_is(desk: Desk) -> None:
    customer = desk.simulator.client.v1.customers.create({"email": "client@example.jp"})
    desk.simulator.control("POST", f"customers/{customer.id}/bank_transfer", amount=49)
    assert sweep(desk, customer.id) == {"amount": 0}
    assert desk.cash(customer.id) == 49


def test_money_that_a_payment_waits_for_is_not_swept(desk: Desk) -> None:
    customer_id = desk.carry_out(desk.checkout("bank_transfer"))["customer_id"]
    assert sweep(desk, customer_id) == {"amount": 0}


def test_a_sweep_that_somebody_was_faster_than_takes_nothing(desk: Desk) -> None:
    client = desk.simulator.client.v1
    customer = client.customers.create({"email": "client@example.jp"})
    desk.simulator.control("POST", f"customers/{customer.id}/bank_transfer", amount=1_000)
    call = desk.operation(OperationKind.SWEEP_CREDIT, new_id(), customer_id=customer.id)
    desk.simulator.fault("slow", "/v1/payment_intents", method="POST", seconds=2)
    patient = StripeGateway(
        StripeApi.connect(KEY, desk.simulator.url), desk.clock, "http://web.example"
    )
    with ThreadPoolExecutor(1) as pool:
        swept = pool.submit(desk.attempt, call, patient)
        eventually(lambda: desk.simulator.control("GET", "faults") == [])
        client.payment_intents.create(
            {
                "amount": 400,
                "currency": "jpy",
                "customer": customer.id,
                "allowed_payment_method_types": ["customer_balance"],
                "payment_method_data": {"type": "customer_balance"},
                "confirm": True,
            }
        )
        answer = swept.result()
    assert (answer.outcome, answer.facts["code"]) == (Outcome.NOT_NOW, "insufficient_funds")
    assert desk.carry_out(call)["amount"] == 600


def test_credit_at_stripe_pays_the_next_transfer_at_once(desk: Desk) -> None:
    customer = desk.simulator.client.v1.customers.create({"email": "client@example.jp"})
    desk.simulator.control("POST", f"customers/{customer.id}/bank_transfer", amount=TOTAL)
    made = desk.carry_out(desk.checkout("bank_transfer", customer_id=customer.id))
    assert made["url"] == ""
    captured = desk.news("payment_intent.succeeded", made["session_id"])
    assert isinstance(captured, news.PaymentCaptured)


def test_a_sweep_is_nobody_s_payment_but_the_client_s_credit(desk: Desk) -> None:
    customer = desk.simulator.client.v1.customers.create({"email": "client@example.jp"})
    desk.simulator.control("POST", f"customers/{customer.id}/bank_transfer", amount=TOTAL)
    charge = desk.simulator.client.v1.charges.retrieve(sweep(desk, customer.id)["charge_id"])
    told = desk.news("payment_intent.succeeded", str(charge.payment_intent))
    assert isinstance(told, news.NotForUs)


def test_a_stranger_s_page_is_not_for_us(desk: Desk) -> None:
    session = paid(desk.simulator, 1_000)
    told = desk.news("checkout.session.completed", session.id)
    assert told == news.NotForUs("a page that is not ours")


def test_a_refund_of_a_disputed_charge_waits_until_the_dispute_is_won(desk: Desk) -> None:
    charge_id = desk.paid_charge()
    dispute = desk.simulator.control("POST", f"charges/{charge_id}/dispute")
    refund_id = new_id()
    refund = desk.operation(
        OperationKind.CREATE_REFUND, refund_id, charge_id=charge_id, amount=1_000
    )
    answer = desk.attempt(refund)
    assert (answer.outcome, answer.facts["code"]) == (Outcome.NOT_NOW, "charge_disputed")
    desk.simulator.control("POST", f"disputes/{dispute['id']}/close", outcome="won")
    made = desk.carry_out(refund)
    changed = desk.news("refund.created", made["refund"])
    assert isinstance(changed, news.RefundChanged)
    assert (changed.refund_id, changed.failed) == (refund_id, False)


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_dispute_is_read_as_it_stands(desk: Desk, outcome: str) -> None:
    charge_id = desk.paid_charge()
    dispute_id = desk.simulator.control("POST", f"charges/{charge_id}/dispute", inquiry=True)["id"]
    inquiry = desk.news("charge.dispute.created", dispute_id)
    assert isinstance(inquiry, news.ChargebackChanged)
    assert (inquiry.withdrawn, inquiry.fee, inquiry.won) == (False, yen(0), None)
    assert (inquiry.charge_id, inquiry.amount) == (charge_id, yen(TOTAL))
    desk.simulator.control("POST", f"disputes/{dispute_id}/escalate")
    opened = desk.news("charge.dispute.funds_withdrawn", dispute_id)
    assert isinstance(opened, news.ChargebackChanged)
    assert (opened.withdrawn, opened.fee, opened.reinstated) == (True, yen(1_500), False)
    assert opened.answer_until
    evidence = desk.operation(
        OperationKind.SUBMIT_EVIDENCE,
        new_id(),
        dispute_id=dispute_id,
        evidence={"uncategorized_text": "納品しました。"},
    )
    assert desk.carry_out(evidence) == {"status": "under_review"}
    desk.simulator.control("POST", f"disputes/{dispute_id}/close", outcome=outcome)
    closed = desk.news("charge.dispute.closed", dispute_id)
    assert isinstance(closed, news.ChargebackChanged)
    won = outcome == "won"
    assert (closed.withdrawn, closed.reinstated, closed.won) == (True, won, won)
    # An early event that comes late says what is true now.
    again = desk.news("charge.dispute.created", dispute_id)
    assert isinstance(again, news.ChargebackChanged)
    assert again.won is won


def test_an_inquiry_that_ends_was_neither_won_nor_lost(desk: Desk) -> None:
    charge_id = desk.paid_charge()
    dispute_id = desk.simulator.control("POST", f"charges/{charge_id}/dispute", inquiry=True)["id"]
    desk.simulator.control("POST", f"disputes/{dispute_id}/close")
    closed = desk.news("charge.dispute.closed", dispute_id)
    assert isinstance(closed, news.ChargebackChanged)
    assert (closed.withdrawn, closed.won) == (False, None)


def test_a_suspicion_of_fraud_says_whether_anything_can_be_done(desk: Desk) -> None:
    charge_id = desk.paid_charge()
    warning_id = desk.simulator.control("POST", f"charges/{charge_id}/fraud_warning")["id"]
    warned = desk.news("radar.early_fraud_warning.created", warning_id)
    assert isinstance(warned, news.FraudWarned)
    assert (warned.charge_id, warned.actionable) == (charge_id, True)
    desk.simulator.control("POST", f"charges/{charge_id}/dispute")
    later = desk.news("radar.early_fraud_warning.updated", warning_id)
    assert isinstance(later, news.FraudWarned)
    assert later.actionable is False


def test_disputes_and_warnings_of_strangers_are_not_for_us(desk: Desk) -> None:
    session: Any = paid(desk.simulator, 1_000)
    charge_id = session.payment_intent.latest_charge.id
    warning = desk.simulator.control("POST", f"charges/{charge_id}/fraud_warning")["id"]
    dispute = desk.simulator.control("POST", f"charges/{charge_id}/dispute")["id"]
    told = [
        desk.news("charge.dispute.created", dispute),
        desk.news("radar.early_fraud_warning.created", warning),
    ]
    assert all(isinstance(each, news.NotForUs) for each in told)


def test_evidence_in_a_dispute_that_is_over_is_declined(desk: Desk) -> None:
    charge_id = desk.paid_charge()
    dispute_id = desk.simulator.control("POST", f"charges/{charge_id}/dispute")["id"]
    desk.simulator.control("POST", f"disputes/{dispute_id}/close", outcome="lost")
    late = desk.operation(
        OperationKind.SUBMIT_EVIDENCE,
        new_id(),
        dispute_id=dispute_id,
        evidence={"uncategorized_text": "納品しました。"},
    )
    desk.attempt(late)
    assert late.status is OperationStatus.DECLINED
