"""Checkout sessions: made by us, paid on the hosted page, expired by us or by the clock."""

from tools.stripe_simulator import payments, shapes
from tools.stripe_simulator.config import DAY
from tools.stripe_simulator.errors import invalid, missing_parameter, refused
from tools.stripe_simulator.events import emit, on
from tools.stripe_simulator.ids import new_id, token
from tools.stripe_simulator.lists import listing, page
from tools.stripe_simulator.metadata import checked, merged
from tools.stripe_simulator.operations import Operation
from tools.stripe_simulator.simulator import Call, Simulator
from tools.stripe_simulator.store import Obj
from tools.stripe_simulator.tables import FEES
from tools.stripe_simulator.timers import timer

KIND = "checkout.session"
URL = "/v1/checkout/sessions"
MIN_EXPIRY = 30 * 60
ID_LENGTH = 58


def create(call: Call) -> Obj:
    """Make a session with a page of its own; the payment intent comes when it is paid."""
    if call.get("mode") != "payment":
        raise invalid("Only mode=payment is simulated", param="mode")
    if call.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid("Only ui_mode=hosted_page is simulated", param="ui_mode")
    if not call.get("success_url"):
        raise missing_parameter("success_url")
    session = _new(call)
    items = _line_items(call, session)
    total = sum(item["amount_total"] for item in items)
    payments.check_amount(total, session["payment_method_types"], param="line_items")
    session.update(amount_subtotal=total, amount_total=total, _items=items)
    call.simulator.add(session, call.account)
    call.simulator.later(
        session["expires_at"] - call.simulator.now, "session.expire", session["id"]
    )
    return _shown(call, session)


def retrieve(call: Call) -> Obj:
    """Return a session."""
    return _shown(call, call.find(KIND, "session"))


def update(call: Call) -> Obj:
    """Change a session's metadata."""
    session = call.find(KIND, "session")
    return call.simulator.save(session, metadata=merged(session, call.get("metadata")))


def expire(call: Call) -> Obj:
    """Close an open session: nobody can pay it any more."""
    session = call.find(KIND, "session")
    if session["status"] != "open":
        raise refused(
            "checkout_session_not_open",
            f'Only Checkout Sessions with a status in ["open"] can be expired.'
            f" This Checkout Session has a status of {session['status']}.",
        )
    return _expire(call.simulator, session)


def listed(call: Call) -> Obj:
    """Return the sessions that match, newest first."""
    names = ("payment_intent", "customer", "status")
    return page(call, KIND, URL, {name: call.get(name) for name in names})


def line_items(call: Call) -> Obj:
    """Return what a session sells."""
    session = call.find(KIND, "session")
    return listing(session["_items"], f"{URL}/{session['id']}/line_items")


@timer("session.expire")
def expire_when_due(simulator: Simulator, session_id: str) -> None:
    """Close a session that nobody paid in time."""
    session = simulator.get(KIND, session_id)
    if session["status"] == "open":
        _expire(simulator, session)


@on("payment_intent.succeeded", "payment_intent.amount_capturable_updated")
def paid(simulator: Simulator, intent: Obj) -> None:
    """Follow the intent: the session is complete, or its late payment came."""
    session = _session_of(simulator, intent)
    if not session or session["payment_status"] == "paid":
        return
    account = payments.owner(simulator, session)
    was_open = session["status"] == "open"
    status = "paid" if intent["status"] == "succeeded" else "unpaid"
    simulator.save(session, status="complete", payment_status=status, url=None)
    name = "completed" if was_open else "async_payment_succeeded"
    emit(simulator, f"checkout.session.{name}", session, account)


@on("payment_intent.payment_failed", "payment_intent.canceled")
def failed(simulator: Simulator, intent: Obj) -> None:
    """Follow the intent: a late payment that failed; a declined card leaves the session open."""
    session = _session_of(simulator, intent)
    if session and session["status"] == "complete" and session["payment_status"] == "unpaid":
        account = payments.owner(simulator, session)
        emit(simulator, "checkout.session.async_payment_failed", session, account)


