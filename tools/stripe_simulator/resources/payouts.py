"""Payouts of an account's available balance to its bank: pending, in transit, paid, or sent back.

They go on by the clock. A bank account of the table of failures sends the money back; a paid payout
can come back later too (payout.failed after payout.paid).
"""

from tools.stripe_simulator.errors import invalid, no_such, refused
from tools.stripe_simulator.events import emit
from tools.stripe_simulator.ids import new_id
from tools.stripe_simulator.ledger import balance, book
from tools.stripe_simulator.lists import page
from tools.stripe_simulator.metadata import checked, merged
from tools.stripe_simulator.operations import Operation
from tools.stripe_simulator.resources import accounts
from tools.stripe_simulator.simulator import Call, Simulator
from tools.stripe_simulator.store import Obj
from tools.stripe_simulator.tables import BANK_ACCOUNTS, BankFailure
from tools.stripe_simulator.timers import timer

URL = "/v1/payouts"
ALIVE = frozenset({"pending", "in_transit"})


def create(call: Call) -> Obj:
    """Send available balance to the account's bank."""
    simulator = call.simulator
    amount = call.get("amount")
    if call.get("currency").lower() != "jpy":
        raise invalid("Only jpy is simulated", param="currency")
    if amount < 1:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    bank = _bank(call)
    if amount > balance(simulator, call.account).available:
        raise refused(
            "balance_insufficient",
            "You have insufficient funds in your Stripe account for this transfer. Your card"
            " balance is too low.",
        )
    wait = simulator.config.payout_after
    payout = _new(call, bank, int(simulator.now + max(wait, 0)))
    debit = book(
        simulator,
        call.account,
        kind="payout",
        amount=-amount,
        source=payout["id"],
        description=call.get("description") or "STRIPE PAYOUT",
    )
    payout["balance_transaction"] = debit["id"]
    simulator.add(payout, call.account)
    emit(simulator, "payout.created", payout, call.account)
    if wait >= 0:
        simulator.later(wait / 2, "payout.send", payout["id"])
        simulator.later(wait, "payout.arrive", payout["id"])
    return payout


def retrieve(call: Call) -> Obj:
    """Return a payout."""
    return call.find("payout", "payout")


def update(call: Call) -> Obj:
    """Change a payout's metadata."""
    payout = call.find("payout", "payout")
    call.simulator.save(payout, metadata=merged(payout, call.get("metadata")))
    emit(call.simulator, "payout.updated", payout, call.account, previous={})
    return payout


def listed(call: Call) -> Obj:
    """Return the payouts that match, newest first."""
    names = ("status", "destination", "arrival_date")
    given = {name: call.get(name) for name in names}
    return page(call, "payout", URL, given)


def cancel(call: Call) -> Obj:
    """Take back a payout that wasn't sent yet."""
    simulator = call.simulator
    payout = call.find("payout", "payout")
    if payout["status"] != "pending":
        raise refused("payout_not_cancelable", "Only pending payouts can be canceled.")
    credit = book(
        simulator, call.account, kind="payout_cancel", amount=payout["amount"], source=payout["id"]
    )
    simulator.forget(payout["id"], ["payout.send", "payout.arrive"])
    simulator.save(payout, status="canceled", failure_balance_transaction=credit["id"])
    emit(simulator, "payout.canceled", payout, call.account)
    return payout


@timer("payout.send")
def send(simulator: Simulator, payout_id: str) -> None:
    """Hand a payout to the bank."""
    payout = simulator.get("payout", payout_id)
    if payout["status"] == "pending":
        simulator.save(payout, status="in_transit")
        account = simulator.store.owner(payout_id)
        emit(simulator, "payout.updated", payout, account, previous={"status": "pending"})


@timer("payout.arrive")
def arrive(simulator: Simulator, payout_id: str) -> None:
    """Let a payout arrive, or come back when the bank account is one that fails."""
    send(simulator, payout_id)
    payout = simulator.get("payout", payout_id)
    if payout["status"] != "in_transit":
        return
    failure = BANK_ACCOUNTS.get(payout["_number"])
    if failure:
        fail(simulator, payout, failure)
        return
    trace = {"status": "supported", "value": payout_id[-12:]}
    simulator.save(payout, status="paid", trace_id=trace)
    emit(simulator, "payout.paid", payout, simulator.store.owner(payout_id))


def fail(simulator: Simulator, payout: Obj, failure: BankFailure) -> None:
    """Let the bank send a payout back, even one that was paid: the balance gets it again."""
    if payout["status"] not in ALIVE | {"paid"}:
        raise refused("payout_unexpected_state", f"The payout is {payout['status']}.")
    account = simulator.store.owner(payout["id"])
    simulator.forget(payout["id"], ["payout.send", "payout.arrive"])
    credit = book(
        simulator, account, kind="payout_failure", amount=payout["amount"], source=payout["id"]
    )
    simulator.save(
        payout,
        status="failed",
        failure_balance_transaction=credit["id"],
        failure_code=failure.code,
        failure_message=failure.message,
    )
    emit(simulator, "payout.failed", payout, account)


def _bank(call: Call) -> Obj:
    account = call.simulator.store.find(call.account, kind=accounts.KIND)
    bank_id = call.get("destination") or (account or {}).get("_bank")
    if call.account == call.simulator.config.platform and not bank_id:
        return {"id": None, "_number": ""}
    if not bank_id:
        raise refused(
            "invalid_request",
            "Sorry, you don't have any external accounts in that currency (jpy).",
        )
    bank = call.simulator.store.find(bank_id, kind="bank_account", account=call.account)
    if not bank:
        raise no_such("external account", bank_id, param="destination")
    return bank


def _new(call: Call, bank: Obj, arrival_date: int) -> Obj:
    return {
        "id": new_id("payout"),
        "object": "payout",
        "amount": call.get("amount"),
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": arrival_date,
        "automatic": False,
        "balance_transaction": None,
        "created": call.simulator.now,
        "currency": "jpy",
        "description": call.get("description"),
        "destination": bank["id"],
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": checked(call.get("metadata")),
        "method": call.get("method", "standard"),
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": call.get("statement_descriptor"),
        "status": "pending",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
        "_number": bank["_number"],
    }


_ONE = f"{URL}/{{payout}}"
OPERATIONS = [
    Operation("POST", URL, "PayoutCreate", create),
    Operation("GET", URL, "PayoutList", listed),
    Operation("GET", _ONE, "PayoutRetrieve", retrieve),
    Operation("POST", _ONE, "PayoutUpdate", update),
    Operation("POST", f"{_ONE}/cancel", "PayoutCancel", cancel),
]
