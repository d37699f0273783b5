"""The payment processor is Stripe: separate charges and transfers, accounts v2 for payees."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from opentelemetry.trace import SpanKind
from stripe import StripeClient

from services.payments.adapters import stripe_news, stripe_payments, stripe_payouts
from services.payments.adapters.stripe_client import StripeApi
from services.payments.adapters.stripe_marks import Here
from services.payments.domain.news import News, ProcessorEvent
from services.payments.domain.operation import Answer, Operation, OperationKind
from services.payments.ports import Link
from shared.clock import Clock
from shared.observability import traces

PEER: Final = "stripe"

Call = Callable[[Here, StripeClient, Operation], Answer]
Lookup = Callable[[StripeClient, Operation], Answer | None]

CALLS: Final[Mapping[OperationKind, Call]] = {
    OperationKind.CREATE_ACCOUNT: stripe_payouts.create_account,
    OperationKind.CREATE_CHECKOUT: stripe_payments.create_checkout,
    OperationKind.EXPIRE_CHECKOUT: stripe_payments.expire_checkout,
    OperationKind.CREATE_REFUND: stripe_payments.create_refund,
    OperationKind.CREATE_TRANSFER: stripe_payouts.create_transfer,
    OperationKind.CREATE_PAYOUT: stripe_payouts.create_payout,
    OperationKind.REVERSE_TRANSFER: stripe_payouts.reverse_transfer,
    OperationKind.SWEEP_CREDIT: stripe_payments.sweep_credit,
    OperationKind.SUBMIT_EVIDENCE: stripe_payments.submit_evidence,
}

# Accounts need none (v2 keeps its keys for 30 days), and closing a page looks before it closes.
LOOKUPS: Final[Mapping[OperationKind, Lookup]] = {
    OperationKind.CREATE_CHECKOUT: stripe_payments.find_checkout,
    OperationKind.CREATE_REFUND: stripe_payments.find_refund,
    OperationKind.CREATE_TRANSFER: stripe_payouts.find_transfer,
    OperationKind.CREATE_PAYOUT: stripe_payouts.find_payout,
    OperationKind.REVERSE_TRANSFER: stripe_payouts.find_reversal,
    OperationKind.SWEEP_CREDIT: stripe_payments.find_sweep,
    OperationKind.SUBMIT_EVIDENCE: stripe_payments.find_evidence,
}


@dataclass(frozen=True)
class StripeGateway:
    """Implements the port PaymentGateway. `public_url` is where the processor's pages lead back."""

    api: StripeApi
    clock: Clock
    public_url: str

    def carry_out(self, operation: Operation) -> Answer:
        """Make a call; safe to repeat under the operation's key."""
        call = CALLS[operation.kind]
        here = Here(self.clock, self.public_url)
        v2 = operation.kind is OperationKind.CREATE_ACCOUNT
        with traces.step(f"stripe {operation.kind}", SpanKind.CLIENT, _facts(operation)) as span:
            answer = self.api.write(lambda client: call(here, client, operation), v2=v2)
            span.set_attribute("tasuki.outcome", answer.outcome)
        return answer

    def find(self, operation: Operation) -> Answer | None:
        """Return what became of an earlier attempt of the call; None when nothing did."""
        look = LOOKUPS.get(operation.kind)
        if look is None:
            return None
        with traces.step(f"stripe find {operation.kind}", SpanKind.CLIENT, _facts(operation)):
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
        known = {"peer.service": PEER, "tasuki.event": event.event_id}
        with traces.step(f"stripe news {event.type}", SpanKind.CLIENT, known):
            return stripe_news.read(event, self.api, self.clock.now())


def _facts(operation: Operation) -> traces.Attributes:
    return {
        "peer.service": PEER,
        "tasuki.operation.id": str(operation.operation_id),
        "tasuki.operation.attempt": operation.attempts,
    }