def await_payment(simulator: Simulator, session: Obj) -> None:
    """Complete a session whose money comes later (konbini, bank transfer)."""
    simulator.save(session, status="complete", url=None)
    account = payments.owner(simulator, session)
    emit(simulator, "checkout.session.completed", session, account)


def intent_for(simulator: Simulator, session: Obj, payer: Obj) -> Obj:
    """Return the session's intent, made when the payer first tries to pay."""
    account = payments.owner(simulator, session)
    details = {**(session["customer_details"] or _no_details()), **payer}
    session["customer_details"] = details
    if session["payment_intent"]:
        simulator.save(session)
        return simulator.get("payment_intent", session["payment_intent"])
    data = session["_intent"]
    intent = shapes.payment_intent(
        simulator,
        amount=session["amount_total"],
        types=session["payment_method_types"],
        customer=session["customer"],
        description=data.get("description"),
        metadata=checked(data.get("metadata")),
        payment_method_options=shapes.card_options(session["_options"]),
        receipt_email=data.get("receipt_email"),
        transfer_group=data.get("transfer_group"),
        statement_descriptor=data.get("statement_descriptor"),
        statement_descriptor_suffix=data.get("statement_descriptor_suffix"),
        capture_method=data.get("capture_method", "automatic"),
    )
    intent["_session"] = session["id"]
    simulator.add(intent, account)
    simulator.save(session, payment_intent=intent["id"])
    emit(simulator, "payment_intent.created", intent, account)
    return intent


def _session_of(simulator: Simulator, intent: Obj) -> Obj | None:
    session_id = intent.get("_session")
    return simulator.get(KIND, session_id) if session_id else None


def _expire(simulator: Simulator, session: Obj) -> Obj:
    simulator.save(session, status="expired", url=None)
    account = payments.owner(simulator, session)
    if session["payment_intent"]:
        intent = simulator.get("payment_intent", session["payment_intent"])
        if intent["status"] in payments.OPEN:
            payments.cancel(simulator, intent, "expired")
    emit(simulator, "checkout.session.expired", session, account)
    return session


def _types(call: Call) -> list[str]:
    types = call.get("allowed_payment_method_types") or ["card"]
    for each in types:
        if each not in FEES:
            raise invalid(
                f"The payment method type {each} is not simulated (card, konbini and"
                " customer_balance are)",
                param="allowed_payment_method_types",
            )
    if "customer_balance" in types and not call.get("customer"):
        raise invalid("customer_balance needs a customer", param="customer")
    return list(types)


def _expiry(call: Call) -> int:
    expires_at: int = call.get("expires_at", call.simulator.now + DAY)
    if not MIN_EXPIRY - 60 <= expires_at - call.simulator.now <= DAY + 60:
        raise invalid(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout"
            " Session creation.",
            param="expires_at",
        )
    return expires_at


def _new(call: Call) -> Obj:
    session_id = f"cs_test_{token(ID_LENGTH)}"
    types = _types(call)
    email = call.get("customer_email")
    return {
        **_CONSTANT,
        "id": session_id,
        "allowed_payment_method_types": call.get("allowed_payment_method_types"),
        "cancel_url": call.get("cancel_url"),
        "client_reference_id": call.get("client_reference_id"),
        "created": call.simulator.now,
        "currency": "jpy",
        "customer": _customer(call),
        "customer_creation": call.get("customer_creation", "if_required"),
        "customer_details": {**_no_details(), "email": email} if email else None,
        "customer_email": email,
        "expires_at": _expiry(call),
        "locale": call.get("locale"),
        "metadata": checked(call.get("metadata")),
        "payment_method_options": _options(call),
        "payment_method_types": types,
        "submit_type": call.get("submit_type"),
        "success_url": call.get("success_url"),
        "url": f"{call.simulator.config.base_url}/c/pay/{session_id}",
        "_intent": call.get("payment_intent_data", {}),
        "_options": call.get("payment_method_options", {}),
    }


def _options(call: Call) -> Obj:
    """Return the options that are shown; of a card's, Stripe tells when 3-D Secure is requested."""
    options = dict(call.get("payment_method_options", {}))
    if "card" in options:
        options["card"] = {"request_three_d_secure": "automatic", **options["card"]}
    return options


