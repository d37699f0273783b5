"""Calls that bring money in, or give it back: pages, bank transfers, credit, refunds, disputes.

Cards and konbini are paid on a page of Checkout. A bank transfer is a payment intent of our own,
and its page the one with Stripe's instructions: what Checkout makes can't be given up while money
is awaited, and what had come of it in part would be stuck.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import stripe
from stripe import StripeClient

from services.payments.adapters.stripe_marks import PAGE, Here, made_by, metadata, since, under
from services.payments.domain.operation import Answer, Operation, Outcome
from shared.errors import Transient
from shared.messages.payments import PaymentMethod

# Instructions stay good as long as they are waited for; they are handed out as long as a page is.
PAGE_LIFE: Final = timedelta(hours=24)
_DESCRIPTION: Final = 1_000

# Japan's card brands want 3-D Secure wherever the card can do it; without asking for it, Stripe
# leaves it out for some (debit and prepaid cards), and then fraud is our loss.
_CARD: Final = {"card": {"request_three_d_secure": "any"}}
_TRANSFER: Final = {
    "customer_balance": {
        "funding_type": "bank_transfer",
        "bank_transfer": {"type": "jp_bank_transfer"},
    }
}
_INTENT: Final = "pi_"
_AWAITED: Final = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
# Less than the way to pay takes: there is nothing to be had yet.
_TOO_LITTLE: Final = "amount_too_small"
_NOT_BOOKED: Final = "Stripe has not booked the charge yet."


def create_checkout(here: Here, client: StripeClient, operation: Operation) -> Answer:
    """Make a page that pays for milestones; a client who transfers needs an account number."""
    if operation.request["method"] == PaymentMethod.BANK_TRANSFER:
        return _await_transfer(client, operation)
    request = operation.request
    page = f"{here.public_url}/checkout"
    checkout_id = str(operation.subject)
    card = request["method"] == PaymentMethod.CARD
    parameters: Any = {
        "mode": "payment",
        "allowed_payment_method_types": ["card" if card else "konbini"],
        "client_reference_id": checkout_id,
        "line_items": [_line_item(each, request["currency"]) for each in request["items"]],
        "metadata": _checkout_marks(operation),
        "payment_intent_data": {
            "metadata": _checkout_marks(operation),
            "transfer_group": checkout_id,
        },
        "success_url": f"{page}/return?checkout={checkout_id}",
        "cancel_url": f"{page}/cancelled?checkout={checkout_id}",
    }
    if card:
        parameters["payment_method_options"] = _CARD
    if request["customer_id"]:
        parameters["customer"] = request["customer_id"]
    elif request["email"]:
        parameters["customer_email"] = request["email"]
    return _page(client.v1.checkout.sessions.create(parameters, under(operation)), operation)


def find_checkout(client: StripeClient, operation: Operation) -> Answer | None:
    """Return the page that an earlier attempt made."""
    if operation.request["method"] == PaymentMethod.BANK_TRANSFER:
        customer_id = operation.request["customer_id"] or _find_customer(client, operation)
        intent = customer_id and _find_intent(client, operation, customer_id)
        return _instructions(intent) if intent else None
    found = client.v1.checkout.sessions.list({"limit": PAGE, "created": since(operation)})
    session = made_by(operation, found.auto_paging_iter())
    return _page(session, operation) if session else None


def expire_checkout(_here: Here, client: StripeClient, operation: Operation) -> Answer:
    """Close a page, or give up waiting for a transfer; what it has received is the client's again.

    A voucher that was handed out can't be taken back: it runs out by itself, or is paid after all.
    """
    session_id = operation.request["session_id"]
    if session_id.startswith(_INTENT):
        intent = client.v1.payment_intents.retrieve(session_id)
        if intent.status in _AWAITED:
            intent = client.v1.payment_intents.cancel(session_id, {}, under(operation))
        return Answer.done(status=intent.status)
    session = client.v1.checkout.sessions.retrieve(session_id)
    if session.status == "open":
        session = client.v1.checkout.sessions.expire(session_id, {}, under(operation))
    return Answer.done(status=session.status)


def create_refund(_here: Here, client: StripeClient, operation: Operation) -> Answer:
    """Give back a part of a charge; with an e-mail address where there is no way back by itself."""
    request = operation.request
    parameters: Any = {
        "charge": request["charge_id"],
        "amount": request["amount"],
        "metadata": metadata(operation, refund_id=str(operation.subject)),
    }
    if request.get("email"):
        parameters["instructions_email"] = request["email"]
    refund = client.v1.refunds.create(parameters, under(operation))
    return Answer.done(refund=refund.id)


def find_refund(client: StripeClient, operation: Operation) -> Answer | None:
    """Return the refund that an earlier attempt made."""
    found = client.v1.refunds.list({"limit": PAGE, "charge": operation.request["charge_id"]})
    refund = made_by(operation, found.auto_paging_iter())
    return Answer.done(refund=refund.id) if refund else None


def sweep_credit(_here: Here, client: StripeClient, operation: Operation) -> Answer:
    """Make a payment of what lies in a customer's cash balance.

    Nothing is taken while an intent of ours waits for a transfer: Stripe applies the money to that
    first. The payment asks nobody for more (it has no funding type): when somebody was faster, it
    is refused or given up, and the call comes again.
    """
    # A quick second try of this call comes here too: the first may have taken the money already.
    if earlier := _earlier_sweep(client, operation):
        return _swept(earlier) or _not_booked()
    customer_id = operation.request["customer_id"]
    intents = client.v1.payment_intents.list({"limit": PAGE, "customer": customer_id})
    if any(_awaits_transfer(each) for each in intents.auto_paging_iter()):
        return Answer.done(amount=0)
    amount = _cash(client, customer_id)
    if not amount:
        return Answer.done(amount=0)
    try:
        intent: Any = client.v1.payment_intents.create(
            {
                "amount": amount,
                "currency": "jpy",
                "customer": customer_id,
                "allowed_payment_method_types": ["customer_balance"],
                "payment_method_data": {"type": "customer_balance"},
                "confirm": True,
                "metadata": metadata(operation, client_id=str(operation.subject)),
                "expand": ["latest_charge.balance_transaction"],
            },
            under(operation),
        )
    except stripe.InvalidRequestError as error:
        if error.code == _TOO_LITTLE:
            return Answer.done(amount=0)
        raise
    if intent.status != "succeeded":
        client.v1.payment_intents.cancel(intent.id)
        return Answer.not_done(
            Outcome.NOT_NOW, "cash_balance_changed", "Another payment took it.", spent=True
        )
    return _swept(intent) or _not_booked()


def find_sweep(client: StripeClient, operation: Operation) -> Answer | None:
    """Return the payment that an earlier attempt made of the cash balance."""
    intent = _earlier_sweep(client, operation)
    if intent is None:
        return None
    answer = _swept(intent)
    if answer is None:
        raise Transient("charge_not_booked_yet", _NOT_BOOKED)
    return answer


def submit_evidence(_here: Here, client: StripeClient, operation: Operation) -> Answer:
    """Tell the client's bank our side of a dispute; it is heard once."""
    dispute = client.v1.disputes.update(
        operation.request["dispute_id"],
        {"evidence": operation.request["evidence"], "submit": True},
        under(operation),
    )
    return Answer.done(status=dispute.status)


