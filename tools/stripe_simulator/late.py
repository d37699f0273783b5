"""Payments whose money comes later: konbini vouchers and Japanese bank transfers.

A voucher is paid in full or expires. Bank transfers go to the customer's cash balance, from where
intents are paid once there is enough: too little leaves an intent partially funded, what is too
much stays in the cash balance. A bank transfer without a `funding_type` asks nobody to send money:
it takes what is there, or is refused.
"""

from typing import Any

from tools.stripe_simulator import cash
from tools.stripe_simulator.config import DAY
from tools.stripe_simulator.errors import missing_parameter, refused
from tools.stripe_simulator.events import emit
from tools.stripe_simulator.ids import digits
from tools.stripe_simulator.payments import fail_later, owner, succeed
from tools.stripe_simulator.shapes import billing_details, payment_method
from tools.stripe_simulator.simulator import Simulator
from tools.stripe_simulator.store import Obj
from tools.stripe_simulator.tables import LIMITS
from tools.stripe_simulator.timers import timer

VOUCHER_DAYS = 3
STORES = ("familymart", "lawson", "ministop", "seicomart")


def instruct(
    simulator: Simulator, intent: Obj, method: str, options: Obj, payer: dict[str, Any]
) -> None:
    """Tell the payer how to pay; with enough cash balance a bank transfer is paid at once.

    `options` are the intent's payment_method_options.
    """
    low, high = LIMITS[method]
    if not low <= intent["amount"] <= high:
        raise refused("payment_intent_invalid_parameter", f"{method} takes ¥{low} to ¥{high}")
    if method == "customer_balance":
        _check_customer_balance(simulator, intent, options.get(method, {}))
    account = owner(simulator, intent)
    means = payment_method(
        simulator, method, {}, billing_details(payer.get("email"), payer.get("name"))
    )
    simulator.add(means, account)
    intent["payment_method"] = means["id"]
    if method == "konbini":
        _voucher(simulator, intent, options.get("konbini", {}))
    elif _covered(simulator, intent):
        cash.apply(simulator, intent)
        return
    else:
        _bank_instructions(simulator, intent)
    simulator.save(intent, status="requires_action")
    emit(simulator, "payment_intent.requires_action", intent, account)
    if method != "konbini":
        cash.reconcile(simulator, intent["customer"])


def receive(simulator: Simulator, intent: Obj, amount: int) -> None:
    """Let money for an intent come in: over the counter (in full), or as a bank transfer."""
    if intent["status"] != "requires_action" or not intent["payment_method"]:
        raise refused("payment_intent_unexpected_state", "This payment isn't waiting for money.")
    means = simulator.get("payment_method", intent["payment_method"])
    if means["type"] == "customer_balance":
        cash.fund(simulator, intent["customer"], amount)
    elif means["type"] == "konbini":
        simulator.forget(intent["id"], ["voucher.expire"])
        succeed(simulator, intent, means)
    else:
        raise refused("payment_intent_unexpected_state", "This payment isn't waiting for money.")


@timer("voucher.expire")
def expire(simulator: Simulator, intent_id: str) -> None:
    """End the wait for a voucher or a bank transfer."""
    intent = simulator.get("payment_intent", intent_id)
    if intent["status"] != "requires_action":
        return
    fail_later(simulator, intent, "payment_intent_payment_attempt_expired", "The payment expired.")
    cash.unapply(simulator, intent)


def _check_customer_balance(simulator: Simulator, intent: Obj, options: Obj) -> None:
    if not intent["customer"]:
        raise missing_parameter("customer")
    if options.get("funding_type") or _covered(simulator, intent):
        return
    raise refused(
        "insufficient_funds",
        "The customer's cash balance is insufficient, and no funding_type says how to fund it.",
    )


def _covered(simulator: Simulator, intent: Obj) -> bool:
    return cash.balance_of(simulator, intent["customer"]) >= int(intent["amount"])


def _voucher(simulator: Simulator, intent: Obj, options: Obj) -> None:
    days = options.get("expires_after_days", VOUCHER_DAYS)
    expires_at = options.get("expires_at") or simulator.now + days * DAY
    codes = {
        store: {"confirmation_number": digits(11), "payment_code": digits(12)} for store in STORES
    }
    intent["payment_method_options"] = {
        "konbini": {
            "confirmation_number": None,
            "expires_after_days": days,
            "expires_at": expires_at,
            "product_description": options.get("product_description"),
        }
    }
    intent["next_action"] = {
        "type": "konbini_display_details",
        "konbini_display_details": {
            "expires_at": expires_at,
            "hosted_voucher_url": f"{simulator.config.base_url}/pay/later/{intent['id']}",
            "stores": codes,
        },
    }
    simulator.later(expires_at - simulator.now, "voucher.expire", intent["id"])


def _bank_instructions(simulator: Simulator, intent: Obj) -> None:
    url = f"{simulator.config.base_url}/pay/later/{intent['id']}"
    intent["_received"] = 0
    intent["payment_method_options"] = {
        "customer_balance": {
            "funding_type": "bank_transfer",
            "bank_transfer": {"type": "jp_bank_transfer"},
        }
    }
    intent["next_action"] = {
        "type": "display_bank_transfer_instructions",
        "display_bank_transfer_instructions": {
            "amount_remaining": cash.remaining(intent),
            "currency": "jpy",
            "financial_addresses": [cash.address_of(simulator, intent["customer"])],
            "hosted_instructions_url": url,
            "reference": None,
            "type": "jp_bank_transfer",
        },
    }
