"""What Stripe's events say, in our own words."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import stripe

from services.payments.adapters.stripe_client import StripeApi
from services.payments.domain.news import (
    BalanceAvailable,
    CheckoutExpired,
    CheckoutSubmitted,
    News,
    NotForUs,
    PayeeChanged,
    PaymentCaptured,
    PayoutFailed,
    PayoutPaid,
    ProcessorEvent,
    RefundChanged,
)
from services.payments.domain.payee import AccountState, PayeeStep
from shared.errors import Transient
from shared.money import Money

Json = Mapping[str, Any]
Reader = Callable[[Json, StripeApi], News]

THIN: Final = "v2.core.event"
_FAILED: Final = frozenset({"failed", "canceled"})
# What is asked of everybody at first; anything else means that something is wrong.
_ROUTINE: Final = frozenset({"routine_onboarding"})


def read(event: ProcessorEvent, api: StripeApi, now: datetime) -> News:
    """Return what an event says, asking Stripe for what it leaves out."""
    body = json.loads(event.body)
    if body.get("object") == THIN:
        return _account_changed(body, api, now)
    reader = READERS.get(event.type)
    if reader is None:
        return NotForUs("type of no interest")
    return reader(body, api)


def account_state(account: Json, asked_at: datetime) -> AccountState:
    """Return what a v2 account (with its recipient configuration and requirements) says."""
    recipient = (account.get("configuration") or {}).get("recipient") or {}
    balance = (recipient.get("capabilities") or {}).get("stripe_balance") or {}
    status = (balance.get("stripe_transfers") or {}).get("status")
    entries = (account.get("requirements") or {}).get("entries") or []
    routine = all(
        not entry.get("errors")
        and {reason["code"] for reason in entry.get("requested_reasons") or []} <= _ROUTINE
        for entry in entries
    )
    if account.get("closed"):
        step = PayeeStep.RESTRICT
    elif status == "active":
        step = PayeeStep.ACTIVATE
    elif status == "pending":
        step = PayeeStep.VERIFY
    else:
        step = PayeeStep.ASK if entries and routine else PayeeStep.RESTRICT
    requirements = tuple(str(entry["description"]) for entry in entries)
    return AccountState(str(account["id"]), step, requirements, asked_at)


def _account_changed(body: Json, api: StripeApi, now: datetime) -> News:
    """Read the account as it is now: the event only says that something has changed."""
    account_id = (body.get("related_object") or {}).get("id")
    if not account_id:
        return NotForUs("names no account")
    try:
        account = api.read(
            lambda client: client.v2.core.accounts.retrieve(
                account_id, {"include": ["configuration.recipient", "requirements"]}
            )
        )
    except stripe.StripeError as error:
        if error.http_status == HTTPStatus.NOT_FOUND:
            return NotForUs("the account is gone")
        raise
    return PayeeChanged(account_state(account.to_dict(), now))


def _checkout_completed(body: Json, api: StripeApi) -> News:
    session = _object(body)
    if not _metadata(session).get("milestone_id"):
        return NotForUs("a page that is not ours")
    if session["payment_status"] != "paid":
        return CheckoutSubmitted(session["id"])
    return _captured(session, api)


def _captured(session: Json, api: StripeApi) -> News:
    """Read what was captured, and the fee: neither is in the event."""
    intent = api.read(
        lambda client: client.v1.payment_intents.retrieve(
            session["payment_intent"], {"expand": ["latest_charge.balance_transaction"]}
        )
    )
    charge: Any = intent.latest_charge
    if intent.status != "succeeded" or charge is None or not charge.captured:
        # An authorisation is a promise, not money.
        return NotForUs(f"not captured: {intent.status}")
    line = charge.balance_transaction
    if line is None:
        raise Transient("charge_not_booked_yet", "Stripe has not booked the charge yet.")
    currency = line.currency.upper()
    return PaymentCaptured(
        milestone_id=UUID(_metadata(session)["milestone_id"]),
        session_id=session["id"],
        charge_id=charge.id,
        amount=Money(amount=line.amount, currency=currency),
        fee=Money(amount=line.fee, currency=currency),
        captured_at=datetime.fromtimestamp(charge.created, UTC),
    )


def _checkout_over(body: Json, _api: StripeApi) -> News:
    session = _object(body)
    if not _metadata(session).get("milestone_id"):
        return NotForUs("a page that is not ours")
    return CheckoutExpired(session["id"])


def _refund_changed(body: Json, _api: StripeApi) -> News:
    refund = _object(body)
    refund_id = _metadata(refund).get("refund_id")
    if not refund_id:
        return NotForUs("a refund that is not ours")
    return RefundChanged(UUID(refund_id), refund["id"], refund["status"] in _FAILED, _at(body))


def _payout_paid(body: Json, _api: StripeApi) -> News:
    payout = _object(body)
    payout_id = _metadata(payout).get("payout_id")
    if not payout_id:
        return NotForUs("a payout that is not ours")
    return PayoutPaid(UUID(payout_id), payout["id"], _at(body))


def _payout_failed(body: Json, _api: StripeApi) -> News:
    payout = _object(body)
    payout_id = _metadata(payout).get("payout_id")
    if not payout_id:
        return NotForUs("a payout that is not ours")
    failure = payout.get("failure_message") or payout.get("failure_code") or payout["status"]
    return PayoutFailed(UUID(payout_id), payout["id"], failure, _at(body))


def _balance_available(body: Json, _api: StripeApi) -> News:
    account = body.get("account")
    return BalanceAvailable(account) if account else NotForUs("our own balance")


READERS: Final[Mapping[str, Reader]] = {
    "checkout.session.completed": _checkout_completed,
    "checkout.session.async_payment_succeeded": _checkout_completed,
    "checkout.session.async_payment_failed": _checkout_over,
    "checkout.session.expired": _checkout_over,
    "refund.created": _refund_changed,
    "refund.updated": _refund_changed,
    "refund.failed": _refund_changed,
    "payout.paid": _payout_paid,
    "payout.failed": _payout_failed,
    "payout.canceled": _payout_failed,
    "balance.available": _balance_available,
}


def _object(body: Json) -> Json:
    found: Json = body["data"]["object"]
    return found


def _metadata(found: Json) -> Json:
    return found.get("metadata") or {}


def _at(body: Json) -> datetime:
    return datetime.fromtimestamp(body["created"], UTC)
