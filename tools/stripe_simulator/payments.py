"""How money comes in: an intent is tried with a payment method, and becomes a charge or not."""

from tools.stripe_simulator.errors import StripeError, declined, refused
from tools.stripe_simulator.events import emit
from tools.stripe_simulator.ledger import book
from tools.stripe_simulator.shapes import billing_details, card_details, charge, payment_method
from tools.stripe_simulator.simulator import Simulator, public
from tools.stripe_simulator.store import Obj
from tools.stripe_simulator.tables import AUTHENTICATION_FAILED, CARDS, FEES, LIMITS, Card

OPEN = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


def check_amount(amount: int, types: list[str], *, param: str) -> None:
    """Refuse an amount that none of the payment methods takes."""
    if all(amount < LIMITS[each][0] for each in types if each in LIMITS):
        raise refused("amount_too_small", "Amount must be at least ¥50 jpy", param=param)
    if all(amount > LIMITS[each][1] for each in types if each in LIMITS):
        raise refused("amount_too_large", "Amount must be no more than ¥99,999,999", param=param)


def owner(simulator: Simulator, obj: Obj) -> str:
    """Return the account that an object belongs to."""
    return simulator.store.owner(obj["id"])


def new_card(simulator: Simulator, account: str, number: str, expiry: tuple[int, int]) -> Obj:
    """Keep a card as a payment method; an unknown number is declined as Stripe does in tests."""
    card = CARDS.get(number)
    if card is None:
        raise declined("incorrect_number", "Your card number is incorrect.", param="number")
    details = card_details(number, card, expiry)
    method = payment_method(simulator, "card", details, billing_details())
    method["_number"] = number
    return simulator.add(method, account)


def confirm_card(simulator: Simulator, intent: Obj, method: Obj) -> None:
    """Try an intent with a card: it succeeds, is declined, or asks for 3-D Secure.

    The outcome is the intent's status; a decline leaves `last_payment_error` and a failed charge.
    """
    card = CARDS[method["_number"]]
    intent["payment_method"] = method["id"]
    if card.step == "decline":
        _decline(simulator, intent, method, card)
    elif card.step == "authenticate" or (card.step == "when_requested" and _requested(intent)):
        url = f"{simulator.config.base_url}/3ds/{intent['id']}"
        action = {"type": "redirect_to_url", "redirect_to_url": {"return_url": None, "url": url}}
        simulator.save(intent, status="requires_action", next_action=action)
        emit(simulator, "payment_intent.requires_action", intent, owner(simulator, intent))
    else:
        succeed(simulator, intent, method)


def _requested(intent: Obj) -> bool:
    options = intent["payment_method_options"].get("card", {})
    return options.get("request_three_d_secure") in {"any", "challenge"}


def finish_authentication(simulator: Simulator, intent: Obj, *, passed: bool) -> None:
    """Go on after 3-D Secure."""
    method = simulator.get("payment_method", intent["payment_method"])
    card = CARDS[method["_number"]]
    if not passed:
        _decline(simulator, intent, method, AUTHENTICATION_FAILED)
    elif card.code:
        _decline(simulator, intent, method, card)
    else:
        succeed(simulator, intent, method)


def succeed(simulator: Simulator, intent: Obj, method: Obj) -> Obj:
    """Turn the intent into a charge: captured at once, or held when capture is manual."""
    account = owner(simulator, intent)
    paid = charge(simulator, intent, method)
    if intent["capture_method"] == "manual" and method["type"] == "card":
        paid.update(captured=False, amount_captured=0)
        simulator.add(paid, account)
        simulator.save(
            intent,
            status="requires_capture",
            amount_capturable=intent["amount"],
            latest_charge=paid["id"],
            next_action=None,
            last_payment_error=None,
        )
        emit(simulator, "charge.succeeded", paid, account)
        emit(simulator, "payment_intent.amount_capturable_updated", intent, account)
        return paid
    _book(simulator, paid, method, account)
    simulator.add(paid, account)
    emit(simulator, "charge.succeeded", paid, account)
    _complete(simulator, intent, paid, account)
    return paid


