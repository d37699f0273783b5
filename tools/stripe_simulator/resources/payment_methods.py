"""What payers paid with, and the bank accounts that payouts go to; both only to be looked at."""

from tools.stripe_simulator.errors import no_access, no_such
from tools.stripe_simulator.lists import page
from tools.stripe_simulator.operations import Operation
from tools.stripe_simulator.resources import accounts
from tools.stripe_simulator.simulator import Call
from tools.stripe_simulator.store import Obj

URL = "/v1/payment_methods/{payment_method}"
BANKS = "/v1/accounts/{account}/external_accounts"


def retrieve(call: Call) -> Obj:
    """Return a payment method."""
    return call.find("payment_method", "payment_method")


def banks(call: Call) -> Obj:
    """Return a connected account's bank accounts, newest first."""
    account = call.path["account"]
    if not call.simulator.store.find(account, kind=accounts.KIND):
        raise no_access(account)
    theirs = Call(call.simulator, account, call.parameters, call.path, call.request_id, None)
    return page(theirs, "bank_account", f"/v1/accounts/{account}/external_accounts")


def bank(call: Call) -> Obj:
    """Return one bank account of a connected account."""
    found = call.simulator.store.find(
        call.path["id"], kind="bank_account", account=call.path["account"]
    )
    if not found:
        raise no_such("external account", call.path["id"])
    return found


OPERATIONS = [
    Operation("GET", URL, "PaymentMethodRetrieve", retrieve),
    Operation("GET", BANKS, "AccountExternalAccountList", banks),
    Operation("GET", f"{BANKS}/{{id}}", "AccountExternalAccountRetrieve", bank),
]
