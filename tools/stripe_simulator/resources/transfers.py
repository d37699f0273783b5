"""Transfers to connected accounts, and their reversals.

A transfer books the amount off the platform and, as a payment, onto the connected account. With
source_transaction it may be made before the charge's money is available, and is then available
when the charge is; without, it needs available balance.
"""

from typing import Any

from tools.stripe_simulator import shapes
from tools.stripe_simulator.errors import invalid, missing_parameter, no_such, refused
from tools.stripe_simulator.events import emit
from tools.stripe_simulator.ids import new_id
from tools.stripe_simulator.ledger import balance, book
from tools.stripe_simulator.lists import listing, page
from tools.stripe_simulator.metadata import checked, merged
from tools.stripe_simulator.operations import Operation
from tools.stripe_simulator.resources import accounts
from tools.stripe_simulator.simulator import Call, Simulator
from tools.stripe_simulator.store import Obj

URL = "/v1/transfers"
SHOWN_REVERSALS = 10


def create(call: Call) -> Obj:
    """Move money from the platform's balance to a connected account."""
    simulator = call.simulator
    destination = _destination(call)
    charge = _source(call)
    amount = call.get("amount") or (charge["amount"] if charge else None)
    if amount is None:
        raise missing_parameter("amount")
    _check(call, amount, charge)
    transfer: Obj = {
        "id": new_id("transfer"),
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": simulator.now,
        "currency": "jpy",
        "description": call.get("description"),
        "destination": destination["id"],
        "destination_payment": None,
        "livemode": False,
        "metadata": checked(call.get("metadata")),
        "reversals": None,
        "reversed": False,
        "source_transaction": charge["id"] if charge else None,
        "source_type": "card",
        "transfer_group": call.get("transfer_group") or _group(charge),
    }
    transfer["reversals"] = listing([], f"{URL}/{transfer['id']}/reversals")
    available_on = _available_on(simulator, charge)
    debit = book(
        simulator,
        call.account,
        kind="transfer",
        amount=-amount,
        source=transfer["id"],
        available_on=available_on,
        description=call.get("description"),
    )
    transfer["balance_transaction"] = debit["id"]
    payment = _payment(simulator, transfer, available_on)
    transfer["destination_payment"] = payment["id"]
    simulator.add(transfer, call.account)
    if charge:
        transferred = charge.get("_transferred", 0) + amount
        simulator.save(charge, transfer_group=transfer["transfer_group"], _transferred=transferred)
    emit(simulator, "transfer.created", transfer, call.account)
    return transfer


def retrieve(call: Call) -> Obj:
    """Return a transfer."""
    return call.find("transfer", "transfer")


def update(call: Call) -> Obj:
    """Change a transfer's metadata or description."""
    transfer = call.find("transfer", "transfer")
    if call.get("description") is not None:
        transfer["description"] = call.get("description")
    call.simulator.save(transfer, metadata=merged(transfer, call.get("metadata")))
    emit(call.simulator, "transfer.updated", transfer, call.account, previous={})
    return transfer


def listed(call: Call) -> Obj:
    """Return the transfers that match, newest first."""
    names = ("destination", "transfer_group")
    return page(call, "transfer", URL, {name: call.get(name) for name in names})


def reverse(call: Call) -> Obj:
    """Take back (part of) a transfer out of the connected account's available balance."""
    simulator = call.simulator
    transfer = call.find("transfer", "id")
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = left if call.get("amount") is None else call.get("amount")
    if not 0 < amount <= left:
        raise refused(
            "amount_too_large" if amount > left else "parameter_invalid_integer",
            f"Reversal amount (¥{amount}) must be above zero and no greater than unreversed"
            f" amount on transfer (¥{left}).",
            param="amount",
        )
    connected = transfer["destination"]
    payment = simulator.get("charge", transfer["destination_payment"], connected)
    _check_reversible(simulator, connected, payment, amount)
    reversal = _reversal(call, transfer, payment, amount)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    newest = [reversal, *transfer["reversals"]["data"]]
    transfer["reversals"]["data"] = newest[:SHOWN_REVERSALS]
    transfer["reversals"]["has_more"] = len(newest) > SHOWN_REVERSALS
    simulator.save(transfer)
    simulator.add(reversal, call.account)
    emit(simulator, "transfer.reversed", transfer, call.account)
    return reversal


def retrieve_reversal(call: Call) -> Obj:
    """Return a reversal."""
    reversal = call.find("transfer_reversal", "id")
    if reversal["transfer"] != call.path["transfer"]:
        raise no_such("transfer reversal", call.path["id"])
    return reversal


def update_reversal(call: Call) -> Obj:
    """Change a reversal's metadata."""
    reversal = retrieve_reversal(call)
    return call.simulator.save(reversal, metadata=merged(reversal, call.get("metadata")))


def reversals(call: Call) -> Obj:
    """Return a transfer's reversals, newest first."""
    transfer = call.find("transfer", "id")
    url = f"{URL}/{transfer['id']}/reversals"
    return page(call, "transfer_reversal", url, {"transfer": transfer["id"]})


