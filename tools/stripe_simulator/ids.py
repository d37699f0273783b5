"""Identifiers that look like Stripe's: a prefix that names the kind, then letters and digits."""

import secrets
import string

_ALPHABET = string.ascii_letters + string.digits
_LENGTH = 24

PREFIXES = {
    "balance_transaction": "txn",
    "bank_account": "ba",
    "charge": "ch",
    "checkout.session": "cs_test",
    "customer": "cus",
    "customer_cash_balance_transaction": "ccsbtxn",
    "dispute": "du",
    "event": "evt",
    "line_item": "li",
    "payment": "py",
    "payment_intent": "pi",
    "payment_method": "pm",
    "payout": "po",
    "price": "price",
    "product": "prod",
    "radar.early_fraud_warning": "issfr",
    "refund": "re",
    "request": "req",
    "transfer": "tr",
    "transfer_reversal": "trr",
    "v2.core.account": "acct",
    "v2.core.event": "evt_test",
    "webhook_endpoint": "we",
}


def new_id(kind: str) -> str:
    """Return a new identifier for an object of this kind (a key of PREFIXES)."""
    return f"{PREFIXES[kind]}_{token(_LENGTH)}"


def token(length: int) -> str:
    """Return so many random letters and digits."""
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in secrets.token_bytes(length))


def digits(length: int) -> str:
    """Return so many random digits."""
    return "".join(string.digits[byte % 10] for byte in secrets.token_bytes(length))
