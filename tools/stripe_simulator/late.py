"""Payments whose money comes later: konbini vouchers and Japanese bank transfers.

A voucher is paid in full or expires. Bank transfers go to the customer's cash balance, from where
intents are paid once there is enough: too little leaves an intent partially funded, what is too
much stays in the cash balance.
"""

from typing import Any

from tools.stripe_simulator.config import DAY
from tools.stripe_simulator.errors import refused
from tools.stripe_simulator.events import emit
from tools.stripe_simulator.ids import digits, new_id
from tools.stripe_simulator.payments import fail_later, owner, succeed
from tools.stripe_simulator.shapes import billing_details, payment_method
from tools.stripe_simulator.simulator import Simulator
from tools.stripe_simulator.store import Obj
from tools.stripe_simulator.tables import LIMITS
from tools.stripe_simulator.timers import timer

VOUCHER_DAYS = 3
CASH = "customer_cash_balance_transaction"
STORES = ("familymart", "lawson", "ministop", "seicomart")


def instruct(
    simulator: Simulator, intent: Obj, method: str, options: Obj, payer: dict[str, Any]
) -> None:
    """Tell the payer how to pay; with enough cash balance a bank transfer is paid at once."""
    low, high = LIMITS[method]
    if not low <= intent["amount"] <= high:
        raise refused("payment_intent_invalid_parameter", f"{method} takes ¥{low} to ¥{high}")
    account = owner(simulator, intent)
    means = payment_method(
        simulator, method, {}, billing_details(payer.get("email"), payer.get("name"))
    )
    simulator.add(means, account)
    intent["payment_method"] = means["id"]
    if method == "konbini":
        _voucher(simulator, intent, options.get("konbini", {}))
    else:
        intent["_received"] = 0
        intent["next_action"] = _bank_instructions(simulator, intent)
        intent["payment_method_options"] = {
            "customer_balance": {
                "funding_type": "bank_transfer",
                "bank_transfer": {"type": "jp_bank_transfer"},
            }
        }
    simulator.save(intent, status="requires_action")
    emit(simulator, "payment_intent.requires_action", intent, account)
    if method != "konbini":
        apply_cash(simulator, intent["customer"])


def remaining(intent: Obj) -> int:
    """Return what is still to be paid."""
    return int(intent["amount"] - intent.get("_received", 0))


def receive(simulator: Simulator, intent: Obj, amount: int) -> None:
    """Let money for an intent come in: over the counter (in full), or as a bank transfer."""
    if intent["status"] != "requires_action" or not intent["payment_method"]:
        raise refused("payment_intent_unexpected_state", "This payment isn't waiting for money.")
    means = simulator.get("payment_method", intent["payment_method"])
    if means["type"] == "customer_balance":
        fund(simulator, intent["customer"], amount)
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
    returned = intent.get("_received", 0)
    if returned:
        _cash(simulator, intent["customer"], returned, "unapplied_from_payment", intent)
        intent["_received"] = 0
    fail_later(simulator, intent, "payment_intent_payment_attempt_expired", "The payment expired.")


def cash_balance(simulator: Simulator, customer: str) -> int:
    """Return the yen in a customer's cash balance."""
    found = simulator.store.select(
        CASH, simulator.store.owner(customer), where={"customer": customer}, limit=1
    )
    return int(found[0]["ending_balance"]) if found else 0


def fund(simulator: Simulator, customer: str, amount: int) -> Obj:
    """Let a bank transfer arrive at a customer's account number, and pay with it."""
    funded = {
        "bank_transfer": {
            "jp_bank_transfer": {
                "sender_bank": "STRIPE TEST BANK",
                "sender_branch": "STRIPE TEST BRANCH",
                "sender_name": "STRIPE TEST SENDER",
            },
            "reference": None,
            "type": "jp_bank_transfer",
        }
    }
    transaction = _cash(simulator, customer, amount, "funded", None, funded=funded)
    apply_cash(simulator, customer)
    return transaction


def apply_cash(simulator: Simulator, customer: str) -> None:
    """Pay the customer's waiting intents, oldest first, as far as the cash goes."""
    account = simulator.store.owner(customer)
    intents = simulator.store.select(
        "payment_intent", account, where={"customer": customer}, newest_first=False
    )
    for intent in intents:
        action = intent["next_action"] or {}
        if action.get("type") == "display_bank_transfer_instructions":
            _apply(simulator, intent, cash_balance(simulator, customer))


def _apply(simulator: Simulator, intent: Obj, cash: int) -> None:
    part = min(cash, remaining(intent))
    if part <= 0:
        return
    _cash(simulator, intent["customer"], -part, "applied_to_payment", intent)
    intent["_received"] += part
    if remaining(intent) == 0:
        means = simulator.get("payment_method", intent["payment_method"])
        succeed(simulator, intent, means)
        return
    instructions = intent["next_action"]["display_bank_transfer_instructions"]
    instructions["amount_remaining"] = remaining(intent)
    simulator.save(intent)
    emit(simulator, "payment_intent.partially_funded", intent, owner(simulator, intent))


def _cash(
    simulator: Simulator,
    customer: str,
    amount: int,
    kind: str,
    intent: Obj | None,
    **details: Any,
) -> Obj:
    account = simulator.store.owner(customer)
    transaction: Obj = {
        "id": new_id(CASH),
        "object": CASH,
        "created": simulator.now,
        "currency": "jpy",
        "customer": customer,
        "customer_account": None,
        "ending_balance": cash_balance(simulator, customer) + amount,
        "livemode": False,
        "net_amount": amount,
        "type": kind,
        **details,
    }
    if intent:
        transaction[kind] = {"payment_intent": intent["id"]}
    simulator.add(transaction, account)
    emit(simulator, f"{CASH}.created", transaction, account)
    return transaction


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


def _bank_instructions(simulator: Simulator, intent: Obj) -> Obj:
    url = f"{simulator.config.base_url}/pay/later/{intent['id']}"
    return {
        "type": "display_bank_transfer_instructions",
        "display_bank_transfer_instructions": {
            "amount_remaining": remaining(intent),
            "currency": "jpy",
            "financial_addresses": [financial_address(simulator, intent["customer"])],
            "hosted_instructions_url": url,
            "reference": None,
            "type": "jp_bank_transfer",
        },
    }


def financial_address(simulator: Simulator, customer_id: str) -> Obj:
    """Return a customer's own account number, always the same."""
    customer = simulator.get("customer", customer_id)
    if "_account_number" not in customer:
        simulator.save(customer, _account_number=digits(7))
    address = {
        "city": "Chiyoda",
        "country": "JP",
        "line1": "1-1",
        "line2": None,
        "postal_code": "1000001",
        "state": "Tokyo",
    }
    return {
        "supported_networks": ["zengin"],
        "type": "zengin",
        "zengin": {
            "account_holder_address": address,
            "account_holder_name": "ストライプジャパン(カ",
            "account_number": customer["_account_number"],
            "account_type": "futsu",
            "bank_address": address,
            "bank_code": "0009",
            "bank_name": "三井住友銀行",
            "branch_code": "950",
            "branch_name": "東京第二支店",
        },
    }
