"""A call to the processor, as a row: committed before the call, recorded after it.

After a crash or an answer that leaves it open, the same call is made again under the same
idempotency key, which is the operation's id. A refusal of the processor is a result.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from services.payments.domain.moves import Machine

# The processor remembers a key for 24 h at least; after that it is asked what became of the call.
KEY_LIFETIME: Final = timedelta(hours=23)
LEASE: Final = timedelta(minutes=2)
LONGEST_PAUSE: Final = timedelta(minutes=10)


class OperationKind(StrEnum):
    """What can be asked of the processor."""

    CREATE_ACCOUNT = "create_account"
    CREATE_CHECKOUT = "create_checkout"
    EXPIRE_CHECKOUT = "expire_checkout"
    CREATE_REFUND = "create_refund"
    CREATE_TRANSFER = "create_transfer"
    CREATE_PAYOUT = "create_payout"


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


@dataclass(frozen=True, slots=True)
class Answer:
    """What the processor said: `facts` of a call that was done, or why it was declined."""

    declined: bool
    facts: Json

    @classmethod
    def done(cls, **facts: object) -> "Answer":
        """Return the answer of a call that had its effect."""
        return cls(declined=False, facts=facts)

    @classmethod
    def refused(cls, code: str, detail: str) -> "Answer":
        """Return the answer of a call that had none and never will."""
        return cls(declined=True, facts={"code": code, "detail": detail})


@dataclass
class Operation:
    """A call to the processor. `subject` is what it is for: a person, a milestone, a payout."""

    operation_id: UUID
    kind: OperationKind
    subject: UUID
    request: Json
    status: OperationStatus = OperationStatus.PENDING
    attempts: int = 0
    first_attempt_at: datetime | None = None
    next_attempt_at: datetime | None = None
    leased_until: datetime | None = None
    answer: Json = field(default_factory=dict)

    def lease(self, now: datetime) -> None:
        """Take the call in hand: for a while nobody else does."""
        self.attempts += 1
        self.first_attempt_at = self.first_attempt_at or now
        self.leased_until = now + LEASE

    def may_be_forgotten(self, now: datetime) -> bool:
        """Tell whether the processor may have forgotten the key of an earlier attempt."""
        return self.first_attempt_at is not None and now - self.first_attempt_at > KEY_LIFETIME

    def postpone(self, now: datetime, error: str) -> None:
        """Put it off after an attempt that left it open: 1, 2, 4 … seconds, 10 minutes at most."""
        self.leased_until = None
        self.next_attempt_at = now + pause_after(self.attempts)
        self.answer = {"error": error}

    def close(self, answer: Answer) -> bool:
        """Record the answer; False when another process did so before."""
        status = OPERATION.next(self.status, T.DECLINE if answer.declined else T.FINISH)
        if status is None:
            return False
        self.status = status
        self.answer = answer.facts
        self.leased_until = None
        return True


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 20)), LONGEST_PAUSE)