def _customer(call: Call) -> str | None:
    customer: str | None = call.get("customer")
    if customer:
        call.simulator.get("customer", customer, call.account, param="customer")
    return customer


def _no_details() -> Obj:
    return {
        "address": None,
        "business_name": None,
        "email": None,
        "individual_name": None,
        "name": None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }


def _line_items(call: Call, session: Obj) -> list[Obj]:
    items = call.get("line_items")
    if not items:
        raise missing_parameter("line_items")
    return [_line_item(call, session, item, f"line_items[{n}]") for n, item in enumerate(items)]


def _line_item(call: Call, session: Obj, item: Obj, param: str) -> Obj:
    data = item.get("price_data")
    if not data or "unit_amount" not in data:
        raise invalid("Only price_data with unit_amount is simulated", param=f"{param}[price_data]")
    if data["currency"].lower() != "jpy":
        raise invalid("Only jpy is simulated", param=f"{param}[price_data][currency]")
    product = data.get("product_data", {}).get("name") or data.get("product")
    if not product:
        raise missing_parameter(f"{param}[price_data][product_data]")
    quantity = item.get("quantity", 1)
    amount = data["unit_amount"] * quantity
    if amount < 0:
        raise invalid("Invalid non-negative integer", param=f"{param}[price_data][unit_amount]")
    return {
        "id": new_id("line_item"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": "jpy",
        "description": product,
        "metadata": item.get("metadata", {}),
        "price": _price(call, data),
        "quantity": quantity,
        "_session": session["id"],
    }


def _price(call: Call, data: Obj) -> Obj:
    return {
        "id": new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": call.simulator.now,
        "currency": "jpy",
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": new_id("product"),
        "recurring": None,
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": data["unit_amount"],
        "unit_amount_decimal": str(data["unit_amount"]),
    }


def _shown(call: Call, session: Obj) -> Obj:
    """Return the session, with its line items when they are to be expanded."""
    if "line_items" not in (call.get("expand") or []):
        return session
    items = listing(session["_items"], f"{URL}/{session['id']}/line_items")
    return {**session, "line_items": items}


_CONSTANT: Obj = {
    "object": KIND,
    "adaptive_pricing": {"enabled": False},
    "after_expiration": None,
    "allow_promotion_codes": None,
    "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
    "billing_address_collection": None,
    "branding_settings": None,
    "client_secret": None,
    "collected_information": None,
    "consent": None,
    "consent_collection": None,
    "currency_conversion": None,
    "custom_fields": [],
    "custom_text": {
        "after_submit": None,
        "shipping_address": None,
        "submit": None,
        "terms_of_service_acceptance": None,
    },
    "customer_account": None,
    "discounts": [],
    "excluded_payment_method_types": None,
    "integration_identifier": None,
    "invoice": None,
    "invoice_creation": None,
    "livemode": False,
    "managed_payments": None,
    "mode": "payment",
    "name_collection": None,
    "optional_items": None,
    "origin_context": None,
    "payment_intent": None,
    "payment_link": None,
    "payment_method_collection": "if_required",
    "payment_method_configuration_details": None,
    "payment_status": "unpaid",
    "permissions": None,
    "phone_number_collection": {"enabled": False},
    "recovered_from": None,
    "saved_payment_method_options": None,
    "setup_intent": None,
    "shipping_address_collection": None,
    "shipping_cost": None,
    "shipping_options": [],
    "status": "open",
    "subscription": None,
    "tax_id_collection": {"enabled": False, "required": "never"},
    "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    "ui_mode": "hosted_page",
    "wallet_options": None,
}

_ONE = f"{URL}/{{session}}"
OPERATIONS = [
    Operation("POST", URL, "checkout.SessionCreate", create),
    Operation("GET", URL, "checkout.SessionList", listed),
    Operation("GET", _ONE, "checkout.SessionRetrieve", retrieve),
    Operation("POST", _ONE, "checkout.SessionUpdate", update),
    Operation("POST", f"{_ONE}/expire", "checkout.SessionExpire", expire),
    Operation("GET", f"{_ONE}/line_items", "checkout.SessionLineItemList", line_items),
]
