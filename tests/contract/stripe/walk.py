"""Asks a simulator for everything that it can do, through the stripe library and the pages."""

import httpx
import stripe
import stripe.params

from tests.support.stripe_process import RunningSimulator
from tests.support.stripe_steps import (
    CARD_AVAILABLE_AT_ONCE,
    charge_of,
    new_account,
    new_session,
    onboarded,
    onboarding_link,
    paid,
    pay,
)
from tests.support.wait import eventually
from tools.stripe_simulator.config import DAY

REFUND_PENDING = "4000000000007726"
REFUND_FAILS = "4000000000005126"
TRANSFER = {
    "customer_balance": {
        "funding_type": "bank_transfer",
        "bank_transfer": {"type": "jp_bank_transfer"},
    }
}


def walk(simulator: RunningSimulator) -> None:
    """Go everywhere once; returns when all webhooks have arrived."""
    _accounts(simulator)
    account = onboarded(simulator)
    _checkout(simulator)
    _intents(simulator)
    _late(simulator)
    _transfers_and_payouts(simulator, account)
    _refunds(simulator)
    _disputes(simulator)
    _endpoints_and_events(simulator)
    simulator.advance(4 * DAY)
    simulator.client.v1.balance_transactions.list()
    eventually(lambda: simulator.control("GET", "deliveries?status=pending") == [], timeout=30)


def _accounts(simulator: RunningSimulator) -> None:
    accounts = simulator.client.v2.core.accounts
    account = new_account(simulator)
    accounts.update(
        account.id,
        {
            "display_name": "Taro",
            "metadata": {"person": "1"},
            "identity": {"country": "jp"},
            "include": ["identity", "defaults", "requirements", "configuration.recipient"],
        },
    )
    httpx.get(onboarding_link(simulator, account.id))
    simulator.control("POST", f"accounts/{account.id}/onboard", surname="山田")
    simulator.control("POST", f"accounts/{account.id}/bank_account", account_number="7654321")
    for status in ("restricted", "rejected", "active"):
        simulator.control("POST", f"accounts/{account.id}/capabilities", status=status)
    accounts.retrieve(
        account.id,
        {
            "include": [
                "configuration.recipient",
                "identity",
                "defaults",
                "requirements",
                "future_requirements",
            ]
        },
    )
    accounts.list({"applied_configurations": ["recipient"], "limit": 5})
    banks = simulator.client.v1.accounts.external_accounts
    bank, _ = banks.list(account.id).data
    banks.retrieve(account.id, bank.id)
    accounts.close(account.id, {"applied_configurations": ["recipient"]})


def _checkout(simulator: RunningSimulator) -> None:
    sessions = simulator.client.v1.checkout.sessions
    session = new_session(simulator, 5_000)
    sessions.update(session.id, {"metadata": {"a": "b", "milestone": ""}})
    pay(session, "4000000000000002")
    pay(session)
    expand = ["payment_intent.latest_charge.balance_transaction", "line_items"]
    sessions.retrieve(session.id, {"expand": [*expand, "payment_intent.payment_method"]})
    sessions.line_items.list(session.id)
    sessions.expire(new_session(simulator, 5_000).id)
    secured = new_session(simulator, 5_000)
    challenge = simulator.url + pay(secured, "4000002500003155").headers["location"]
    httpx.post(challenge, data={"outcome": "fail"})
    pay(secured)
    sessions.list({"status": "complete", "limit": 2, "expand": ["data.payment_intent"]})


def _intents(simulator: RunningSimulator) -> None:
    intents = simulator.client.v1.payment_intents
    held = intents.create(
        {
            "amount": 900,
            "currency": "jpy",
            "capture_method": "manual",
            "metadata": {"order": "7"},
            "allowed_payment_method_types": ["card"],
        }
    )
    intents.update(held.id, {"description": "An order"})
    confirmed = intents.confirm(held.id, {"payment_method": "pm_card_visa"})
    intents.capture(confirmed.id, {"amount_to_capture": 800})
    intents.search({"query": "metadata['order']:'7' AND status:'succeeded'"})
    intents.list({"limit": 1, "expand": ["data.latest_charge"]})
    waiting = intents.create({"amount": 900, "currency": "jpy"})
    intents.cancel(waiting.id, {"cancellation_reason": "abandoned"})
    _transfers_without_a_page(simulator)
    charge = intents.retrieve(held.id).latest_charge
    assert isinstance(charge, str)
    simulator.client.v1.charges.update(charge, {"metadata": {"a": "b"}})
    found = simulator.client.v1.charges.retrieve(charge, {"expand": ["refunds"]})
    assert isinstance(found.payment_method, str)
    simulator.client.v1.payment_methods.retrieve(found.payment_method)
    simulator.client.v1.charges.list({"payment_intent": held.id})


