"""The balance of the platform or (with Stripe-Account) of a connected account, and its changes."""

from tools.stripe_simulator.ledger import balance, mature
from tools.stripe_simulator.lists import page
from tools.stripe_simulator.operations import Operation
from tools.stripe_simulator.simulator import Call
from tools.stripe_simulator.store import Obj

KIND = "balance_transaction"
URL = "/v1/balance_transactions"


def retrieve(call: Call) -> Obj:
    """Return what can be paid out or transferred now, and what is still on its way."""
    amounts = balance(call.simulator, call.account)
    return {
        "object": "balance",
        "available": [_amount(amounts.available)],
        "connect_reserved": [{"amount": 0, "currency": "jpy"}],
        "livemode": False,
        "pending": [_amount(amounts.pending)],
        "refund_and_dispute_prefunding": {
            "available": [{"amount": 0, "currency": "jpy"}],
            "pending": [{"amount": 0, "currency": "jpy"}],
        },
    }


def transaction(call: Call) -> Obj:
    """Return a balance transaction."""
    mature(call.simulator)
    return call.find(KIND, "id")


def transactions(call: Call) -> Obj:
    """Return the balance transactions that match, newest first."""
    mature(call.simulator)
    where = {name: call.get(name) for name in ("type", "source", "currency")}
    if call.get("payout"):
        where["source"] = call.get("payout")
    return page(call, KIND, URL, where)


def _amount(amount: int) -> Obj:
    return {"amount": amount, "currency": "jpy", "source_types": {"card": amount}}


OPERATIONS = [
    Operation("GET", "/v1/balance", "BalanceRetrieve", retrieve),
    Operation("GET", URL, "BalanceTransactionList", transactions),
    Operation("GET", f"{URL}/{{id}}", "BalanceTransactionRetrieve", transaction),
]
