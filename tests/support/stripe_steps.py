"""What tests do again and again with a simulator, by the stripe library and the hosted pages."""

from typing import Any

import httpx
from stripe.checkout import Session
from stripe.v2.core import Account

from tests.support.stripe_process import RunningSimulator

GOOD_CARD = "4242424242424242"
CARD_AVAILABLE_AT_ONCE = "4000003720000278"
SUCCESS = "http://shop.example/paid?session={CHECKOUT_SESSION_ID}"


def new_account(simulator: RunningSimulator) -> Account:
    """Make a connected account that waits for its onboarding."""
    return simulator.client.v2.core.accounts.create(
        {
            "contact_email": "hanako@example.jp",
            "display_name": "Hanako",
            "dashboard": "express",
            "identity": {"country": "jp", "entity_type": "individual"},
            "defaults": {
                "currency": "jpy",
                "responsibilities": {
                    "fees_collector": "application",
                    "losses_collector": "application",
                },
            },
            "configuration": {
                "recipient": {
                    "capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}
                }
            },
            "include": ["configuration.recipient", "requirements"],
        }
    )


def onboarding_link(simulator: RunningSimulator, account_id: str) -> str:
    """Return the address of an account's onboarding page."""
    link = simulator.client.v2.core.account_links.create(
        {
            "account": account_id,
            "use_case": {
                "type": "account_onboarding",
                "account_onboarding": {
                    "refresh_url": "http://shop.example/again",
                    "return_url": "http://shop.example/back",
                },
            },
        }
    )
    return link.url


def onboarded(simulator: RunningSimulator, **answers: str) -> str:
    """Return the id of a connected account that can receive transfers and payouts."""
    account = new_account(simulator)
    page = onboarding_link(simulator, account.id)
    answer = httpx.post(page, data={"surname": "山田", "given_name": "花子", **answers})
    assert answer.status_code == httpx.codes.SEE_OTHER
    return account.id


def new_session(simulator: RunningSimulator, amount: int, **more: Any) -> Session:
    """Make a Checkout session for an amount in yen."""
    wanted: Any = {
        "mode": "payment",
        "success_url": SUCCESS,
        "cancel_url": "http://shop.example/cancelled",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "jpy",
                    "unit_amount": amount,
                    "product_data": {"name": "Milestone 1"},
                },
            }
        ],
        "metadata": {"milestone": "m1"},
        "payment_intent_data": {"metadata": {"milestone": "m1"}, "transfer_group": "m1"},
        **more,
    }
    return simulator.client.v1.checkout.sessions.create(wanted)


def pay(session: Session, number: str = GOOD_CARD, **fields: str) -> httpx.Response:
    """Send the hosted page's form."""
    assert session.url is not None
    form = {"card_number": number, "expiry": "12/40", "cvc": "123", **fields}
    return httpx.post(session.url, data=form)


def paid(simulator: RunningSimulator, amount: int, number: str = GOOD_CARD) -> Session:
    """Return a session that was paid by card, with its intent and charge expanded."""
    session = new_session(simulator, amount)
    assert pay(session, number).status_code == httpx.codes.SEE_OTHER
    return simulator.client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )


def charge_of(session: Session) -> Any:
    """Return the charge of a session that `paid` returned."""
    intent: Any = session.payment_intent
    return intent.latest_charge