def _transfers_without_a_page(simulator: RunningSimulator) -> None:
    customer = simulator.client.v1.customers.create({"email": "client@example.jp"})
    wanted: stripe.params.PaymentIntentCreateParams = {
        "amount": 900,
        "currency": "jpy",
        "customer": customer.id,
        "allowed_payment_method_types": ["customer_balance"],
        "payment_method_data": {"type": "customer_balance"},
        "confirm": True,
    }
    waiting = simulator.client.v1.payment_intents.create(
        {
            **wanted,
            "payment_method_options": {
                "customer_balance": {
                    "funding_type": "bank_transfer",
                    "bank_transfer": {"type": "jp_bank_transfer"},
                }
            },
        }
    )
    simulator.control("POST", f"payment_intents/{waiting.id}/receive", amount=300)
    simulator.client.v1.payment_intents.cancel(waiting.id)
    simulator.control("POST", f"customers/{customer.id}/bank_transfer", amount=600)
    simulator.client.v1.payment_intents.create(wanted)


def _late(simulator: RunningSimulator) -> None:
    customers = simulator.client.v1.customers
    customer = customers.create({"name": "Client", "email": "client@example.jp"})
    customers.update(customer.id, {"metadata": {"a": "b"}})
    customers.retrieve(customer.id)
    customers.list({"email": "client@example.jp"})
    customers.funding_instructions.create(
        customer.id,
        {
            "currency": "jpy",
            "funding_type": "bank_transfer",
            "bank_transfer": {"type": "jp_bank_transfer"},
        },
    )
    for method in ("konbini", "konbini", "customer_balance", "customer_balance"):
        session = new_session(
            simulator,
            1_000,
            customer=customer.id,
            allowed_payment_method_types=[method],
            payment_method_options=TRANSFER if method == "customer_balance" else {},
        )
        pay(session, payment_method=method, email="client@example.jp")
        intent = simulator.client.v1.checkout.sessions.retrieve(session.id).payment_intent
        simulator.client.v1.payment_intents.retrieve(str(intent))
        simulator.control("POST", f"payment_intents/{intent}/receive", amount=400)
        simulator.control("POST", f"payment_intents/{intent}/expire")
    simulator.client.v1.test_helpers.customers.fund_cash_balance(
        customer.id, {"amount": 2_000, "currency": "jpy"}
    )
    customers.cash_balance.retrieve(customer.id)
    customers.cash_balance_transactions.list(customer.id)
    expired = new_session(simulator, 1_000, allowed_payment_method_types=["konbini"])
    pay(expired, payment_method="konbini", email="client@example.jp")
    simulator.advance(3 * DAY + 1)


