"""Messages, ratings, blocks and reports in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.contracts.adapters.milestones import file_view
from services.contracts.adapters.tables import contracts, files
from services.contracts.adapters.tables_talk import (
    blocks,
    message_files,
    messages,
    rating_rounds,
    ratings,
    reports,
)
from services.contracts.domain.rating import Rating, Round
from services.contracts.ports.talk import Message
from shared.errors import NotFound
from shared.messages.talk import (
    BlockView,
    MessageView,
    RatingView,
    ReportView,
    UnreadView,
)


@dataclass(frozen=True)
class SqlMessages:
    """Implements the port Messages."""

    connection: Connection

    def add(self, message: Message) -> None:
        """Keep a new message."""
        self.connection.execute(
            messages.insert().values(
                message_id=message.message_id,
                contract_id=message.contract_id,
                from_id=message.from_id,
                by=message.by,
                text=message.text,
                sent_at=message.sent_at,
            )
        )
        rows = [
            {"message_id": message.message_id, "position": position, "file_id": file_id}
            for position, file_id in enumerate(message.file_ids)
        ]
        if rows:
            self.connection.execute(message_files.insert(), rows)

    def has_unread(self, contract_id: UUID, from_id: UUID) -> bool:
        """Tell whether something from this party is still to be read by the other."""
        waiting = select(messages.c.message_id).where(
            messages.c.contract_id == contract_id,
            messages.c.from_id == from_id,
            messages.c.read_at.is_(None),
        )
        return self.connection.execute(waiting.limit(1)).first() is not None

    def mark_read(self, contract_id: UUID, from_id: UUID, up_to: UUID, at: datetime) -> None:
        """Note when the messages of this party, up to that one, were read by the other."""
        self.connection.execute(
            messages.update()
            .where(
                messages.c.contract_id == contract_id,
                messages.c.from_id == from_id,
                messages.c.message_id <= up_to,
                messages.c.read_at.is_(None),
            )
            .values(read_at=at)
        )

    def view(self, message_id: UUID) -> MessageView:
        """Return a message."""
        [view] = self._views(select(messages).where(messages.c.message_id == message_id))
        return view

    def contract_of(self, message_id: UUID) -> UUID | None:
        """Return the contract in which a message was written; None without such a message."""
        query = select(messages.c.contract_id).where(messages.c.message_id == message_id)
        return self.connection.execute(query).scalar()

    def newest(self, contract_id: UUID, *, after: UUID | None, limit: int) -> Sequence[MessageView]:
        """Return the messages of a contract, newest first, from before the one `after`."""
        query = (
            select(messages)
            .where(messages.c.contract_id == contract_id)
            .order_by(messages.c.message_id.desc())
            .limit(limit)
        )
        return self._views(query.where(messages.c.message_id < after) if after else query)

    def unread_by(self, accounts: Collection[UUID]) -> Sequence[UnreadView]:
        """Return the contracts of these accounts in which the other party's messages wait."""
        query = (
            select(contracts.c.contract_id, contracts.c.title, func.count().label("unread"))
            .join(messages, messages.c.contract_id == contracts.c.contract_id)
            .where(
                or_(contracts.c.client_id.in_(accounts), contracts.c.assistant_id.in_(accounts)),
                messages.c.from_id.not_in(accounts),
                messages.c.read_at.is_(None),
            )
            .group_by(contracts.c.contract_id)
            .order_by(contracts.c.contract_id.desc())
        )
        return [
            UnreadView.model_validate(row, from_attributes=True)
            for row in self.connection.execute(query)
        ]

    def _views(self, query: Select[Any]) -> list[MessageView]:
        found = self.connection.execute(query).all()
        attached = (
            select(message_files.c.message_id, files)
            .join(files, files.c.file_id == message_files.c.file_id)
            .where(message_files.c.message_id.in_([row.message_id for row in found]))
            .order_by(message_files.c.position)
        )
        of_message: dict[UUID, list[Row[Any]]] = {}
        for row in self.connection.execute(attached) if found else ():
            of_message.setdefault(row.message_id, []).append(row)
        return [
            MessageView(
                message_id=row.message_id,
                from_id=row.from_id,
                by=row.by,
                text=row.text,
                files=tuple(map(file_view, of_message.get(row.message_id, ()))),
                sent_at=row.sent_at,
                read_at=row.read_at,
            )
            for row in found
        ]


