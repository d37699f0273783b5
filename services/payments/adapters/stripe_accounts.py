"""What Stripe says of an assistant's account, and of the bank account that payouts go to."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import stripe

from services.payments.adapters.stripe_client import StripeApi
from services.payments.adapters.stripe_marks import PAGE
from services.payments.domain.news import News, NotForUs, PayeeChanged
from services.payments.domain.payee import AccountState, BankAccount, PayeeStep

Json = Mapping[str, Any]

INCLUDED: Final = ("configuration.recipient", "requirements")
# What is asked of everybody at first; anything else means that something is wrong.
_ROUTINE: Final = frozenset({"routine_onboarding"})
# A routing number of Japan: four digits of the bank, three of the branch.
_BANK_DIGITS: Final = 4
_ROUTING_DIGITS: Final = 7


def account_changed(account_id: str, api: StripeApi, now: datetime) -> News:
    """Read the account as it is now: events only say that something has changed."""
    included: Any = {"include": [*INCLUDED]}
    try:
        account = api.read(lambda client: client.v2.core.accounts.retrieve(account_id, included))
        banks = api.read(
            lambda client: client.v1.accounts.external_accounts.list(
                account_id, {"object": "bank_account", "limit": PAGE}
            )
        )
    except stripe.StripeError as error:
        if error.http_status == HTTPStatus.NOT_FOUND:
            return NotForUs("the account is gone")
        raise
    return PayeeChanged(account_state(account.to_dict(), _bank(banks.data), now))


def account_state(account: Json, bank: BankAccount | None, asked_at: datetime) -> AccountState:
    """Return what a v2 account (with its recipient configuration and requirements) says."""
    recipient = (account.get("configuration") or {}).get("recipient") or {}
    balance = (recipient.get("capabilities") or {}).get("stripe_balance") or {}
    status = (balance.get("stripe_transfers") or {}).get("status")
    entries = (account.get("requirements") or {}).get("entries") or []
    routine = all(
        not entry.get("errors")
        and {reason["code"] for reason in entry.get("requested_reasons") or []} <= _ROUTINE
        for entry in entries
    )
    if account.get("closed"):
        step = PayeeStep.RESTRICT
    elif status == "active":
        step = PayeeStep.ACTIVATE
    elif status == "pending":
        step = PayeeStep.VERIFY
    else:
        step = PayeeStep.ASK if entries and routine else PayeeStep.RESTRICT
    requirements = tuple(str(entry["description"]) for entry in entries)
    return AccountState(str(account["id"]), step, requirements, asked_at, bank)


def _bank(accounts: list[Any]) -> BankAccount | None:
    """Return the account that payouts go to: the default one for yen."""
    in_yen = [each for each in accounts if each.currency == "jpy"]
    for account in sorted(in_yen, key=lambda each: not each.default_for_currency):
        routing = (account.routing_number or "").replace("-", "")
        if len(routing) == _ROUTING_DIGITS and routing.isdecimal():
            return BankAccount(routing[:_BANK_DIGITS], routing[_BANK_DIGITS:], account.last4)
    return None