def _transfers_and_payouts(simulator: RunningSimulator, account: str) -> None:
    client = simulator.client
    charge = charge_of(paid(simulator, 20_000, CARD_AVAILABLE_AT_ONCE))
    transfer = client.v1.transfers.create(
        {
            "amount": 15_000,
            "currency": "jpy",
            "destination": account,
            "source_transaction": charge.id,
            "metadata": {"milestone": "m1"},
        }
    )
    client.v1.transfers.update(transfer.id, {"metadata": {"a": "b"}})
    reversal = client.v1.transfers.reversals.create(transfer.id, {"amount": 1_000})
    client.v1.transfers.reversals.update(transfer.id, reversal.id, {"metadata": {"a": "b"}})
    client.v1.transfers.reversals.retrieve(transfer.id, reversal.id)
    client.v1.transfers.reversals.list(transfer.id)
    expand = ["balance_transaction", "destination_payment"]
    client.v1.transfers.retrieve(transfer.id, {"expand": expand})
    client.v1.transfers.list({"transfer_group": "m1", "created": {"gte": 0}})
    options: stripe.RequestOptions = {"stripe_account": account}
    payouts = [
        client.v1.payouts.create({"amount": 2_000, "currency": "jpy"}, options) for _ in range(3)
    ]
    client.v1.payouts.update(payouts[0].id, {"metadata": {"a": "b"}}, options)
    client.v1.payouts.cancel(payouts[0].id, {}, options)
    simulator.control("POST", f"payouts/{payouts[1].id}/paid")
    simulator.control("POST", f"payouts/{payouts[1].id}/returned")
    client.v1.payouts.retrieve(payouts[1].id, {"expand": ["balance_transaction"]}, options)
    client.v1.payouts.list({"limit": 3}, options)
    client.v1.balance.retrieve({}, options)
    found = client.v1.balance_transactions.list({"type": "payout"}, options)
    client.v1.balance_transactions.retrieve(found.data[0].id, {"expand": ["source"]}, options)
    client.v1.charges.list({}, options)
    client.v1.refunds.list({}, options)


def _refunds(simulator: RunningSimulator) -> None:
    refunds = simulator.client.v1.refunds
    for number in (CARD_AVAILABLE_AT_ONCE, REFUND_PENDING, REFUND_PENDING, REFUND_FAILS):
        charge = charge_of(paid(simulator, 1_000, number))
        made = refunds.create({"charge": charge.id, "amount": 500, "metadata": {"a": "b"}})
        refunds.update(made.id, {"metadata": {"c": "d"}})
    refunds.cancel(refunds.list({"limit": 2}).data[1].id)
    simulator.advance(5)
    refunds.list({"limit": 10, "expand": ["data.charge"]})
    refunds.retrieve(made.id, {"expand": ["balance_transaction", "failure_balance_transaction"]})


def _disputes(simulator: RunningSimulator) -> None:
    disputes = simulator.client.v1.disputes
    opened = []
    for _ in range(3):
        charge = charge_of(paid(simulator, 1_000))
        simulator.control("POST", f"charges/{charge.id}/fraud_warning")
        opened.append(simulator.control("POST", f"charges/{charge.id}/dispute")["id"])
    disputes.update(opened[0], {"evidence": {"uncategorized_text": "winning_evidence"}})
    asked = charge_of(paid(simulator, 1_000, "4000000000003055"))
    inquiry = simulator.control("POST", f"charges/{asked.id}/dispute", inquiry=True)["id"]
    disputes.update(inquiry, {"evidence": {"customer_name": "Hanako"}})
    simulator.control("POST", f"disputes/{inquiry}/escalate")
    asked = charge_of(paid(simulator, 1_000))
    inquiry = simulator.control("POST", f"charges/{asked.id}/dispute", inquiry=True)["id"]
    simulator.control("POST", f"disputes/{inquiry}/close")
    disputes.close(opened[1])
    disputes.list({"expand": ["data.charge"]})
    simulator.advance(10 * DAY)
    disputes.retrieve(opened[2], {"expand": ["payment_intent"]})
    warnings = simulator.client.v1.radar.early_fraud_warnings
    warnings.retrieve(warnings.list().data[0].id)


def _endpoints_and_events(simulator: RunningSimulator) -> None:
    client = simulator.client
    made = client.v1.webhook_endpoints.create(
        {"url": simulator.listener.url, "enabled_events": ["*"], "connect": True}
    )
    client.v1.webhook_endpoints.update(made.id, {"disabled": True})
    client.v1.webhook_endpoints.retrieve(made.id)
    client.v1.webhook_endpoints.list()
    client.v1.webhook_endpoints.delete(made.id)
    events = client.v1.events.list({"type": "charge.*", "limit": 100})
    client.v1.events.retrieve(events.data[0].id)
    thin = client.v2.core.events.list({"types": ["v2.core.account.created"], "limit": 5})
    client.v2.core.events.retrieve(thin.data[0].id)