@dataclass(frozen=True)
class SqlRounds:
    """Implements the port Rounds."""

    connection: Connection

    def open(self, contract_id: UUID, until: datetime) -> None:
        """Let the parties of a contract rate each other until then; the first time holds."""
        row = {"contract_id": contract_id, "open_until": until}
        self.connection.execute(insert(rating_rounds).values(row).on_conflict_do_nothing())

    def lock(self, contract_id: UUID) -> Round:
        """Return a contract's ratings, locked until the transaction ends."""
        return self._round(select(rating_rounds).with_for_update(), contract_id)

    def get(self, contract_id: UUID) -> Round:
        """Return a contract's ratings."""
        return self._round(select(rating_rounds), contract_id)

    def add(self, rating: Rating) -> None:
        """Keep a rating."""
        self.connection.execute(ratings.insert().values(vars(rating)))

    def answer(self, rating: Rating) -> None:
        """Keep the answer to a rating."""
        self.connection.execute(
            ratings.update()
            .where(ratings.c.contract_id == rating.contract_id, ratings.c.by_id == rating.by_id)
            .values(reply=rating.reply, replied_at=rating.replied_at)
        )

    def reveal(self, contract_id: UUID, at: datetime) -> None:
        """Note that the parties may read each other's rating."""
        self.connection.execute(
            rating_rounds.update()
            .where(rating_rounds.c.contract_id == contract_id)
            .values(revealed_at=at)
        )

    def claim_over(self, now: datetime) -> UUID | None:
        """Return a contract whose time to rate is over and not revealed, locked; skip others'."""
        query = (
            select(rating_rounds.c.contract_id)
            .where(rating_rounds.c.revealed_at.is_(None), rating_rounds.c.open_until <= now)
            .order_by(rating_rounds.c.open_until)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        return self.connection.execute(query).scalar()

    def revealed_of(
        self, account_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[tuple[UUID, RatingView]]:
        """Return what was said of an account and revealed, newest contract first, with its id."""
        query = (
            select(ratings)
            .join(rating_rounds, rating_rounds.c.contract_id == ratings.c.contract_id)
            .where(ratings.c.of_id == account_id, rating_rounds.c.revealed_at.is_not(None))
            .order_by(ratings.c.contract_id.desc())
            .limit(limit)
        )
        if after is not None:
            query = query.where(ratings.c.contract_id < after)
        return [
            (row.contract_id, RatingView.model_validate(row, from_attributes=True))
            for row in self.connection.execute(query)
        ]

    def _round(self, query: Select[Any], contract_id: UUID) -> Round:
        row = self.connection.execute(
            query.where(rating_rounds.c.contract_id == contract_id)
        ).one_or_none()
        if row is None:
            return Round(contract_id)
        given = self.connection.execute(
            select(ratings).where(ratings.c.contract_id == contract_id)
        ).mappings()
        return Round(
            contract_id, row.open_until, tuple(Rating(**each) for each in given), row.revealed_at
        )


@dataclass(frozen=True)
class SqlBlocks:
    """Implements the port Blocks."""

    connection: Connection

    def add(self, by: UUID, account_id: UUID, at: datetime) -> bool:
        """Keep a block; False when it is there already."""
        row = {"blocked_by": by, "account_id": account_id, "blocked_at": at}
        added = insert(blocks).values(row).on_conflict_do_nothing()
        return self.connection.execute(added.returning(blocks.c.account_id)).first() is not None

    def remove(self, by: UUID, account_id: UUID) -> bool:
        """Take a block back; False when there is none."""
        removed = blocks.delete().where(_is(by, account_id)).returning(blocks.c.account_id)
        return self.connection.execute(removed).first() is not None

    def of(self, by: UUID) -> Sequence[BlockView]:
        """Return whom this account has blocked, the newest first."""
        query = select(blocks).where(blocks.c.blocked_by == by)
        return [
            BlockView.model_validate(row, from_attributes=True)
            for row in self.connection.execute(query.order_by(blocks.c.blocked_at.desc()))
        ]

    def between(self, one: UUID, other: UUID) -> bool:
        """Tell whether one of the two has blocked the other."""
        query = select(blocks.c.account_id).where(or_(_is(one, other), _is(other, one)))
        return self.connection.execute(query.limit(1)).first() is not None


@dataclass(frozen=True)
class SqlReports:
    """Implements the port Reports."""

    connection: Connection

    def add(self, report: ReportView) -> None:
        """Keep a report."""
        self.connection.execute(reports.insert().values(report.model_dump()))

    def get(self, report_id: UUID) -> ReportView:
        """Return a report; raise NotFound."""
        query = select(reports).where(reports.c.report_id == report_id)
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("report_not_found", "There is no such report.")
        return ReportView.model_validate(row, from_attributes=True)

    def close(self, report_id: UUID, by: UUID, outcome: str, at: datetime) -> bool:
        """Keep what was done; False when it is closed already."""
        closed = (
            reports.update()
            .where(reports.c.report_id == report_id, reports.c.closed_at.is_(None))
            .values(outcome=outcome, closed_at=at, closed_by=by)
            .returning(reports.c.report_id)
        )
        return self.connection.execute(closed).first() is not None

    def newest(
        self, *, made_by: UUID | None, after: UUID | None, limit: int
    ) -> Sequence[ReportView]:
        """Return a person's own reports, newest first; or, for None, all that are open."""
        whose = reports.c.closed_at.is_(None) if made_by is None else reports.c.made_by == made_by
        query = select(reports).where(whose).order_by(reports.c.report_id.desc()).limit(limit)
        if after is not None:
            query = query.where(reports.c.report_id < after)
        return [
            ReportView.model_validate(row, from_attributes=True)
            for row in self.connection.execute(query)
        ]


def _is(by: UUID, account_id: UUID) -> ColumnElement[bool]:
    return (blocks.c.blocked_by == by) & (blocks.c.account_id == account_id)
