"""Payment intents: those that Checkout made, and those that the API makes and confirms."""

import re

from tools.stripe_simulator import cash, late, payments, shapes
from tools.stripe_simulator.errors import invalid, missing_parameter, refused
from tools.stripe_simulator.events import emit
from tools.stripe_simulator.lists import DEFAULT_LIMIT, page
from tools.stripe_simulator.metadata import checked, merged
from tools.stripe_simulator.operations import Operation
from tools.stripe_simulator.simulator import Call, public
from tools.stripe_simulator.store import Obj
from tools.stripe_simulator.tables import FEES, NAMED_CARDS

KIND = "payment_intent"
URL = "/v1/payment_intents"
_CLAUSE = re.compile(
    r"""^(?P<field>\w+)(?:\[['"](?P<key>[^'"]+)['"]\])?:\s*['"](?P<value>[^'"]*)['"]$"""
)


def create(call: Call) -> Obj:
    """Make an intent, and confirm it when asked to."""
    if call.get("currency").lower() != "jpy":
        raise invalid("Only jpy is simulated", param="currency")
    types = call.get("allowed_payment_method_types") or ["card"]
    payments.check_amount(call.get("amount"), types, param="amount")
    if call.get("customer"):
        call.simulator.get("customer", call.get("customer"), call.account, param="customer")
    intent = shapes.payment_intent(
        call.simulator,
        amount=call.get("amount"),
        types=[each for each in types if each in FEES],
        capture_method=call.get("capture_method", "automatic"),
        customer=call.get("customer"),
        description=call.get("description"),
        metadata=checked(call.get("metadata")),
        payment_method_options=shapes.card_options(call.get("payment_method_options", {})),
        receipt_email=call.get("receipt_email"),
        transfer_group=call.get("transfer_group"),
    )
    call.simulator.add(intent, call.account)
    emit(call.simulator, "payment_intent.created", intent, call.account)
    if call.get("confirm"):
        return _confirm(call, intent)
    return intent


def confirm(call: Call) -> Obj:
    """Try an intent with a test card by its name (pm_card_visa …), or ask for a bank transfer."""
    return _confirm(call, call.find(KIND, "intent"))


def _confirm(call: Call, intent: Obj) -> Obj:
    if intent["status"] not in payments.OPEN:
        raise refused(
            "payment_intent_unexpected_state",
            f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}.",
        )
    if call.get("payment_method_data"):
        return _instruct(call, intent, call.get("payment_method_data"))
    name = call.get("payment_method")
    if not name:
        raise missing_parameter("payment_method")
    number = NAMED_CARDS.get(name)
    if number:
        method = payments.new_card(call.simulator, call.account, number, (12, 2034))
    else:
        method = call.simulator.get("payment_method", name, call.account, param="payment_method")
    payments.confirm_card(call.simulator, intent, method)
    if intent["status"] == "requires_payment_method":
        raise payments.card_error(intent)
    return intent


def _instruct(call: Call, intent: Obj, data: Obj) -> Obj:
    """Confirm with a payment method that is paid later, or out of the cash balance."""
    kind = data["type"]
    if kind not in intent["payment_method_types"] or kind == "card":
        raise invalid(
            f"The payment method type {kind} isn't simulated here, or not allowed for this intent.",
            param="payment_method_data[type]",
        )
    options = call.get("payment_method_options", {})
    late.instruct(call.simulator, intent, kind, options, data.get("billing_details", {}))
    return call.simulator.get(KIND, intent["id"])


def retrieve(call: Call) -> Obj:
    """Return an intent."""
    return call.find(KIND, "intent")


def update(call: Call) -> Obj:
    """Change an intent's metadata, description or transfer_group."""
    intent = call.find(KIND, "intent")
    for name in ("description", "transfer_group", "receipt_email"):
        if call.get(name) is not None:
            intent[name] = call.get(name)
    return call.simulator.save(intent, metadata=merged(intent, call.get("metadata")))


def capture(call: Call) -> Obj:
    """Take (part of) what was held on a card."""
    intent = call.find(KIND, "intent")
    if intent["status"] != "requires_capture":
        raise refused(
            "payment_intent_unexpected_state",
            f"This PaymentIntent could not be captured because it has a status of"
            f" {intent['status']}.",
        )
    amount = call.get("amount_to_capture", intent["amount"])
    if not 0 < amount <= intent["amount"]:
        raise refused("amount_too_large", "Can't capture that much", param="amount_to_capture")
    payments.capture(call.simulator, intent, amount)
    return intent


def cancel(call: Call) -> Obj:
    """Give an intent up; what it had received of a bank transfer is the customer's cash again.

    As Stripe documents it, one that Checkout made is only given up with its session.
    """
    intent = call.find(KIND, "intent")
    if "_session" in intent and intent["status"] != "requires_capture":
        raise refused(
            "payment_intent_unexpected_state",
            "You cannot cancel this PaymentIntent because it was created by Checkout. Expire the"
            " Checkout Session instead.",
        )
    payments.cancel(call.simulator, intent, call.get("cancellation_reason"))
    simulator = call.simulator
    simulator.forget(intent["id"], ["voucher.expire"])
    cash.unapply(simulator, intent)
    return intent


def listed(call: Call) -> Obj:
    """Return the intents that match, newest first."""
    return page(call, KIND, URL, {"customer": call.get("customer")})


def search(call: Call) -> Obj:
    """Return the intents that match a query of clauses `field:'value'` joined by AND."""
    clauses = [_CLAUSE.match(each.strip()) for each in call.get("query").split(" AND ")]
    parsed = [each for each in clauses if each]
    if len(parsed) < len(clauses):
        raise invalid("We were unable to parse your search query.", param="query")
    intents = call.simulator.store.select(KIND, call.account)
    found = [public(each) for each in intents if all(_holds(each, clause) for clause in parsed)]
    limit = call.get("limit", DEFAULT_LIMIT)
    return {
        "object": "search_result",
        "data": found[:limit],
        "has_more": len(found) > limit,
        "next_page": None,
        "url": f"{URL}/search",
    }


def _holds(intent: Obj, clause: re.Match[str]) -> bool:
    value = intent.get(clause["field"])
    if clause["key"]:
        value = (value or {}).get(clause["key"])
    return value is not None and str(value) == clause["value"]


_ONE = f"{URL}/{{intent}}"
OPERATIONS = [
    Operation("POST", URL, "PaymentIntentCreate", create),
    Operation("GET", URL, "PaymentIntentList", listed),
    Operation("GET", f"{URL}/search", "PaymentIntentSearch", search),
    Operation("GET", _ONE, "PaymentIntentRetrieve", retrieve),
    Operation("POST", _ONE, "PaymentIntentUpdate", update),
    Operation("POST", f"{_ONE}/confirm", "PaymentIntentConfirm", confirm),
    Operation("POST", f"{_ONE}/capture", "PaymentIntentCapture", capture),
    Operation("POST", f"{_ONE}/cancel", "PaymentIntentCancel", cancel),
]
