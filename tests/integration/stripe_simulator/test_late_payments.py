"""Konbini and Japanese bank transfers: money that comes later, too little, too much, or never."""

import httpx
import pytest
import stripe
from stripe.checkout import Session

from tests.support.stripe_process import RunningSimulator
from tests.support.stripe_steps import new_session
from tools.stripe_simulator.config import DAY


def by_konbini(simulator: RunningSimulator, amount: int = 3_000) -> Session:
    session = new_session(simulator, amount, allowed_payment_method_types=["card", "konbini"])
    return instructed(simulator, session, "konbini")


def by_bank(simulator: RunningSimulator, amount: int = 10_000) -> Session:
    customer = simulator.client.v1.customers.create({"name": "Client", "email": "c@example.jp"})
    session = new_session(
        simulator,
        amount,
        customer=customer.id,
        allowed_payment_method_types=["customer_balance"],
        payment_method_options={
            "customer_balance": {
                "funding_type": "bank_transfer",
                "bank_transfer": {"type": "jp_bank_transfer"},
            }
        },
    )
    return instructed(simulator, session, "customer_balance")


def instructed(simulator: RunningSimulator, session: Session, method: str) -> Session:
    assert session.url is not None
    form = {"payment_method": method, "email": "client@example.jp", "name": "Client"}
    assert httpx.post(session.url, data=form).status_code == 303
    simulator.listener.event("checkout.session.completed", session.id)
    return simulator.client.v1.checkout.sessions.retrieve(session.id)


def intent_of(simulator: RunningSimulator, session: Session) -> stripe.PaymentIntent:
    assert isinstance(session.payment_intent, str)
    return simulator.client.v1.payment_intents.retrieve(session.payment_intent)


def test_a_voucher_completes_the_session_unpaid_and_is_paid_later(
    simulator: RunningSimulator,
) -> None:
    session = by_konbini(simulator)
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    intent = intent_of(simulator, session)
    assert intent.status == "requires_action"
    assert intent.next_action is not None
    details = intent.next_action.konbini_display_details
    assert details is not None
    assert details.hosted_voucher_url is not None
    assert "Lawson" in httpx.get(details.hosted_voucher_url).text
    simulator.advance(2 * DAY)
    assert httpx.post(details.hosted_voucher_url).status_code == 303
    late = simulator.listener.event("checkout.session.async_payment_succeeded", session.id)
    assert late["data"]["object"]["payment_status"] == "paid"
    assert "Paid. Thank you." in httpx.get(details.hosted_voucher_url).text


def test_a_voucher_expires_by_the_clock(simulator: RunningSimulator) -> None:
    session = by_konbini(simulator)
    simulator.advance(3 * DAY + 1)
    simulator.listener.event("checkout.session.async_payment_failed", session.id)
    assert intent_of(simulator, session).status == "requires_payment_method"


def test_a_voucher_costs_at_least_the_minimum_fee(simulator: RunningSimulator) -> None:
    intent = intent_of(simulator, by_konbini(simulator, 1_000))
    simulator.control("POST", f"payment_intents/{intent.id}/receive")
    paid = simulator.client.v1.payment_intents.retrieve(
        intent.id, {"expand": ["latest_charge.balance_transaction"]}
    )
    charge = paid.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert charge.balance_transaction.fee == 120


def test_an_exact_bank_transfer_pays(simulator: RunningSimulator) -> None:
    session = by_bank(simulator)
    intent = intent_of(simulator, session)
    assert intent.next_action is not None
    instructions = intent.next_action.display_bank_transfer_instructions
    assert instructions is not None
    assert instructions.amount_remaining == 10_000
    simulator.control("POST", f"payment_intents/{intent.id}/receive", amount=10_000)
    simulator.listener.event("checkout.session.async_payment_succeeded", session.id)


def test_too_little_is_kept_until_the_rest_comes(simulator: RunningSimulator) -> None:
    session = by_bank(simulator)
    intent = intent_of(simulator, session)
    simulator.control("POST", f"payment_intents/{intent.id}/receive", amount=4_000)
    event = simulator.listener.event("payment_intent.partially_funded", intent.id)
    action = event["data"]["object"]["next_action"]
    assert action["display_bank_transfer_instructions"]["amount_remaining"] == 6_000
    assert intent_of(simulator, session).status == "requires_action"
    simulator.control("POST", f"payment_intents/{intent.id}/receive", amount=6_000)
    simulator.listener.event("checkout.session.async_payment_succeeded", session.id)


def test_too_much_stays_in_the_cash_balance_and_pays_the_next_session(
    simulator: RunningSimulator,
) -> None:
    session = by_bank(simulator)
    assert isinstance(session.customer, str)
    intent = intent_of(simulator, session)
    simulator.control("POST", f"payment_intents/{intent.id}/receive", amount=12_500)
    simulator.listener.event("payment_intent.succeeded", intent.id)
    customers = simulator.client.v1.customers
    balance = customers.cash_balance.retrieve(session.customer)
    assert balance.available is not None
    assert balance.available["jpy"] == 2_500
    transactions = customers.cash_balance_transactions.list(session.customer).data
    assert [each.net_amount for each in transactions] == [-10_000, 12_500]
    following = new_session(
        simulator,
        2_500,
        customer=session.customer,
        allowed_payment_method_types=["customer_balance"],
    )
    done = instructed(simulator, following, "customer_balance")
    assert done.payment_status == "paid"


def test_a_bank_transfer_that_is_given_up_returns_to_the_cash_balance(
    simulator: RunningSimulator,
) -> None:
    session = by_bank(simulator)
    assert isinstance(session.customer, str)
    intent = intent_of(simulator, session)
    simulator.control("POST", f"payment_intents/{intent.id}/receive", amount=4_000)
    simulator.control("POST", f"payment_intents/{intent.id}/expire")
    simulator.listener.event("checkout.session.async_payment_failed", session.id)
    balance = simulator.client.v1.customers.cash_balance.retrieve(session.customer)
    assert balance.available is not None
    assert balance.available["jpy"] == 4_000


def test_stripe_s_own_helper_funds_a_customer(simulator: RunningSimulator) -> None:
    session = by_bank(simulator, 5_000)
    assert isinstance(session.customer, str)
    simulator.client.v1.test_helpers.customers.fund_cash_balance(
        session.customer, {"amount": 5_000, "currency": "jpy"}
    )
    simulator.listener.event("checkout.session.async_payment_succeeded", session.id)


def test_the_account_number_of_a_customer_stays_the_same(simulator: RunningSimulator) -> None:
    customer = simulator.client.v1.customers.create({"name": "Client"})
    create = simulator.client.v1.customers.funding_instructions.create
    numbers = set()
    for _ in range(2):
        instructions = create(
            customer.id,
            {
                "currency": "jpy",
                "funding_type": "bank_transfer",
                "bank_transfer": {"type": "jp_bank_transfer"},
            },
        )
        zengin = instructions.bank_transfer.financial_addresses[0].zengin
        assert zengin is not None
        numbers.add(zengin.account_number)
    assert len(numbers) == 1


@pytest.mark.parametrize("amount", [100, 300_001])
def test_konbini_takes_no_less_and_no_more_than_it_can(
    simulator: RunningSimulator, amount: int
) -> None:
    session = new_session(simulator, amount, allowed_payment_method_types=["card", "konbini"])
    assert session.url is not None
    form = {"payment_method": "konbini", "email": "client@example.jp"}
    assert httpx.post(session.url, data=form).status_code == 400
    assert simulator.client.v1.checkout.sessions.retrieve(session.id).status == "open"
