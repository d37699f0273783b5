"""New objects with all the fields that Stripe always sends."""

from typing import Any

from tools.stripe_simulator.ids import digits, new_id, token
from tools.stripe_simulator.simulator import Simulator
from tools.stripe_simulator.store import Obj
from tools.stripe_simulator.tables import Card

_NO_ADDRESS = {
    "city": None,
    "country": None,
    "line1": None,
    "line2": None,
    "postal_code": None,
    "state": None,
}


def billing_details(email: str | None = None, name: str | None = None) -> Obj:
    """Return what is known of the payer."""
    return {
        "address": dict(_NO_ADDRESS),
        "email": email,
        "name": name,
        "phone": None,
        "tax_id": None,
    }


def payment_intent(simulator: Simulator, *, amount: int, types: list[str], **fields: Any) -> Obj:
    """Return a payment intent that waits for a payment method."""
    intent_id = new_id("payment_intent")
    return {
        "id": intent_id,
        "object": "payment_intent",
        "allowed_payment_method_types": types,
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{intent_id}_secret_{token(25)}",
        "confirmation_method": "automatic",
        "created": simulator.now,
        "currency": "jpy",
        "customer": None,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "managed_payments": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": types,
        "payment_record": None,
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_group": None,
        **fields,
    }


def card_options(options: Obj) -> Obj:
    """Return what an intent says of how cards are to be taken, of the options that were given."""
    card = options.get("card")
    if card is None:
        return {}
    wanted = card.get("request_three_d_secure", "automatic")
    return {
        "card": {
            "installments": None,
            "mandate_options": None,
            "network": None,
            "request_three_d_secure": wanted,
        }
    }


def payment_method(simulator: Simulator, kind: str, details: Obj, payer: Obj) -> Obj:
    """Return a payment method of this type; `details` is what that type says of itself."""
    return {
        "id": new_id("payment_method"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": payer,
        "created": simulator.now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
        kind: details,
    }


def card_details(number: str, card: Card, expiry: tuple[int, int]) -> Obj:
    """Return what a payment method says of its card; `expiry` is (month, year)."""
    return {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": card.country,
        "display_brand": card.brand,
        "exp_month": expiry[0],
        "exp_year": expiry[1],
        "fingerprint": f"sim{number[-8:]}",
        "funding": "credit",
        "generated_from": None,
        "last4": number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def charge(simulator: Simulator, intent: Obj, method: Obj) -> Obj:
    """Return a charge of an intent that succeeded; the caller changes what differs."""
    charge_id = new_id("charge" if method["type"] == "card" else "payment")
    return {
        "id": charge_id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"],
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "TASUKI",
        "captured": True,
        "created": simulator.now,
        "currency": "jpy",
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "seller_message": "Payment complete.",
            "type": "authorized",
        },
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {
            "type": method["type"],
            method["type"]: _charge_details(intent, method),
        },
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": f"{simulator.config.base_url}/receipts/{charge_id}",
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }


def _charge_details(intent: Obj, method: Obj) -> Obj:
    kind = method["type"]
    if kind == "konbini":
        return {"store": {"chain": "lawson"}}
    if kind != "card":
        return {}
    card = method["card"]
    same = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding")
    return {
        **{name: card[name] for name in (*same, "last4", "regulated_status", "wallet")},
        "amount_authorized": intent["amount"],
        "authorization_code": digits(6),
        "electronic_commerce_indicator": None,
        "installments": None,
        "mandate": None,
        "network": card["brand"],
        "network_transaction_id": digits(15),
        "three_d_secure": None,
        "transaction_link_id": None,
    }


def received_payment(simulator: Simulator, amount: int) -> Obj:
    """Return what a connected account shows for a transfer that it got: a charge (py_…)."""
    intent = payment_intent(simulator, amount=amount, types=[])
    nobody = {"id": None, "type": "stripe_account", "billing_details": billing_details()}
    return {
        **charge(simulator, intent, nobody),
        "calculated_statement_descriptor": None,
        "outcome": None,
        "payment_intent": None,
        "payment_method_details": {"type": "stripe_account", "stripe_account": {}},
        "receipt_url": None,
    }


def refund(simulator: Simulator, *, amount: int, charge: str, **fields: Any) -> Obj:
    """Return a refund that succeeded."""
    return {
        "id": new_id("refund"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge,
        "created": simulator.now,
        "currency": "jpy",
        "customer": None,
        "customer_account": None,
        "destination_details": {"type": "card", "card": {"type": "refund"}},
        "metadata": {},
        "payment_intent": None,
        "payment_method": None,
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
        **fields,
    }
