"""A call to the processor, as a row: committed before the call, recorded after it.

After a crash or an answer that leaves it open, the processor is asked first what became of the
call; if nothing did, it is made again. A refusal of the processor is a result, not an error.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from services.payments.domain.moves import Machine

# Longer than a call can take: nobody else makes it meanwhile.
LEASE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(minutes=10)


class OperationKind(StrEnum):
    """What can be asked of the processor."""

    CREATE_ACCOUNT = "create_account"
    CREATE_CHECKOUT = "create_checkout"
    EXPIRE_CHECKOUT = "expire_checkout"
    CREATE_REFUND = "create_refund"
    CREATE_TRANSFER = "create_transfer"
    CREATE_PAYOUT = "create_payout"
    REVERSE_TRANSFER = "reverse_transfer"
    SWEEP_CREDIT = "sweep_credit"
    SUBMIT_EVIDENCE = "submit_evidence"


class OperationStatus(StrEnum):
    """Where a call stands."""

    PENDING = "pending"
    DONE = "done"
    DECLINED = "declined"


class OperationStep(StrEnum):
    """How a call can end."""

    FINISH = "finish"
    DECLINE = "decline"


S, T = OperationStatus, OperationStep

OPERATION: Final = Machine[OperationStatus, OperationStep](
    thing="operation",
    moves={(S.PENDING, T.FINISH): S.DONE, (S.PENDING, T.DECLINE): S.DECLINED},
    happened={(status, step) for status in (S.DONE, S.DECLINED) for step in T},
    not_yet=frozenset(),
)

Json = dict[str, Any]


class Outcome(StrEnum):
    """What an attempt came to."""

    DONE = "done"
    DECLINED = "declined"
    UNCLEAR = "unclear"  # no answer: it may have had its effect
    NOT_NOW = "not_now"  # answered and without effect; the same call may succeed later


@dataclass(frozen=True, slots=True)
class Answer:
    """What the processor said.

    `facts` are what a done call made, or `code` and `detail` of why it wasn't done. `spent` says
    that the processor will give the same answer to the same key again, so that another try needs
    another key.
    """

    outcome: Outcome
    facts: Json
    spent: bool = False

    @classmethod
    def done(cls, **facts: object) -> "Answer":
        """Return the answer of a call that had its effect."""
        return cls(Outcome.DONE, facts)

    @classmethod
    def not_done(cls, outcome: Outcome, code: str, detail: str, *, spent: bool = False) -> "Answer":
        """Return the answer of a call that had none, as far as is known."""
        return cls(outcome, {"code": code, "detail": detail}, spent)


@dataclass
class Operation:
    """A call to the processor. `subject` is what it is for: a person, a milestone, a payout.

    `traceparent` is the trace that wants it; None when it is added: the one that is going on.
    """

    operation_id: UUID
    kind: OperationKind
    subject: UUID
    request: Json
    next_attempt_at: datetime
    status: OperationStatus = OperationStatus.PENDING
    attempts: int = 0
    keys_spent: int = 0
    leased_until: datetime | None = None
    answer: Json = field(default_factory=dict)
    traceparent: str | None = None

    @property
    def idempotency_key(self) -> str:
        """The key that the processor knows the call by: the same until an answer spends it."""
        return f"{self.operation_id}-{self.keys_spent}"

    def withdraw(self, code: str) -> None:
        """End an open call that has become pointless, whatever its attempts came to."""
        if self.status is OperationStatus.PENDING:
            self.status = OperationStatus.DECLINED
            self.answer = {"code": code, "detail": "no longer wanted"}

    def lease(self, now: datetime) -> None:
        """Take the call in hand: for a while nobody else does."""
        self.attempts += 1
        self.leased_until = now + LEASE

    def record(self, answer: Answer, now: datetime) -> bool:
        """Take over what an attempt came to; True when that ended the operation just now.

        An open one is put off: 1, 2, 4 … seconds, 10 minutes at most.
        """
        if self.status is not OperationStatus.PENDING:
            return False
        self.answer = answer.facts
        self.leased_until = None
        if answer.outcome in {Outcome.DONE, Outcome.DECLINED}:
            step = T.FINISH if answer.outcome is Outcome.DONE else T.DECLINE
            self.status = OPERATION.moves[self.status, step]
            return True
        self.keys_spent += answer.spent
        self.next_attempt_at = now + pause_after(self.attempts)
        return False


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 20)), LONGEST_PAUSE)
