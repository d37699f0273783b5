"""Money actions of an operator above a limit wait until a second operator approves of them.

A use case asks `held` before it acts; what it gets is shown to the operator in place of what was
asked for. Who approves has it carried out, in the same transaction, as the first one asked for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, Protocol, Self, TypeVar
from uuid import UUID

from shared.calendar import day_in_japan
from shared.clock import Clock
from shared.errors import NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.operations import ApprovalView, RefuseApproval
from shared.money import Money
from shared.people import Person

Status = Literal["waiting", "carried_out", "refused"]


@dataclass(frozen=True)
class Wanted:
    """What an operator wants to be done: with which money, and why.

    `kind` and `order` tell whoever carries it out all that they need; `subject` is what it is done
    to: of one kind, one thing waits for each subject.
    """

    kind: str
    subject: UUID
    amount: Money
    reason: str
    order: Mapping[str, Any]


@dataclass(frozen=True)
class Approval:
    """A money action that waits for a second operator, or what became of it."""

    approval_id: UUID
    wanted: Wanted
    asked_by: UUID
    asked_at: datetime
    status: Status = "waiting"
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    note: str | None = None

    def decided(self, status: Status, by: UUID, at: datetime, note: str | None = None) -> Self:
        """Return it as decided; raise Rejected (`approval_closed`) when it was so before."""
        if self.status != "waiting":
            raise Rejected(
                "approval_closed", "Somebody has decided on this already.", status=self.status
            )
        return replace(self, status=status, decided_by=by, decided_at=at, note=note)

    def view(self) -> ApprovalView:
        """Return it as operators see it."""
        return ApprovalView(
            approval_id=self.approval_id,
            kind=self.wanted.kind,
            subject=self.wanted.subject,
            order=self.wanted.order,
            amount=self.wanted.amount,
            reason=self.wanted.reason,
            status=self.status,
            asked_by=self.asked_by,
            asked_at=self.asked_at,
            decided_by=self.decided_by,
            decided_at=self.decided_at,
            note=self.note,
        )


class Approvals(Protocol):
    """What waits for a second operator, and the limit above which it does."""

    def limit(self, on: date) -> Money:
        """Return the amount from which on a second operator is needed on that day."""
        ...

    def add(self, approval: Approval) -> bool:
        """Keep it; False when something of its kind waits for the same subject."""
        ...

    def lock(self, approval_id: UUID) -> Approval | None:
        """Return it, locked."""
        ...

    def save(self, approval: Approval) -> None:
        """Keep what was decided."""
        ...

    def newest(
        self, status: Status | None, *, after: UUID | None, limit: int
    ) -> Sequence[Approval]:
        """Return what waits, or what became of it, newest first."""
        ...


class Work(Protocol):
    """What four eyes need of a service's Work."""

    @property
    def approvals(self) -> Approvals:
        """Return the approvals."""
        ...

    @property
    def clock(self) -> Clock:
        """Return the clock."""
        ...


W = TypeVar("W", bound=Work)
CarryOut = Callable[[Approval, W], object]


def held(wanted: Wanted, by: Person, work: Work) -> ApprovalView | None:
    """Keep what is wanted for a second operator; None when the first may do it alone.

    Raises Rejected (`approval_waiting`) when the same waits already.
    """
    now = work.clock.now()
    if wanted.amount < work.approvals.limit(day_in_japan(now)):
        return None
    approval = Approval(new_id(), wanted, by.person_id, now)
    if not work.approvals.add(approval):
        raise Rejected(
            "approval_waiting",
            "The same waits for a second operator already. Have it approved or refused first.",
            subject=wanted.subject,
        )
    return approval.view()


def approve(approval_id: UUID, by: Person, carry_out: CarryOut[W], work: W) -> ApprovalView:
    """Have it carried out, as it was asked for (an operator, not the one who asked).

    Raises NotAllowed (`own_approval`), NotFound (`approval_not_found`), Rejected
    (`approval_closed`), and whatever carrying it out raises by then.
    """
    approval = _locked(approval_id, by, work)
    if approval.asked_by == by.person_id:
        raise NotAllowed("own_approval", "Another operator than the one who asked has to approve.")
    done = approval.decided("carried_out", by.person_id, work.clock.now())
    work.approvals.save(done)
    carry_out(done, work)
    return done.view()


def refuse(approval_id: UUID, command: RefuseApproval, by: Person, work: Work) -> ApprovalView:
    """Say no to it, or take back what one has asked for oneself (an operator)."""
    refused = _locked(approval_id, by, work).decided(
        "refused", by.person_id, work.clock.now(), command.reason
    )
    work.approvals.save(refused)
    return refused.view()


def list_approvals(
    status: Status | None, by: Person, work: Work, *, after: UUID | None, limit: int
) -> Sequence[ApprovalView]:
    """Return what waits for a second operator, or what became of it, newest first (operator)."""
    by.must_be(Role.OPERATOR)
    return [each.view() for each in work.approvals.newest(status, after=after, limit=limit)]


def _locked(approval_id: UUID, by: Person, work: Work) -> Approval:
    by.must_be(Role.OPERATOR)
    approval = work.approvals.lock(approval_id)
    if approval is None:
        raise NotFound("approval_not_found", "There is no such money action. See what waits.")
    return approval
