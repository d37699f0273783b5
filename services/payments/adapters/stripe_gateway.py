"""The payment processor is Stripe: separate charges and transfers, accounts v2 for payees."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from stripe import StripeClient

from services.payments.adapters import stripe_news
from services.payments.adapters.stripe_client import StripeApi
from services.payments.domain.news import News, ProcessorEvent
from services.payments.domain.operation import Answer, Operation, OperationKind
from services.payments.ports import Link
from shared.clock import Clock

# Stripe's clock and ours may differ by some minutes.
SKEW: Final = timedelta(minutes=10)
PAGE: Final = 100

_TRANSFERS: Final = {"stripe_balance": {"stripe_transfers": {"requested": True}}}

Call = Callable[["StripeGateway", StripeClient, Operation], Answer]


@dataclass(frozen=True)
class StripeGateway:
    """Implements the port PaymentGateway. `public_url` is where the processor's pages lead back."""

    api: StripeApi
    clock: Clock
    public_url: str

    def carry_out(self, operation: Operation) -> Answer:
        """Make a call; safe to repeat under the operation's key."""
        call = _CALLS[operation.kind]
        return self.api.write(lambda client: call(self, client, operation))

    def find(self, operation: Operation) -> Answer | None:
        """Return what became of an earlier attempt of the call; None when nothing did.

        Accounts aren't looked up: v2 knows a key for 30 days, and repeats only what succeeded.
        """
        look = _LOOKUPS.get(operation.kind)
        if look is None:
            return None
        return self.api.read(lambda client: look(client, operation))

    def onboarding_link(self, account_id: str) -> Link:
        """Return a page where an assistant tells Stripe who they are; good once, for minutes."""
        here = f"{self.public_url}/onboarding"
        link = self.api.read(
            lambda client: client.v2.core.account_links.create(
                {
                    "account": account_id,
                    "use_case": {
                        "type": "account_onboarding",
                        "account_onboarding": {
                            "return_url": f"{here}/return",
                            "refresh_url": f"{here}/refresh",
                        },
                    },
                }
            )
        )
        return Link(link.url, datetime.fromisoformat(str(link.expires_at)))

    def news(self, event: ProcessorEvent) -> News:
        """Return what an event says, asking Stripe for what it leaves out."""
        return stripe_news.read(event, self.api, self.clock.now())

    def _create_account(self, client: StripeClient, operation: Operation) -> Answer:
        asked_at = self.clock.now()
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
            "include": ["configuration.recipient", "requirements"],
            "metadata": _metadata(operation, person_id=str(operation.subject)),
        }
        if "email" in request:
            parameters["contact_email"] = request["email"]
            parameters["display_name"] = request["display_name"]
        account = client.v2.core.accounts.create(parameters, _under(operation))
        state = stripe_news.account_state(account.to_dict(), asked_at)
        return Answer.done(
            account_id=state.account_id,
            step=state.step,
            requirements=list(state.requirements),
            asked_at=asked_at.isoformat(),
        )

    def _create_checkout(self, client: StripeClient, operation: Operation) -> Answer:
        request = operation.request
        here = f"{self.public_url}/checkout"
        metadata = _metadata(operation, milestone_id=str(operation.subject))
        session = client.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "allowed_payment_method_types": ["card"],
                "client_reference_id": str(operation.subject),
                "line_items": [
                    {
                        "quantity": 1,
                        "price_data": {
                            "currency": request["currency"].lower(),
                            "unit_amount": request["amount"],
                            "product_data": {"name": request["title"]},
                        },
                    }
                ],
                "metadata": metadata,
                "payment_intent_data": {
                    "metadata": metadata,
                    "transfer_group": str(operation.subject),
                },
                "success_url": f"{here}/return?milestone={operation.subject}",
                "cancel_url": f"{here}/cancelled?milestone={operation.subject}",
            },
            _under(operation),
        )
        return _checkout(session)

    def _expire_checkout(self, client: StripeClient, operation: Operation) -> Answer:
        session_id = operation.request["session_id"]
        session = client.v1.checkout.sessions.retrieve(session_id)
        if session.status == "open":
            session = client.v1.checkout.sessions.expire(session_id, options=_under(operation))
        return Answer.done(status=session.status)

    def _create_refund(self, client: StripeClient, operation: Operation) -> Answer:
        request = operation.request
        refund = client.v1.refunds.create(
            {
                "charge": request["charge_id"],
                "amount": request["amount"],
                "metadata": _metadata(
                    operation,
                    refund_id=str(operation.subject),
                    milestone_id=request["milestone_id"],
                ),
            },
            _under(operation),
        )
        return Answer.done(refund=refund.id)

    def _create_transfer(self, client: StripeClient, operation: Operation) -> Answer:
        request = operation.request
        transfer = client.v1.transfers.create(
            {
                "amount": request["amount"],
                "currency": request["currency"].lower(),
                "destination": request["account_id"],
                # The charge's money may still be pending: the transfer waits for it at Stripe.
                "source_transaction": request["charge_id"],
                "transfer_group": request["milestone_id"],
                "metadata": _metadata(operation, payout_id=str(operation.subject)),
            },
            _under(operation),
        )
        return Answer.done(transfer=transfer.id)

    def _create_payout(self, client: StripeClient, operation: Operation) -> Answer:
        request = operation.request
        payout = client.v1.payouts.create(
            {
                "amount": request["amount"],
                "currency": request["currency"].lower(),
                "metadata": _metadata(operation, payout_id=str(operation.subject)),
            },
            _under(operation, account_id=request["account_id"]),
        )
        return Answer.done(payout=payout.id)


