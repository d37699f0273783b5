"""Charges: what intents became."""

from tools.stripe_simulator.events import emit
from tools.stripe_simulator.lists import listing, page
from tools.stripe_simulator.metadata import merged
from tools.stripe_simulator.operations import Operation
from tools.stripe_simulator.simulator import Call
from tools.stripe_simulator.store import Obj

URL = "/v1/charges"


def retrieve(call: Call) -> Obj:
    """Return a charge, with its refunds when they are to be expanded."""
    charge = call.find("charge", "charge")
    if not any(each.split(".")[0] == "refunds" for each in call.get("expand") or []):
        return charge
    where = {"charge": charge["id"]}
    refunds = call.simulator.store.select("refund", call.account, where=where)
    return {**charge, "refunds": listing(refunds, f"{URL}/{charge['id']}/refunds")}


def update(call: Call) -> Obj:
    """Change a charge's metadata, description or transfer_group."""
    charge = call.find("charge", "charge")
    names = [each for each in ("description", "transfer_group") if call.get(each) is not None]
    changes = {name: call.get(name) for name in names}
    changes["metadata"] = merged(charge, call.get("metadata"))
    call.simulator.save(charge, **changes)
    emit(call.simulator, "charge.updated", charge, call.account, previous={})
    return charge


def listed(call: Call) -> Obj:
    """Return the charges that match, newest first."""
    names = ("payment_intent", "customer", "transfer_group")
    return page(call, "charge", URL, {name: call.get(name) for name in names})


_ONE = f"{URL}/{{charge}}"
OPERATIONS = [
    Operation("GET", URL, "ChargeList", listed),
    Operation("GET", _ONE, "ChargeRetrieve", retrieve),
    Operation("POST", _ONE, "ChargeUpdate", update),
]
