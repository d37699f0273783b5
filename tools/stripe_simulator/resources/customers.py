"""Customers, and the cash balance that their bank transfers go to."""

from tools.stripe_simulator import cash
from tools.stripe_simulator.errors import invalid
from tools.stripe_simulator.events import emit
from tools.stripe_simulator.ids import new_id
from tools.stripe_simulator.lists import page
from tools.stripe_simulator.metadata import checked, merged
from tools.stripe_simulator.operations import Operation
from tools.stripe_simulator.simulator import Call
from tools.stripe_simulator.store import Obj

KIND = "customer"
URL = "/v1/customers"
_FIELDS = ("description", "email", "name", "phone")


def create(call: Call) -> Obj:
    """Make a customer."""
    customer: Obj = {
        "id": new_id(KIND),
        "object": KIND,
        "address": None,
        "balance": 0,
        "created": call.simulator.now,
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "discount": None,
        "invoice_prefix": None,
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": checked(call.get("metadata")),
        "preferred_locales": call.get("preferred_locales", []),
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
        **{name: call.get(name) or None for name in _FIELDS},
    }
    call.simulator.add(customer, call.account)
    emit(call.simulator, "customer.created", customer, call.account)
    return customer


def retrieve(call: Call) -> Obj:
    """Return a customer."""
    return call.find(KIND, "customer")


def update(call: Call) -> Obj:
    """Change a customer's name, contact or metadata."""
    customer = call.find(KIND, "customer")
    customer.update({name: call.get(name) for name in _FIELDS if call.get(name) is not None})
    call.simulator.save(customer, metadata=merged(customer, call.get("metadata")))
    emit(call.simulator, "customer.updated", customer, call.account, previous={})
    return customer


def listed(call: Call) -> Obj:
    """Return the customers that match, newest first."""
    return page(call, KIND, URL, {"email": call.get("email")})


def cash_balance(call: Call) -> Obj:
    """Return what a customer sent and didn't spend."""
    customer = call.find(KIND, "customer")
    amount = cash.balance_of(call.simulator, customer["id"])
    return {
        "object": "cash_balance",
        "available": {"jpy": amount} if amount else None,
        "customer": customer["id"],
        "customer_account": None,
        "livemode": False,
        "settings": {"reconciliation_mode": "automatic", "using_merchant_default": True},
    }


def cash_transactions(call: Call) -> Obj:
    """Return what came into and went out of a customer's cash balance, newest first."""
    customer = call.find(KIND, "customer")
    url = f"{URL}/{customer['id']}/cash_balance_transactions"
    return page(call, cash.CASH, url, {"customer": customer["id"]})


def funding_instructions(call: Call) -> Obj:
    """Return the account number that a customer's bank transfers go to."""
    customer = call.find(KIND, "customer")
    if call.get("currency").lower() != "jpy":
        raise invalid("Only jpy is simulated", param="currency")
    address = cash.address_of(call.simulator, customer["id"])
    return {
        "object": "funding_instructions",
        "bank_transfer": {
            "country": "JP",
            "financial_addresses": [address],
            "type": "jp_bank_transfer",
        },
        "currency": "jpy",
        "funding_type": "bank_transfer",
        "livemode": False,
    }


def fund(call: Call) -> Obj:
    """Let a bank transfer arrive: Stripe's own helper for tests."""
    customer = call.find(KIND, "customer")
    if call.get("amount") < 1:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    return cash.fund(call.simulator, customer["id"], call.get("amount"))


_ONE = f"{URL}/{{customer}}"
_CASH = f"{_ONE}/cash_balance"
_FUND = "/v1/test_helpers/customers/{customer}/fund_cash_balance"
OPERATIONS = [
    Operation("POST", URL, "CustomerCreate", create),
    Operation("GET", URL, "CustomerList", listed),
    Operation("GET", _ONE, "CustomerRetrieve", retrieve),
    Operation("POST", _ONE, "CustomerUpdate", update),
    Operation("GET", _CASH, "CustomerCashBalanceRetrieve", cash_balance),
    Operation(
        "GET", f"{_CASH}_transactions", "CustomerCashBalanceTransactionList", cash_transactions
    ),
    Operation(
        "POST",
        f"{_ONE}/funding_instructions",
        "CustomerFundingInstructionsCreate",
        funding_instructions,
    ),
    Operation("POST", _FUND, "test_helpers.CustomerFundCashBalance", fund),
]
