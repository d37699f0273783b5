"""Customers' cash balances: what bank transfers brought, and the payments that it is applied to.

As with Stripe's automatic reconciliation of yen: up to five payments that wait for exactly what is
there are paid first; without such a group, all that wait, oldest first, the last one in part.
"""

from itertools import combinations
from typing import Any

from tools.stripe_simulator.events import emit
from tools.stripe_simulator.ids import digits, new_id
from tools.stripe_simulator.payments import owner, succeed
from tools.stripe_simulator.simulator import Simulator
from tools.stripe_simulator.store import Obj

CASH = "customer_cash_balance_transaction"
LARGEST_GROUP = 5
# More than that aren't searched for a group.
SEARCHED = 20


def remaining(intent: Obj) -> int:
    """Return what is still to be paid."""
    return int(intent["amount"] - intent.get("_received", 0))


def balance_of(simulator: Simulator, customer: str) -> int:
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
    transaction = _book(simulator, customer, amount, "funded", None, funded=funded)
    reconcile(simulator, customer)
    return transaction


def reconcile(simulator: Simulator, customer: str) -> None:
    """Pay the customer's waiting intents, as far as the cash goes."""
    account = simulator.store.owner(customer)
    intents = simulator.store.select(
        "payment_intent", account, where={"customer": customer}, newest_first=False
    )
    waiting = [each for each in intents if _waits(each)]
    for intent in _chosen(waiting, balance_of(simulator, customer)):
        apply(simulator, intent)


def apply(simulator: Simulator, intent: Obj) -> None:
    """Pay an intent out of the customer's cash balance: in full, or with what is there."""
    cash = balance_of(simulator, intent["customer"])
    part = min(cash, remaining(intent))
    if part <= 0:
        return
    _book(simulator, intent["customer"], -part, "applied_to_payment", intent)
    intent["_received"] = intent.get("_received", 0) + part
    if remaining(intent) == 0:
        means = simulator.get("payment_method", intent["payment_method"])
        succeed(simulator, intent, means)
        return
    instructions = intent["next_action"]["display_bank_transfer_instructions"]
    instructions["amount_remaining"] = remaining(intent)
    simulator.save(intent)
    emit(simulator, "payment_intent.partially_funded", intent, owner(simulator, intent))


def unapply(simulator: Simulator, intent: Obj) -> None:
    """Return what an intent had received, when it is given up; other intents may wait for it."""
    received = intent.get("_received", 0)
    if received:
        simulator.save(intent, _received=0)
        _book(simulator, intent["customer"], received, "unapplied_from_payment", intent)
        reconcile(simulator, intent["customer"])


def _waits(intent: Obj) -> bool:
    action = intent["next_action"] or {}
    return action.get("type") == "display_bank_transfer_instructions"


def _chosen(waiting: list[Obj], cash: int) -> list[Obj]:
    """Return what is to be paid: the smallest, oldest group that fits exactly, or else all."""
    for size in range(1, LARGEST_GROUP + 1):
        for group in combinations(waiting[:SEARCHED], size):
            if sum(map(remaining, group)) == cash:
                return list(group)
    return waiting


def _book(
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
        "ending_balance": balance_of(simulator, customer) + amount,
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


def address_of(simulator: Simulator, customer_id: str) -> Obj:
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
