"""Bank transfers without a page: what is asked for, given up, reconciled, or taken as it lies."""

from typing import Any

import httpx
import pytest
import stripe

from tests.support.stripe_process import RunningSimulator
from tests.support.stripe_steps import new_session, pay

TRANSFER = {
    "customer_balance": {
        "funding_type": "bank_transfer",
        "bank_transfer": {"type": "jp_bank_transfer"},
    }
}


def customer(simulator: RunningSimulator) -> str:
    return simulator.client.v1.customers.create({"email": "client@example.jp"}).id


def asked(
    simulator: RunningSimulator, customer_id: str | None, amount: int, **more: Any
) -> stripe.PaymentIntent:
    """Ask for a bank transfer; without a funding type: for what is there."""
    wanted: Any = {
        "amount": amount,
        "currency": "jpy",
        "allowed_payment_method_types": ["customer_balance"],
        "payment_method_data": {"type": "customer_balance"},
        "confirm": True,
        **more,
    }
    if customer_id:
        wanted["customer"] = customer_id
    return simulator.client.v1.payment_intents.create(wanted)


def waiting(simulator: RunningSimulator, customer_id: str, amount: int) -> str:
    return asked(simulator, customer_id, amount, payment_method_options=TRANSFER).id


def status(simulator: RunningSimulator, intent_id: str) -> str:
    return simulator.client.v1.payment_intents.retrieve(intent_id).status


def send(simulator: RunningSimulator, customer_id: str, amount: int) -> int:
    """Let a bank transfer arrive; return what lies in the cash balance then."""
    url = f"customers/{customer_id}/bank_transfer"
    return int(simulator.control("POST", url, amount=amount)["cash_balance"])


def cash(simulator: RunningSimulator, customer_id: str) -> int:
    found: Any = simulator.client.v1.customers.cash_balance.retrieve(customer_id)
    return int(found.available["jpy"]) if found.available else 0


def refusal(simulator: RunningSimulator, **wanted: Any) -> str | None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        asked(simulator, **wanted)
    return refused.value.code


def test_a_transfer_is_asked_for_without_a_page(simulator: RunningSimulator) -> None:
    client = customer(simulator)
    intent = asked(simulator, client, 5_000, payment_method_options=TRANSFER)
    assert intent.status == "requires_action"
    assert intent.next_action is not None
    shown = intent.next_action.display_bank_transfer_instructions
    assert shown is not None
    assert shown.hosted_instructions_url is not None
    assert "5,000" in httpx.get(shown.hosted_instructions_url).text
    assert send(simulator, client, 5_000) == 0
    assert status(simulator, intent.id) == "succeeded"


def test_what_is_sent_pays_the_group_that_fits_exactly(simulator: RunningSimulator) -> None:
    client = customer(simulator)
    first, second, third = (waiting(simulator, client, each) for each in (900, 500, 300))
    assert send(simulator, client, 800) == 0
    assert status(simulator, first) == "requires_action"
    assert {status(simulator, second), status(simulator, third)} == {"succeeded"}


def test_one_that_fits_is_paid_before_two_that_do(simulator: RunningSimulator) -> None:
    client = customer(simulator)
    older, other, exact = (waiting(simulator, client, each) for each in (300, 500, 800))
    send(simulator, client, 800)
    assert status(simulator, exact) == "succeeded"
    assert {status(simulator, older), status(simulator, other)} == {"requires_action"}


def test_what_fits_nothing_pays_the_oldest_first(simulator: RunningSimulator) -> None:
    client = customer(simulator)
    first, second = (waiting(simulator, client, each) for each in (900, 500))
    send(simulator, client, 1_000)
    assert (status(simulator, first), status(simulator, second)) == ("succeeded", "requires_action")
    short = simulator.listener.event("payment_intent.partially_funded", second)
    action = short["data"]["object"]["next_action"]["display_bank_transfer_instructions"]
    assert action["amount_remaining"] == 400


def test_giving_up_returns_what_had_come_in_part(simulator: RunningSimulator) -> None:
    client = customer(simulator)
    intent = waiting(simulator, client, 5_000)
    assert send(simulator, client, 2_000) == 0
    simulator.client.v1.payment_intents.cancel(intent)
    assert cash(simulator, client) == 2_000
    moved = simulator.client.v1.customers.cash_balance_transactions.list(client).data
    assert [each.type for each in moved] == [
        "unapplied_from_payment",
        "applied_to_payment",
        "funded",
    ]
    assert send(simulator, client, 3_000) == 5_000
    assert status(simulator, intent) == "canceled"


def test_what_is_returned_pays_another_that_waits(simulator: RunningSimulator) -> None:
    client = customer(simulator)
    first, second = (waiting(simulator, client, each) for each in (5_000, 2_000))
    send(simulator, client, 1_500)
    simulator.client.v1.payment_intents.cancel(first)
    short = simulator.client.v1.payment_intents.retrieve(second)
    assert short.next_action is not None
    assert short.next_action.display_bank_transfer_instructions is not None
    assert short.next_action.display_bank_transfer_instructions.amount_remaining == 500


def test_cash_that_lies_there_pays_at_once_and_asks_nobody(simulator: RunningSimulator) -> None:
    client = customer(simulator)
    assert send(simulator, client, 3_000) == 3_000
    intent = asked(simulator, client, 2_500, expand=["latest_charge.balance_transaction"])
    assert intent.status == "succeeded"
    charge: Any = intent.latest_charge
    assert (charge.balance_transaction.net, cash(simulator, client)) == (2_450, 500)
    assert not simulator.listener.events("payment_intent.requires_action", intent.id)


def test_without_cash_and_without_a_funding_type_it_is_refused(simulator: RunningSimulator) -> None:
    client = customer(simulator)
    assert refusal(simulator, customer_id=client, amount=500) == "insufficient_funds"
    assert send(simulator, client, 499) == 499
    assert refusal(simulator, customer_id=client, amount=500) == "insufficient_funds"


def test_a_transfer_needs_a_customer(simulator: RunningSimulator) -> None:
    assert refusal(simulator, customer_id=None, amount=500) == "parameter_missing"


def test_an_intent_of_checkout_is_not_given_up_by_itself(simulator: RunningSimulator) -> None:
    session = new_session(simulator, 3_000, allowed_payment_method_types=["konbini"])
    pay(session, payment_method="konbini", email="client@example.jp")
    found = simulator.client.v1.checkout.sessions.retrieve(session.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        simulator.client.v1.payment_intents.cancel(str(found.payment_intent))
    assert refused.value.code == "payment_intent_unexpected_state"
    assert status(simulator, str(found.payment_intent)) == "requires_action"