def find_evidence(client: StripeClient, operation: Operation) -> Answer | None:
    """Return what became of a dispute that evidence was submitted in already."""
    dispute = client.v1.disputes.retrieve(operation.request["dispute_id"])
    submitted = dispute.evidence_details.submission_count > 0
    return Answer.done(status=dispute.status) if submitted else None


def _await_transfer(client: StripeClient, operation: Operation) -> Answer:
    """Ask for a bank transfer: to the client's own account number, which stays the same."""
    request = operation.request
    items: Sequence[Any] = request["items"]
    customer_id = request["customer_id"] or _customer(client, operation)
    parameters: Any = {
        "amount": sum(each["amount"] for each in items),
        "currency": request["currency"].lower(),
        "customer": customer_id,
        "allowed_payment_method_types": ["customer_balance"],
        "payment_method_data": {"type": "customer_balance"},
        "payment_method_options": _TRANSFER,
        "confirm": True,
        "description": ", ".join(each["title"] for each in items)[:_DESCRIPTION],
        "metadata": _checkout_marks(operation),
        "transfer_group": str(operation.subject),
    }
    return _instructions(client.v1.payment_intents.create(parameters, under(operation)))


def _customer(client: StripeClient, operation: Operation) -> str:
    """Return the client as Stripe's customer: made by this call, or by an earlier attempt of it."""
    if operation.attempts > 1 and (found := _find_customer(client, operation)):
        return found
    request = operation.request
    contact = {name: request[name] for name in ("email", "name") if request[name]}
    parameters: Any = {
        "metadata": metadata(operation, client_id=request["client_id"]),
        **contact,
    }
    return client.v1.customers.create(parameters, under(operation, "-customer")).id