def capture(simulator: Simulator, intent: Obj, amount: int) -> None:
    """Take (at most all of) what was held."""
    account = owner(simulator, intent)
    paid = simulator.get("charge", intent["latest_charge"])
    method = simulator.get("payment_method", intent["payment_method"])
    paid.update(captured=True, amount_captured=amount)
    _book(simulator, paid, method, account)
    simulator.save(paid)
    emit(simulator, "charge.captured", paid, account)
    _complete(simulator, intent, paid, account)


def fail_later(simulator: Simulator, intent: Obj, code: str, message: str) -> None:
    """End an asynchronous payment that never came (a voucher that expired, say)."""
    error = {"type": "invalid_request_error", "code": code, "message": message}
    method = simulator.get("payment_method", intent["payment_method"])
    simulator.save(
        intent,
        status="requires_payment_method",
        next_action=None,
        payment_method=None,
        last_payment_error={**error, "payment_method": public(method)},
    )
    emit(simulator, "payment_intent.payment_failed", intent, owner(simulator, intent))


def cancel(simulator: Simulator, intent: Obj, reason: str | None) -> None:
    """Give an intent up."""
    if intent["status"] not in OPEN | {"requires_capture", "processing"}:
        raise refused(
            "payment_intent_unexpected_state",
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
        )
    simulator.save(
        intent,
        status="canceled",
        canceled_at=simulator.now,
        cancellation_reason=reason,
        next_action=None,
        amount_capturable=0,
    )
    emit(simulator, "payment_intent.canceled", intent, owner(simulator, intent))


def card_error(intent: Obj) -> StripeError:
    """Return the answer of the API to a confirmation that the card refused."""
    error = dict(intent["last_payment_error"])
    message = error.pop("message")
    code = error.pop("code")
    error.pop("type")
    return declined(code, message, **error, payment_intent=public(intent))


def _book(simulator: Simulator, paid: Obj, method: Obj, account: str) -> None:
    card = CARDS.get(method.get("_number", ""))
    wait = 0 if card and card.available_at_once else simulator.config.funds_available_after
    kind = "charge" if method["type"] == "card" else "payment"
    transaction = book(
        simulator,
        account,
        kind=kind,
        category="charge",
        amount=paid["amount_captured"],
        fee=FEES[method["type"]].of(paid["amount_captured"]),
        source=paid["id"],
        available_on=simulator.now + wait,
        description=paid["description"],
    )
    paid["balance_transaction"] = transaction["id"]
    if card:
        paid["_refund"] = card.refund
        if card.after == "dispute":
            simulator.later(simulator.config.dispute_after, "dispute.open", paid["id"])
        if card.after == "fraud_warning":
            simulator.later(simulator.config.dispute_after, "fraud_warning.open", paid["id"])


def _complete(simulator: Simulator, intent: Obj, paid: Obj, account: str) -> None:
    simulator.save(
        intent,
        status="succeeded",
        amount_received=paid["amount_captured"],
        amount_capturable=0,
        latest_charge=paid["id"],
        next_action=None,
        last_payment_error=None,
    )
    emit(simulator, "payment_intent.succeeded", intent, account)


def _decline(simulator: Simulator, intent: Obj, method: Obj, card: Card) -> None:
    account = owner(simulator, intent)
    error: Obj = {"type": "card_error", "code": card.code, "message": card.message}
    if card.decline_code:
        error["decline_code"] = card.decline_code
    failed = None
    if card is not AUTHENTICATION_FAILED:
        failed = _failed_charge(simulator, intent, method, card)
        simulator.add(failed, account)
        error["charge"] = failed["id"]
        emit(simulator, "charge.failed", failed, account)
    simulator.save(
        intent,
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        latest_charge=failed["id"] if failed else intent["latest_charge"],
        last_payment_error={**error, "payment_method": public(method)},
    )
    emit(simulator, "payment_intent.payment_failed", intent, account)


def _failed_charge(simulator: Simulator, intent: Obj, method: Obj, card: Card) -> Obj:
    failed = charge(simulator, intent, method)
    failed.update(
        amount_captured=0,
        captured=False,
        failure_code=card.code,
        failure_message=card.message,
        paid=False,
        receipt_url=None,
        status="failed",
    )
    failed["outcome"].update(
        network_status="declined_by_network",
        network_decline_code="01",
        reason=card.decline_code or None,
        seller_message="The bank did not return any further details with this decline.",
        type="issuer_declined",
    )
    return failed
