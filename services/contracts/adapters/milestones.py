"""Milestones with what hangs on them (deliveries, files, clocks, timeline) in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from services.contracts.adapters.agreements import milestone_row
from services.contracts.adapters.tables import (
    contracts,
    deadlines,
    deliveries,
    delivery_comments,
    delivery_files,
    files,
    milestones,
    timeline,
)
from services.contracts.domain.clocks import Deadline, Kind, OwnClock
from services.contracts.domain.milestone import Milestone
from services.contracts.ports import Delivery, Happened
from shared.db import new_values, update_by
from shared.errors import NotFound
from shared.messages.contracts import CommentView, DeadlineKind, MilestoneKind, MilestoneStatus
from shared.messages.files import FileView
from shared.money import Money

# What every step of a milestone runs is built once.
MILESTONES = select(
    milestones,
    contracts.c.client_id,
    contracts.c.assistant_id,
    contracts.c.review_days.label("review_days_of_contract"),
    contracts.c.max_revisions,
    contracts.c.protected,
).join(contracts, contracts.c.contract_id == milestones.c.contract_id)
_GET = MILESTONES.where(milestones.c.milestone_id == bindparam("id"))
_LOCK = _GET.with_for_update(of=milestones)
_LOCK_ALL = (
    MILESTONES.where(milestones.c.contract_id == bindparam("of_contract"))
    .order_by(milestones.c.milestone_id)
    .with_for_update(of=milestones)
)
_CHANGING = (
    "status",
    "overdue",
    "funding_attempt",
    "ending_asked_by",
    "ending_reason",
    "funded",
    "revisions",
    "late",
    "funded_at",
)
_SAVE = update_by(milestones, "milestone_id", (*_CHANGING, "accepted_amount", "refunded_amount"))
_AMENDED = ("title", "description", "due_on", "review_days", "overdue")
_AMEND = update_by(milestones, "milestone_id", (*_AMENDED, "criteria", "refunded_amount"))
_STOP_CLOCKS = deadlines.delete().where(
    deadlines.c.milestone_id == bindparam("id"), deadlines.c.fired_at.is_(None)
)
_ADD_ENTRY = insert(timeline).on_conflict_do_nothing().returning(timeline.c.entry_id)
# What comes later stands after what is there; two that come at once are told apart by their ids.
_NEXT_POSITION = (
    select(func.coalesce(func.max(milestones.c.position), -1) + 1)
    .where(milestones.c.contract_id == bindparam("of_contract"))
    .scalar_subquery()
)
_NEXT_VERSION = (
    select(func.coalesce(func.max(deliveries.c.version), 0) + 1)
    .where(deliveries.c.milestone_id == bindparam("of_milestone"))
    .scalar_subquery()
)
_KINDS: Mapping[str, Kind] = {kind.value: kind for kind in (*DeadlineKind, *OwnClock)}


@dataclass(frozen=True)
class SqlMilestones:
    """Implements the port Milestones."""

    connection: Connection

    def lock(self, milestone_id: UUID) -> Milestone:
        """Return the milestone, locked until the transaction ends; raise NotFound."""
        return self._one(_LOCK, milestone_id)

    def lock_all(self, contract_id: UUID) -> Sequence[Milestone]:
        """Return all milestones of a contract, locked, in order of their ids."""
        rows = self.connection.execute(_LOCK_ALL, {"of_contract": contract_id})
        return [milestone_from(row) for row in rows]

    def get(self, milestone_id: UUID) -> Milestone:
        """Return the milestone, to be looked at; raise NotFound."""
        return self._one(_GET, milestone_id)

    def add(self, milestone: Milestone) -> None:
        """Keep a new milestone, after those that its contract has."""
        row = milestone_row(milestone, _NEXT_POSITION)
        self.connection.execute(
            milestones.insert().values(row), {"of_contract": milestone.contract_id}
        )

    def save(self, milestone: Milestone) -> None:
        """Keep what may change of it."""
        changes = new_values(milestone, _CHANGING) | {
            "new_accepted_amount": milestone.accepted_price.amount,
            "new_refunded_amount": milestone.refunded_price.amount,
        }
        self.connection.execute(_SAVE, {"id": milestone.milestone_id} | changes)

    def amend(self, milestone: Milestone) -> None:
        """Keep what both agreed to change of it."""
        changes = new_values(milestone, _AMENDED) | {
            "new_criteria": list(milestone.criteria),
            "new_refunded_amount": milestone.refunded_price.amount,
        }
        self.connection.execute(_AMEND, {"id": milestone.milestone_id} | changes)

    def _one(self, query: Select[Any], milestone_id: UUID) -> Milestone:
        row = self.connection.execute(query, {"id": milestone_id}).one_or_none()
        if row is None:
            raise NotFound("milestone_not_found", "The contract has no such milestone.")
        return milestone_from(row)


@dataclass(frozen=True)
class SqlDeliveries:
    """Implements the port Deliveries."""

    connection: Connection

    def add(self, delivery: Delivery) -> None:
        """Keep a new delivery."""
        self.connection.execute(
            deliveries.insert().values(
                delivery_id=delivery.delivery_id,
                milestone_id=delivery.milestone_id,
                text=delivery.text,
                delivered_at=delivery.delivered_at,
                version=_NEXT_VERSION,
            ),
            {"of_milestone": delivery.milestone_id},
        )
        rows = [
            {"delivery_id": delivery.delivery_id, "position": position, "file_id": file_id}
            for position, file_id in enumerate(delivery.file_ids)
        ]
        if rows:
            self.connection.execute(delivery_files.insert(), rows)

    def files(self, milestone_id: UUID) -> Sequence[FileView]:
        """Return all files that were delivered for a milestone, each once."""
        shown = (
            select(delivery_files.c.file_id)
            .join(deliveries, deliveries.c.delivery_id == delivery_files.c.delivery_id)
            .where(deliveries.c.milestone_id == milestone_id)
        )
        query = select(files).where(files.c.file_id.in_(shown)).order_by(files.c.file_id)
        return [file_view(row) for row in self.connection.execute(query)]

    def request_changes(
        self, milestone_id: UUID, comment: str, criterion: str | None = None
    ) -> None:
        """Note on the milestone's last delivery what must change, and which criterion isn't met."""
        last = (
            select(func.max(deliveries.c.position))
            .where(deliveries.c.milestone_id == milestone_id)
            .scalar_subquery()
        )
        self.connection.execute(
            deliveries.update()
            .where(deliveries.c.position == last)
            .values(change_request=comment, criterion=criterion)
        )

    def comment(self, milestone_id: UUID, delivery_id: UUID, comment: CommentView) -> None:
        """Keep a comment; raise NotFound."""
        query = select(deliveries.c.position).where(
            deliveries.c.milestone_id == milestone_id, deliveries.c.delivery_id == delivery_id
        )
        if self.connection.execute(query).first() is None:
            raise NotFound("delivery_not_found", "The milestone has no such delivery.")
        self.connection.execute(
            delivery_comments.insert().values(delivery_id=delivery_id, **comment.model_dump())
        )


@dataclass(frozen=True)
class SqlFiles:
    """Implements the port Files."""

    connection: Connection

    def add(
        self, contract_id: UUID, file: FileView, uploaded_by: UUID, uploaded_at: datetime
    ) -> FileView:
        """Keep a file, or return the same one that is there already."""
        row = file.model_dump() | {
            "contract_id": contract_id,
            "uploaded_by": uploaded_by,
            "uploaded_at": uploaded_at,
        }
        added = (
            insert(files)
            .values(row)
            .on_conflict_do_nothing(constraint="files_once")
            .returning(files.c.file_id)
        )
        if self.connection.execute(added).scalar():
            return file
        query = select(files).where(
            files.c.contract_id == contract_id,
            files.c.uploaded_by == uploaded_by,
            files.c.name == file.name,
            files.c.sha256 == file.sha256,
        )
        return file_view(self.connection.execute(query).one())

    def get(self, contract_id: UUID, file_id: UUID) -> FileView:
        """Return the file; raise NotFound."""
        query = select(files).where(files.c.contract_id == contract_id, files.c.file_id == file_id)
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("file_not_found", "The contract has no such file.")
        return file_view(row)

    def known(self, contract_id: UUID, file_ids: Collection[UUID]) -> Mapping[UUID, FileView]:
        """Return those of them that are files of this contract, by their ids."""
        if not file_ids:
            return {}
        query = select(files).where(
            files.c.contract_id == contract_id, files.c.file_id.in_(file_ids)
        )
        return {row.file_id: file_view(row) for row in self.connection.execute(query)}


@dataclass(frozen=True)
class SqlDeadlines:
    """Implements the port Deadlines."""

    connection: Connection

    def replace(self, milestone_id: UUID, started: Sequence[Deadline]) -> None:
        """Stop every clock of the milestone that still runs, and start these."""
        self.connection.execute(_STOP_CLOCKS, {"id": milestone_id})
        rows = [
            {
                "deadline_id": each.deadline_id,
                "milestone_id": each.milestone_id,
                "kind": each.kind,
                "due_at": each.due_at,
            }
            for each in started
        ]
        if rows:
            self.connection.execute(deadlines.insert(), rows)

    def running(self, milestone_id: UUID) -> Sequence[Deadline]:
        """Return the clocks of the milestone that still run."""
        query = select(deadlines).where(
            deadlines.c.milestone_id == milestone_id, deadlines.c.fired_at.is_(None)
        )
        return [_deadline(row) for row in self.connection.execute(query)]

    def claim_due(self, now: datetime, but: Collection[UUID]) -> Deadline | None:
        """Return a clock that is due, its milestone locked; leave out those that others hold.

        The milestone is locked first, as everybody does. Only what is read after that is true:
        another process may have fired or stopped the clock just before.
        """
        due = (
            deadlines.c.fired_at.is_(None)
            & (deadlines.c.due_at <= now)
            & deadlines.c.deadline_id.not_in(but)
        )
        candidate = (
            select(deadlines.c.milestone_id)
            .join(milestones, milestones.c.milestone_id == deadlines.c.milestone_id)
            .where(due)
            .order_by(deadlines.c.due_at)
            .limit(1)
            .with_for_update(of=milestones, skip_locked=True)
        )
        first = select(deadlines).order_by(deadlines.c.due_at).limit(1)
        while milestone_id := self.connection.execute(candidate).scalar():
            mine = first.where(due, deadlines.c.milestone_id == milestone_id)
            if row := self.connection.execute(mine).one_or_none():
                return _deadline(row)
        return None

    def note_fired(self, deadline: Deadline, now: datetime) -> None:
        """Keep that the clock has gone off."""
        self.connection.execute(
            deadlines.update()
            .where(deadlines.c.deadline_id == deadline.deadline_id)
            .values(fired_at=now)
        )


@dataclass(frozen=True)
class SqlTimeline:
    """Implements the port Timeline."""

    connection: Connection

    def add(
        self,
        contract_id: UUID,
        what: Happened,
        at: datetime,
        *,
        milestone_id: UUID | None = None,
        by: UUID | None = None,
        once_for: UUID | None = None,
    ) -> bool:
        """Add an entry; no second one with the same `once_for`: False when there is one."""
        entry = {
            "contract_id": contract_id,
            "what": what,
            "at": at,
            "milestone_id": milestone_id,
            "by": by,
            "once_for": once_for,
        }
        return self.connection.execute(_ADD_ENTRY, entry).scalar() is not None


def file_view(row: Row[Any]) -> FileView:
    """Return a row of files as it is shown."""
    return FileView.model_validate(row, from_attributes=True)


def _deadline(row: Row[Any]) -> Deadline:
    return Deadline(row.milestone_id, _KINDS[row.kind], row.due_at, row.deadline_id)


def milestone_from(row: Row[Any]) -> Milestone:
    """Return a row of MILESTONES as the milestone that it is."""
    return Milestone(
        milestone_id=row.milestone_id,
        contract_id=row.contract_id,
        client_id=row.client_id,
        assistant_id=row.assistant_id,
        title=row.title,
        description=row.description,
        price=Money(amount=row.price_amount, currency=row.currency),
        due_on=row.due_on,
        review_days=row.review_days or row.review_days_of_contract,
        status=MilestoneStatus(row.status),
        overdue=row.overdue,
        funding_attempt=row.funding_attempt,
        ending_asked_by=row.ending_asked_by,
        ending_reason=row.ending_reason,
        kind=MilestoneKind(row.kind),
        funded=row.funded,
        accepted_price=Money(amount=row.accepted_amount, currency=row.currency),
        refunded_price=Money(amount=row.refunded_amount, currency=row.currency),
        criteria=tuple(row.criteria),
        revisions=row.revisions,
        max_revisions=row.max_revisions,
        late=row.late,
        funded_at=row.funded_at,
        starts_on=row.starts_on,
        protected=row.protected,
    )
