"""What Stripe's events say, in our own words."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from services.payments.adapters.stripe_accounts import account_changed
from services.payments.adapters.stripe_client import StripeApi
from services.payments.adapters.stripe_disputes import chargeback_changed, fraud_warned
from services.payments.adapters.stripe_marks import is_ours
from services.payments.domain.news import (
    BalanceAvailable,
    CheckoutExpired,
    CheckoutSubmitted,
    CreditArrived,
    News,
    NotForUs,
    PaymentCaptured,
    PaymentShort,
    PayoutFailed,
    PayoutPaid,
    ProcessorEvent,
    RefundChanged,
)
from shared.errors import Transient
from shared.messages.payments import PaymentMethod
from shared.money import Money

Json = Mapping[str, Any]
Reader = Callable[[Json, StripeApi, datetime], News]

THIN: Final = "v2.core.event"
_FAILED: Final = frozenset({"failed", "canceled"})
# What comes into a cash balance by itself; all else in there we do, or Stripe for an intent.
_ARRIVED: Final = frozenset({"funded", "unapplied_from_payment"})
_AWAITING: Final = "requires_action"


def read(event: ProcessorEvent, api: StripeApi, now: datetime) -> News:
    """Return what an event says, asking Stripe for what it leaves out."""
    body = json.loads(event.body)
    if body.get("object") == THIN:
        account_id = (body.get("related_object") or {}).get("id")
        return account_changed(account_id, api, now) if account_id else NotForUs("names no account")
    reader = READERS.get(event.type)
    if reader is None:
        return NotForUs("type of no interest")
    return reader(body, api, now)


def _checkout_completed(body: Json, api: StripeApi, _now: datetime) -> News:
    session = _object(body)
    if not is_ours(session):
        return NotForUs("a page that is not ours")
    if session["payment_status"] != "paid":
        return CheckoutSubmitted(session["id"])
    return _captured(session["id"], session["payment_intent"], api)


def _checkout_over(body: Json, _api: StripeApi, _now: datetime) -> News:
    session = _object(body)
    if not is_ours(session):
        return NotForUs("a page that is not ours")
    return CheckoutExpired(session["id"])


def _transfer_complete(body: Json, api: StripeApi, _now: datetime) -> News:
    intent = _object(body)
    if not _awaits_transfer(intent):
        return NotForUs("told by its page's own events")
    return _captured(intent["id"], intent["id"], api)


def _transfer_awaited(body: Json, _api: StripeApi, _now: datetime) -> News:
    intent = _object(body)
    if not _awaits_transfer(intent):
        return NotForUs("told by its page's own events")
    return CheckoutSubmitted(intent["id"])


def _transfer_over(body: Json, _api: StripeApi, _now: datetime) -> News:
    intent = _object(body)
    if not _awaits_transfer(intent):
        return NotForUs("told by its page's own events")
    return CheckoutExpired(intent["id"])


def _transfer_short(body: Json, api: StripeApi, _now: datetime) -> News:
    """Read how much is missing now: more may have come, or all of it."""
    if not _awaits_transfer(_object(body)):
        return NotForUs("told by its page's own events")
    intent: Any = api.read(lambda client: client.v1.payment_intents.retrieve(_object(body)["id"]))
    if intent.status != _AWAITING:
        return NotForUs(f"no longer short: {intent.status}")
    missing = intent.next_action.display_bank_transfer_instructions.amount_remaining
    received = Money(amount=intent.amount - missing, currency=intent.currency.upper())
    return PaymentShort(intent.id, received)


def _captured(session_id: str, intent_id: str, api: StripeApi) -> News:
    """Read what was captured, and the fee: neither is in the event."""
    intent = api.read(
        lambda client: client.v1.payment_intents.retrieve(
            intent_id, {"expand": ["latest_charge.balance_transaction"]}
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
        session_id=session_id,
        charge_id=charge.id,
        amount=Money(amount=line.amount, currency=currency),
        fee=Money(amount=line.fee, currency=currency),
        captured_at=datetime.fromtimestamp(charge.created, UTC),
    )


def _cash_moved(body: Json, _api: StripeApi, _now: datetime) -> News:
    moved = _object(body)
    if moved["type"] not in _ARRIVED or moved["net_amount"] <= 0:
        return NotForUs(f"cash that did not arrive: {moved['type']}")
    return CreditArrived(moved["customer"])


def _refund_changed(body: Json, _api: StripeApi, _now: datetime) -> News:
    refund = _object(body)
    refund_id = _metadata(refund).get("refund_id")
    if not refund_id:
        return NotForUs("a refund that is not ours")
    return RefundChanged(UUID(refund_id), refund["id"], refund["status"] in _FAILED, _at(body))


def _payout_paid(body: Json, _api: StripeApi, _now: datetime) -> News:
    payout = _object(body)
    payout_id = _metadata(payout).get("payout_id")
    if not payout_id:
        return NotForUs("a payout that is not ours")
    return PayoutPaid(UUID(payout_id), payout["id"], _at(body))


def _payout_failed(body: Json, _api: StripeApi, _now: datetime) -> News:
    payout = _object(body)
    payout_id = _metadata(payout).get("payout_id")
    if not payout_id:
        return NotForUs("a payout that is not ours")
    failure = payout.get("failure_message") or payout.get("failure_code") or payout["status"]
    return PayoutFailed(UUID(payout_id), payout["id"], failure, _at(body))


def _balance_available(body: Json, _api: StripeApi, _now: datetime) -> News:
    return BalanceAvailable(body.get("account"))


def _bank_account_changed(body: Json, api: StripeApi, now: datetime) -> News:
    account_id = body.get("account")
    if not account_id:
        return NotForUs("our own bank account")
    return account_changed(account_id, api, now)


READERS: Final[Mapping[str, Reader]] = {
    "account.external_account.created": _bank_account_changed,
    "account.external_account.deleted": _bank_account_changed,
    "account.external_account.updated": _bank_account_changed,
    "balance.available": _balance_available,
    "charge.dispute.closed": chargeback_changed,
    "charge.dispute.created": chargeback_changed,
    "charge.dispute.funds_reinstated": chargeback_changed,
    "charge.dispute.funds_withdrawn": chargeback_changed,
    "charge.dispute.updated": chargeback_changed,
    "checkout.session.async_payment_failed": _checkout_over,
    "checkout.session.async_payment_succeeded": _checkout_completed,
    "checkout.session.completed": _checkout_completed,
    "checkout.session.expired": _checkout_over,
    "customer_cash_balance_transaction.created": _cash_moved,
    "payment_intent.canceled": _transfer_over,
    "payment_intent.partially_funded": _transfer_short,
    "payment_intent.payment_failed": _transfer_over,
    "payment_intent.requires_action": _transfer_awaited,
    "payment_intent.succeeded": _transfer_complete,
    "payout.canceled": _payout_failed,
    "payout.failed": _payout_failed,
    "payout.paid": _payout_paid,
    "radar.early_fraud_warning.created": fraud_warned,
    "radar.early_fraud_warning.updated": fraud_warned,
    "refund.created": _refund_changed,
    "refund.failed": _refund_changed,
    "refund.updated": _refund_changed,
}


def _object(body: Json) -> Json:
    found: Json = body["data"]["object"]
    return found


def _awaits_transfer(intent: Json) -> bool:
    """Tell whether an intent is one of ours that waits for a transfer, without a page."""
    marks = _metadata(intent)
    return is_ours(intent) and marks.get("method") == PaymentMethod.BANK_TRANSFER


def _metadata(found: Json) -> Json:
    return found.get("metadata") or {}


def _at(body: Json) -> datetime:
    return datetime.fromtimestamp(body["created"], UTC)
