"""What the processor tells us by its webhooks, in our own words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.payments.domain.operation import pause_after
from services.payments.domain.payee import AccountState
from shared.money import Money

# An event that comes before its cause is tried so often (some seven hours), then shown to an
# operator.
TRIES: Final = 50
BUG_TRIES: Final = 3
EVENT_LEASE: Final = timedelta(minutes=1)


class EventStatus(StrEnum):
    """Where an event of the processor stands."""

    RECEIVED = "received"
    HANDLED = "handled"
    IGNORED = "ignored"
    FAILED = "failed"


@dataclass
class ProcessorEvent:
    """An event as it was received; `body` is what was signed, byte for byte.

    `operation_id` is the call of ours that it is about, as far as the event says, and `traceparent`
    the trace that wanted that call.
    """

    event_id: str
    type: str
    body: bytes
    received_at: datetime
    next_attempt_at: datetime
    status: EventStatus = EventStatus.RECEIVED
    attempts: int = 0
    reason: str | None = None
    operation_id: UUID | None = None
    traceparent: str | None = None

    def lease(self, now: datetime) -> None:
        """Take the event in hand: for a while nobody else does."""
        self.attempts += 1
        self.next_attempt_at = now + EVENT_LEASE

    def postpone(self, now: datetime, reason: str) -> None:
        """Put it off, or give it up when it was tried often enough."""
        self.reason = reason
        self.next_attempt_at = now + pause_after(self.attempts)
        if self.attempts >= TRIES:
            self.status = EventStatus.FAILED

    def fail(self, reason: str) -> None:
        """Give it up: an operator has to look at it."""
        self.status = EventStatus.FAILED
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PaymentCaptured:
    """A client's payment is captured; `fee` is what the processor kept of it."""

    session_id: str
    charge_id: str
    amount: Money
    fee: Money
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentShort:
    """A bank transfer came that is less than what is to be paid: `received` so far."""

    session_id: str
    received: Money


@dataclass(frozen=True, slots=True)
class CheckoutSubmitted:
    """The client has chosen a way to pay that takes its time."""

    session_id: str


@dataclass(frozen=True, slots=True)
class CheckoutExpired:
    """Nobody will pay on this page any more."""

    session_id: str


@dataclass(frozen=True, slots=True)
class CreditArrived:
    """Money lies on a client's account number at the processor that no payment may await."""

    customer_id: str


@dataclass(frozen=True, slots=True)
class ChargebackChanged:
    """What a dispute of the processor says now; the amounts are what moved, and may be zero.

    `withdrawn` was taken from our balance with `fee`, `reinstated` given back. `outcome` is None
    until the bank has decided. An inquiry moves no money.
    """

    dispute_id: str
    charge_id: str
    amount: Money
    reason: str
    withdrawn: bool
    fee: Money
    reinstated: bool
    won: bool | None
    answer_until: datetime | None
    opened_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class FraudWarned:
    """The client's bank suspects fraud; no money moves."""

    warning_id: str
    charge_id: str
    fraud_type: str
    actionable: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundChanged:
    """A refund was taken on by the processor, or failed."""

    refund_id: UUID
    processor_id: str
    failed: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class PayoutPaid:
    """The bank has a payout."""

    payout_id: UUID
    processor_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PayoutFailed:
    """A payout came back: it failed, or was returned after it was paid."""

    payout_id: UUID
    processor_id: str
    failure: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PayeeChanged:
    """The processor has changed its mind about an account."""

    state: AccountState


@dataclass(frozen=True, slots=True)
class BalanceAvailable:
    """Money has become available on an account (None: ours): what waits for it may go on."""

    account_id: str | None


@dataclass(frozen=True, slots=True)
class NotForUs:
    """Nothing of ours."""

    reason: str


News = (
    PaymentCaptured
    | PaymentShort
    | CheckoutSubmitted
    | CheckoutExpired
    | CreditArrived
    | ChargebackChanged
    | FraudWarned
    | RefundChanged
    | PayoutPaid
    | PayoutFailed
    | PayeeChanged
    | BalanceAvailable
    | NotForUs
)