def _find_customer(client: StripeClient, operation: Operation) -> str | None:
    found = client.v1.customers.list({"limit": PAGE, "created": since(operation)})
    customer = made_by(operation, found.auto_paging_iter())
    return customer.id if customer else None


def _find_intent(client: StripeClient, operation: Operation, customer_id: str) -> Any:
    found = client.v1.payment_intents.list(
        {"limit": PAGE, "customer": customer_id, "created": since(operation)}
    )
    return made_by(operation, found.auto_paging_iter())


def _checkout_marks(operation: Operation) -> dict[str, str]:
    method = str(operation.request["method"])
    return metadata(operation, checkout_id=str(operation.subject), method=method)


def _line_item(item: Any, currency: str) -> Any:
    return {
        "quantity": 1,
        "price_data": {
            "currency": currency.lower(),
            "unit_amount": item["amount"],
            "product_data": {"name": item["title"]},
        },
        "metadata": {"milestone_id": item["milestone_id"]},
    }


def _page(session: Any, operation: Operation) -> Answer:
    return Answer.done(
        session_id=session.id,
        # A page that is no longer open has no address; its events tell the rest.
        url=session.url or "",
        expires_at=datetime.fromtimestamp(session.expires_at, UTC).isoformat(),
        customer_id=operation.request["customer_id"],
    )


def _instructions(intent: Any) -> Answer:
    """Return where the client reads how to transfer; nowhere, when their cash has paid already."""
    action = intent.next_action
    shown = action.display_bank_transfer_instructions if action else None
    created = datetime.fromtimestamp(intent.created, UTC)
    return Answer.done(
        session_id=intent.id,
        url=shown.hosted_instructions_url if shown else "",
        expires_at=(created + PAGE_LIFE).isoformat(),
        customer_id=intent.customer,
    )


def _awaits_transfer(intent: Any) -> bool:
    action = intent.next_action
    return bool(action) and action.type == "display_bank_transfer_instructions"


def _cash(client: StripeClient, customer_id: str) -> int:
    available = client.v1.customers.cash_balance.retrieve(customer_id).available
    return int(available["jpy"]) if available and "jpy" in available else 0


def _earlier_sweep(client: StripeClient, operation: Operation) -> Any:
    """Return the payment that this call made of the cash balance before, if it did."""
    found = client.v1.payment_intents.list(
        {
            "limit": PAGE,
            "customer": operation.request["customer_id"],
            "created": since(operation),
            "expand": ["data.latest_charge.balance_transaction"],
        }
    )
    paid = (each for each in found.auto_paging_iter() if each.status == "succeeded")
    return made_by(operation, paid)


def _not_booked() -> Answer:
    return Answer.not_done(Outcome.UNCLEAR, "charge_not_booked_yet", _NOT_BOOKED)


def _swept(intent: Any) -> Answer | None:
    charge = intent.latest_charge
    line = charge.balance_transaction
    if line is None:
        return None
    return Answer.done(
        charge_id=charge.id,
        amount=line.amount,
        fee=line.fee,
        currency=line.currency.upper(),
        captured_at=datetime.fromtimestamp(charge.created, UTC).isoformat(),
    )