def _destination(call: Call) -> Obj:
    account_id = call.get("destination")
    account = call.simulator.store.find(account_id, kind=accounts.KIND)
    if not account:
        raise no_such("destination", account_id, param="destination")
    if accounts.transfers_status(account) != "active":
        raise refused(
            "insufficient_capabilities_for_transfer",
            "Your destination account needs to have at least one of the following capabilities"
            " enabled: transfers, crypto_transfers, legacy_payments",
            param="destination",
        )
    return account


def _source(call: Call) -> Obj | None:
    charge_id = call.get("source_transaction")
    if not charge_id:
        return None
    simulator = call.simulator
    charge = simulator.get("charge", charge_id, call.account, param="source_transaction")
    if not charge["paid"] or not charge["captured"]:
        raise refused(
            "charge_not_captured", "The charge has no funds yet.", param="source_transaction"
        )
    group = charge["transfer_group"]
    if group and call.get("transfer_group") not in {None, group}:
        raise invalid(
            "The transfer_group doesn't match the one of the source_transaction.",
            param="transfer_group",
        )
    return charge


def _group(charge: Obj | None) -> str | None:
    """Return the group that a charge and its transfers share; Stripe names one when we don't."""
    if not charge:
        return None
    return charge["transfer_group"] or f"group_{charge['payment_intent']}"


def _check(call: Call, amount: int, charge: Obj | None) -> None:
    if call.get("currency").lower() != "jpy":
        raise invalid("Only jpy is simulated", param="currency")
    if amount < 1:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if charge:
        left = charge["amount_captured"] - charge.get("_transferred", 0)
        if amount > left:
            raise refused(
                "amount_too_large",
                f"The transfers from the source transaction may not exceed its amount; ¥{left}"
                " are left.",
                param="amount",
            )
        return
    if amount > balance(call.simulator, call.account).available:
        raise refused(
            "balance_insufficient",
            "You have insufficient available funds in your Stripe account. One likely reason you"
            " have insufficient funds is that your funds are automatically being paid out;"
            " try enabling manual payouts.",
        )


def _available_on(simulator: Simulator, charge: Obj | None) -> int:
    if not charge:
        return simulator.now
    transaction = simulator.get("balance_transaction", charge["balance_transaction"])
    available_on: int = transaction["available_on"]
    return available_on


def _payment(simulator: Simulator, transfer: Obj, available_on: int) -> Obj:
    """Book the amount onto the connected account: a charge object whose id begins with py_."""
    connected = transfer["destination"]
    payment = {
        **shapes.received_payment(simulator, transfer["amount"]),
        "source_transfer": transfer["id"],
        "transfer_group": transfer["transfer_group"],
    }
    credit = book(
        simulator,
        connected,
        kind="payment",
        category="transfer",
        amount=transfer["amount"],
        source=payment["id"],
        available_on=available_on,
        description=transfer["description"],
    )
    payment["balance_transaction"] = credit["id"]
    simulator.add(payment, connected)
    return payment


def _check_reversible(simulator: Simulator, connected: str, payment: Obj, amount: int) -> None:
    credit = simulator.get("balance_transaction", payment["balance_transaction"])
    if credit["available_on"] > simulator.now:
        return  # it is taken out of what is still pending
    available = balance(simulator, connected).available
    if amount > available:
        raise refused(
            "balance_insufficient",
            f"The recipient's balance (¥{available}) is insufficient for this reversal.",
        )


def _reversal(call: Call, transfer: Obj, payment: Obj, amount: int) -> Obj:
    simulator = call.simulator
    reversal: dict[str, Any] = {
        "id": new_id("transfer_reversal"),
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": simulator.now,
        "currency": "jpy",
        "destination_payment_refund": None,
        "metadata": checked(call.get("metadata")),
        "source_refund": None,
        "transfer": transfer["id"],
    }
    credit = simulator.get("balance_transaction", payment["balance_transaction"])
    available_on = credit["available_on"]
    onto = book(
        simulator,
        call.account,
        kind="transfer_refund",
        category="transfer_reversal",
        amount=amount,
        source=reversal["id"],
        available_on=available_on,
    )
    refund = shapes.refund(simulator, amount=amount, charge=payment["id"])
    off = book(
        simulator,
        transfer["destination"],
        kind="payment_refund",
        category="transfer_reversal",
        amount=-amount,
        source=refund["id"],
        available_on=available_on,
    )
    refund.update(balance_transaction=off["id"], source_transfer_reversal=reversal["id"])
    simulator.add(refund, transfer["destination"])
    payment["amount_refunded"] += amount
    payment["refunded"] = payment["amount_refunded"] == payment["amount"]
    simulator.save(payment)
    reversal.update(balance_transaction=onto["id"], destination_payment_refund=refund["id"])
    return reversal


_ONE = f"{URL}/{{transfer}}"
OPERATIONS = [
    Operation("POST", URL, "TransferCreate", create),
    Operation("GET", URL, "TransferList", listed),
    Operation("GET", _ONE, "TransferRetrieve", retrieve),
    Operation("POST", _ONE, "TransferUpdate", update),
    Operation("POST", f"{URL}/{{id}}/reversals", "TransferReversalCreate", reverse),
    Operation("GET", f"{URL}/{{id}}/reversals", "TransferReversalList", reversals),
    Operation("GET", f"{_ONE}/reversals/{{id}}", "TransferReversalRetrieve", retrieve_reversal),
    Operation("POST", f"{_ONE}/reversals/{{id}}", "TransferReversalUpdate", update_reversal),
]