def _find_checkout(client: StripeClient, operation: Operation) -> Answer | None:
    found = client.v1.checkout.sessions.list({"limit": PAGE, "created": _since(operation)})
    session = _made_by(operation, found.auto_paging_iter())
    return _checkout(session) if session else None


def _find_refund(client: StripeClient, operation: Operation) -> Answer | None:
    found = client.v1.refunds.list({"limit": PAGE, "charge": operation.request["charge_id"]})
    refund = _made_by(operation, found.auto_paging_iter())
    return Answer.done(refund=refund.id) if refund else None


def _find_transfer(client: StripeClient, operation: Operation) -> Answer | None:
    group = operation.request["milestone_id"]
    found = client.v1.transfers.list({"limit": PAGE, "transfer_group": group})
    transfer = _made_by(operation, found.auto_paging_iter())
    return Answer.done(transfer=transfer.id) if transfer else None


def _find_payout(client: StripeClient, operation: Operation) -> Answer | None:
    found = client.v1.payouts.list(
        {"limit": PAGE, "created": _since(operation)}, _on(operation.request["account_id"])
    )
    payout = _made_by(operation, found.auto_paging_iter())
    return Answer.done(payout=payout.id) if payout else None


_CALLS: Final[Mapping[OperationKind, Call]] = {
    OperationKind.CREATE_ACCOUNT: StripeGateway._create_account,  # noqa: SLF001
    OperationKind.CREATE_CHECKOUT: StripeGateway._create_checkout,  # noqa: SLF001
    OperationKind.EXPIRE_CHECKOUT: StripeGateway._expire_checkout,  # noqa: SLF001
    OperationKind.CREATE_REFUND: StripeGateway._create_refund,  # noqa: SLF001
    OperationKind.CREATE_TRANSFER: StripeGateway._create_transfer,  # noqa: SLF001
    OperationKind.CREATE_PAYOUT: StripeGateway._create_payout,  # noqa: SLF001
}

_LOOKUPS: Final[Mapping[OperationKind, Callable[[StripeClient, Operation], Answer | None]]] = {
    OperationKind.CREATE_CHECKOUT: _find_checkout,
    OperationKind.CREATE_REFUND: _find_refund,
    OperationKind.CREATE_TRANSFER: _find_transfer,
    OperationKind.CREATE_PAYOUT: _find_payout,
}


def _made_by(operation: Operation, found: Iterable[Any]) -> Any:
    """Return the object that this operation made, by the mark that it leaves in the metadata."""
    mark = str(operation.operation_id)
    return next((each for each in found if _mark(each) == mark), None)


def _mark(made: Any) -> str | None:
    return made.metadata.to_dict().get("operation_id") if made.metadata else None


def _metadata(operation: Operation, **more: str) -> dict[str, str]:
    return {"operation_id": str(operation.operation_id), **more}


def _under(operation: Operation, *, account_id: str | None = None) -> Any:
    return {"idempotency_key": operation.idempotency_key} | _on(account_id)


def _on(account_id: str | None) -> Any:
    return {"stripe_account": account_id} if account_id else {}


def _since(operation: Operation) -> Any:
    since = datetime.fromisoformat(operation.request["since"]) - SKEW
    return {"gte": int(since.timestamp())}


def _checkout(session: Any) -> Answer:
    return Answer.done(
        session_id=session.id,
        # A page that is no longer open has no address; its events tell the rest.
        url=session.url or "",
        expires_at=datetime.fromtimestamp(session.expires_at, UTC).isoformat(),
    )
