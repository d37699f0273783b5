"""Calls that pay assistants: their accounts, transfers to them and back, and payouts to banks."""

from typing import Any, Final

from stripe import StripeClient

from services.payments.adapters.stripe_accounts import INCLUDED, account_state
from services.payments.adapters.stripe_marks import (
    PAGE,
    Here,
    made_by,
    metadata,
    on,
    since,
    under,
)
from services.payments.domain.operation import Answer, Operation

_TRANSFERS: Final = {"stripe_balance": {"stripe_transfers": {"requested": True}}}


def create_account(here: Here, client: StripeClient, operation: Operation) -> Answer:
    """Open an assistant's account.

    It isn't looked up after a failure: v2 knows a key for 30 days, and repeats what succeeded only.
    """
    asked_at = here.clock.now()
    request = operation.request
    parameters: Any = {
        "dashboard": "express",
        "identity": {"country": request["country"], "entity_type": "individual"},
        "configuration": {"recipient": {"capabilities": _TRANSFERS}},
        "defaults": {
            "currency": "jpy",
            "responsibilities": {
                "fees_collector": "application",
                "losses_collector": "application",
            },
        },
        "include": [*INCLUDED],
        "metadata": metadata(operation, person_id=str(operation.subject)),
    }
    if "email" in request:
        parameters["contact_email"] = request["email"]
        parameters["display_name"] = request["display_name"]
    account = client.v2.core.accounts.create(parameters, under(operation))
    state = account_state(account.to_dict(), None, asked_at)
    return Answer.done(
        account_id=state.account_id,
        step=state.step,
        requirements=list(state.requirements),
        asked_at=asked_at.isoformat(),
    )


def create_transfer(_here: Here, client: StripeClient, operation: Operation) -> Answer:
    """Move a payout's money to the assistant's account.

    It has no source: a payout gathers several charges. So it waits until enough is available.
    """
    request = operation.request
    transfer = client.v1.transfers.create(
        {
            "amount": request["amount"],
            "currency": request["currency"].lower(),
            "destination": request["account_id"],
            "transfer_group": str(operation.subject),
            "metadata": metadata(operation, payout_id=str(operation.subject)),
        },
        under(operation),
    )
    return Answer.done(transfer=transfer.id)


def find_transfer(client: StripeClient, operation: Operation) -> Answer | None:
    """Return the transfer that an earlier attempt made."""
    found = client.v1.transfers.list({"limit": PAGE, "transfer_group": str(operation.subject)})
    transfer = made_by(operation, found.auto_paging_iter())
    return Answer.done(transfer=transfer.id) if transfer else None


def reverse_transfer(_here: Here, client: StripeClient, operation: Operation) -> Answer:
    """Take back what was transferred for a payout that the bank returned."""
    reversal = client.v1.transfers.reversals.create(
        operation.request["transfer_id"],
        {
            "amount": operation.request["amount"],
            "metadata": metadata(operation, payout_id=str(operation.subject)),
        },
        under(operation),
    )
    return Answer.done(reversal=reversal.id)


def find_reversal(client: StripeClient, operation: Operation) -> Answer | None:
    """Return the reversal that an earlier attempt made."""
    found = client.v1.transfers.reversals.list(operation.request["transfer_id"], {"limit": PAGE})
    reversal = made_by(operation, found.auto_paging_iter())
    return Answer.done(reversal=reversal.id) if reversal else None


def create_payout(_here: Here, client: StripeClient, operation: Operation) -> Answer:
    """Send money from an assistant's account to their bank."""
    request = operation.request
    payout = client.v1.payouts.create(
        {
            "amount": request["amount"],
            "currency": request["currency"].lower(),
            "metadata": metadata(operation, payout_id=str(operation.subject)),
        },
        under(operation, account_id=request["account_id"]),
    )
    return Answer.done(payout=payout.id)


def find_payout(client: StripeClient, operation: Operation) -> Answer | None:
    """Return the payout that an earlier attempt made."""
    found = client.v1.payouts.list(
        {"limit": PAGE, "created": since(operation)}, on(operation.request["account_id"])
    )
    payout = made_by(operation, found.auto_paging_iter())
    return Answer.done(payout=payout.id) if payout else None
