"""The payment processor: what is asked of it, and what it tells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.payments.domain.news import News, ProcessorEvent
from services.payments.domain.operation import Answer, Operation, OperationKind


class Operations(Protocol):
    """Calls to the processor."""

    def add(self, operations: Sequence[Operation]) -> None:
        """Keep new calls."""
        ...

    def pending(self, subject: UUID, kind: OperationKind) -> Operation | None:
        """Return the newest call of that kind that is still open."""
        ...

    def due(self, now: datetime, limit: int) -> Sequence[Operation]:
        """Return open calls that are due and in nobody's hands, and lock them."""
        ...

    def lock(self, operation_id: UUID) -> Operation:
        """Return the call and keep others from changing it."""
        ...

    def save(self, operations: Sequence[Operation]) -> None:
        """Keep what has become of them."""
        ...

    def hasten(self, kind: OperationKind, account_id: str | None, now: datetime) -> None:
        """Make the open calls of that kind due now: those on an account, or (None) all."""
        ...


class ProcessorEvents(Protocol):
    """The processor's webhooks, as received."""

    def receive(self, event: ProcessorEvent) -> bool:
        """Keep an event; False when it was received before."""
        ...

    def due(self, now: datetime, limit: int) -> Sequence[ProcessorEvent]:
        """Return events that are to be handled, oldest first, and lock them."""
        ...

    def save(self, events: Sequence[ProcessorEvent]) -> None:
        """Keep what has become of them."""
        ...


class EventLog(Protocol):
    """The processor's own list of what it told us, or tried to. All of it is the network.

    Raises Transient (`processor_unavailable`) when it is away.
    """

    def since(self, begin: datetime, account_id: str | None) -> Iterator[ProcessorEvent]:
        """Yield what happened on an account (None: our own) from then on, newest first.

        They are those that we listen to, as their webhooks would have brought them.
        """
        ...


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the processor, for a while."""

    url: str
    expires_at: datetime


class PaymentGateway(Protocol):
    """The payment processor. All of it is the network: never called inside a transaction.

    Raises Transient (`processor_unavailable`) when it is away, except where an Answer says so.
    """

    def carry_out(self, operation: Operation) -> Answer:
        """Make a call; safe to repeat under the operation's key."""
        ...

    def find(self, operation: Operation) -> Answer | None:
        """Return what became of an earlier attempt of the call; None when nothing did."""
        ...

    def onboarding_link(self, account_id: str) -> Link:
        """Return a page where an assistant tells the processor who they are."""
        ...

    def news(self, event: ProcessorEvent) -> News:
        """Return what an event says, asking the processor for what it leaves out.

        Raises Rejected when it contradicts itself.
        """
        ...


class Webhooks(Protocol):
    """Opens what was posted to us in the processor's name."""

    def open(self, body: bytes, signature: str, now: datetime) -> ProcessorEvent:
        """Return the event.

        Raises NotAllowed (`webhook_signature_invalid`, `webhook_timestamp_invalid`) or Invalid
        (`webhook_malformed`).
        """
        ...
