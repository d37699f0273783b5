"""Refunds: taken from the platform's balance; Stripe keeps its fee, and transfers stay as they are.

A card's refund succeeds at once, is pending first, or fails later, as its test card says. Konbini
and bank transfer have no way back of their own: their refunds are pending until the payer's bank
has been told.
"""

from tools.stripe_simulator import payments, shapes
from tools.stripe_simulator.errors import StripeError, invalid, missing_parameter, refused
from tools.stripe_simulator.events import emit
from tools.stripe_simulator.ledger import book
from tools.stripe_simulator.lists import page
from tools.stripe_simulator.metadata import checked, merged
from tools.stripe_simulator.operations import Operation
from tools.stripe_simulator.simulator import Call, Simulator
from tools.stripe_simulator.store import Obj
from tools.stripe_simulator.timers import timer

URL = "/v1/refunds"
BACK = "expired_or_canceled_card"


def create(call: Call) -> Obj:
    """Give back (part of) a charge."""
    simulator = call.simulator
    charge = _charge(call)
    amount = _amount(call, charge)
    kind = charge["payment_method_details"]["type"]
    behaviour = charge.get("_refund", "succeeds") if kind == "card" else "pending"
    refund = shapes.refund(
        simulator,
        amount=amount,
        charge=charge["id"],
        customer=charge["customer"],
        destination_details=_destination(kind),
        metadata=checked(call.get("metadata")),
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        reason=call.get("reason"),
        status="pending" if behaviour == "pending" else "succeeded",
    )
    if behaviour == "pending":
        refund["pending_reason"] = "processing"
    _book(simulator, refund, charge, call.account)
    simulator.add(refund, call.account)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    simulator.save(charge)
    emit(simulator, "refund.created", refund, call.account)
    emit(simulator, "charge.refunded", charge, call.account)
    if behaviour != "succeeds":
        action = "refund.succeed" if behaviour == "pending" else "refund.fail"
        simulator.later(simulator.config.refund_after, action, refund["id"])
    return refund


def retrieve(call: Call) -> Obj:
    """Return a refund."""
    return call.find("refund", "refund")


def update(call: Call) -> Obj:
    """Change a refund's metadata."""
    refund = call.find("refund", "refund")
    call.simulator.save(refund, metadata=merged(refund, call.get("metadata")))
    emit(call.simulator, "refund.updated", refund, call.account, previous={})
    return refund


def listed(call: Call) -> Obj:
    """Return the refunds that match, newest first."""
    names = ("charge", "payment_intent")
    return page(call, "refund", URL, {name: call.get(name) for name in names})


@timer("refund.succeed")
def succeed(simulator: Simulator, refund_id: str) -> None:
    """Let a pending refund arrive."""
    refund = simulator.get("refund", refund_id)
    if refund["status"] == "pending":
        refund.pop("pending_reason", None)
        simulator.save(refund, status="succeeded")
        account = payments.owner(simulator, refund)
        emit(simulator, "refund.updated", refund, account, previous={"status": "pending"})


@timer("refund.fail")
def fail_when_due(simulator: Simulator, refund_id: str) -> None:
    """Let the refund fail that a test card announced."""
    fail(simulator, refund_id, BACK)


def fail(simulator: Simulator, refund_id: str, reason: str) -> None:
    """Let the payer's bank send a refund back: the platform's balance gets it again."""
    refund = simulator.get("refund", refund_id)
    if refund["status"] in {"failed", "canceled"}:
        return
    account = payments.owner(simulator, refund)
    previous = {"status": refund["status"]}
    _give_back(simulator, refund, status="failed", failure_reason=reason)
    emit(simulator, "refund.updated", refund, account, previous=previous)
    emit(simulator, "refund.failed", refund, account)


def cancel(call: Call) -> Obj:
    """Take back a refund that is still pending: the platform's balance gets it again."""
    refund = call.find("refund", "refund")
    if refund["status"] != "pending":
        raise refused("refund_not_cancelable", "Only pending refunds can be canceled.")
    _give_back(call.simulator, refund, status="canceled")
    emit(call.simulator, "refund.updated", refund, call.account, previous={"status": "pending"})
    return refund


def _give_back(simulator: Simulator, refund: Obj, **changes: str) -> None:
    account = payments.owner(simulator, refund)
    credit = book(
        simulator, account, kind="refund_failure", amount=refund["amount"], source=refund["id"]
    )
    refund.pop("pending_reason", None)
    simulator.save(refund, failure_balance_transaction=credit["id"], **changes)
    charge = simulator.get("charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    simulator.save(charge, refunded=False)


def _charge(call: Call) -> Obj:
    simulator = call.simulator
    charge_id = call.get("charge")
    if call.get("payment_intent"):
        intent_id = call.get("payment_intent")
        intent = simulator.get("payment_intent", intent_id, call.account, param="payment_intent")
        charge_id = intent["latest_charge"]
        if intent["status"] != "succeeded":
            raise refused(
                "charge_not_refundable",
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                param="payment_intent",
            )
    if not charge_id:
        raise missing_parameter("payment_intent")
    charge = simulator.get("charge", charge_id, call.account, param="charge")
    if charge["disputed"] and not charge.get("_dispute_won"):
        raise refused(
            "charge_disputed",
            f"Charge {charge_id} has been charged back; cannot issue a refund.",
        )
    if charge["refunded"]:
        raise refused("charge_already_refunded", f"Charge {charge_id} has already been refunded.")
    return charge


def _amount(call: Call, charge: Obj) -> int:
    left: int = charge["amount_captured"] - charge["amount_refunded"]
    amount: int = left if call.get("amount") is None else call.get("amount")
    if amount < 1:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if amount > left:
        raise _too_much(amount, left)
    return amount


def _too_much(amount: int, left: int) -> StripeError:
    return refused(
        "amount_too_large",
        f"Refund amount (¥{amount}) is greater than unrefunded amount on charge (¥{left})",
        param="amount",
    )


def _destination(kind: str) -> Obj:
    if kind == "card":
        return {"type": "card", "card": {"type": "refund", "reference_status": "pending"}}
    return {
        "type": "jp_bank_transfer",
        "jp_bank_transfer": {"reference": None, "reference_status": "pending"},
    }


def _book(simulator: Simulator, refund: Obj, charge: Obj, account: str) -> None:
    """Debit the amount: out of pending money as long as the charge itself is pending."""
    transaction = simulator.get("balance_transaction", charge["balance_transaction"])
    card = charge["payment_method_details"]["type"] == "card"
    debit = book(
        simulator,
        account,
        kind="refund" if card else "payment_refund",
        category="refund",
        amount=-refund["amount"],
        source=refund["id"],
        available_on=transaction["available_on"],
    )
    refund["balance_transaction"] = debit["id"]


_ONE = f"{URL}/{{refund}}"
OPERATIONS = [
    Operation("POST", URL, "RefundCreate", create),
    Operation("GET", URL, "RefundList", listed),
    Operation("GET", _ONE, "RefundRetrieve", retrieve),
    Operation("POST", _ONE, "RefundUpdate", update),
    Operation("POST", f"{_ONE}/cancel", "RefundCancel", cancel),
]
