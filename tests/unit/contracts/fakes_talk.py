"""What people say to each other and of each other, in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.contracts.domain.rating import Rating, Round
from services.contracts.ports.talk import Message
from shared.errors import NotFound
from shared.messages.talk import BlockView, MessageView, RatingView, ReportView, UnreadView


@dataclass
class Talk:
    """Everything that was said."""

    messages: dict[UUID, Message] = field(default_factory=dict)
    read: dict[UUID, datetime] = field(default_factory=dict)
    rounds: dict[UUID, Round] = field(default_factory=dict)
    blocks: dict[tuple[UUID, UUID], datetime] = field(default_factory=dict)
    reports: dict[UUID, ReportView] = field(default_factory=dict)


@dataclass
class FakeMessages:
    talk: Talk

    def add(self, message: Message) -> None:
        self.talk.messages[message.message_id] = message

    def has_unread(self, contract_id: UUID, from_id: UUID) -> bool:
        return any(
            each.contract_id == contract_id
            and each.from_id == from_id
            and each.message_id not in self.talk.read
            for each in self.talk.messages.values()
        )

    def mark_read(self, contract_id: UUID, from_id: UUID, up_to: UUID, at: datetime) -> None:
        for each in self.talk.messages.values():
            if (
                each.contract_id == contract_id
                and each.from_id == from_id
                and each.message_id <= up_to
            ):
                self.talk.read.setdefault(each.message_id, at)

    def view(self, message_id: UUID) -> MessageView:
        message = self.talk.messages[message_id]
        return MessageView(
            message_id=message_id,
            from_id=message.from_id,
            by=message.by,
            text=message.text,
            files=(),
            sent_at=message.sent_at,
            read_at=self.talk.read.get(message_id),
        )

    def contract_of(self, message_id: UUID) -> UUID | None:
        message = self.talk.messages.get(message_id)
        return message.contract_id if message else None

    def newest(self, contract_id: UUID, *, after: UUID | None, limit: int) -> Sequence[MessageView]:
        assert after is None
        ids = [key for key, each in self.talk.messages.items() if each.contract_id == contract_id]
        return [self.view(key) for key in sorted(ids, reverse=True)[:limit]]

    def unread_by(self, accounts: Collection[UUID]) -> Sequence[UnreadView]:
        waiting = [
            each.contract_id
            for key, each in self.talk.messages.items()
            if each.from_id not in accounts and key not in self.talk.read
        ]
        return [
            UnreadView(contract_id=each, title="", unread=waiting.count(each))
            for each in dict.fromkeys(waiting)
        ]


@dataclass
class FakeRounds:
    talk: Talk

    def open(self, contract_id: UUID, until: datetime) -> None:
        self.talk.rounds.setdefault(contract_id, Round(contract_id, until))

    def get(self, contract_id: UUID) -> Round:
        return self.talk.rounds.get(contract_id, Round(contract_id))

    lock = get

    def add(self, rating: Rating) -> None:
        round_ = self.get(rating.contract_id)
        self.talk.rounds[rating.contract_id] = replace(round_, ratings=(*round_.ratings, rating))

    def answer(self, rating: Rating) -> None:
        round_ = self.get(rating.contract_id)
        ratings = tuple(rating if each.by_id == rating.by_id else each for each in round_.ratings)
        self.talk.rounds[rating.contract_id] = replace(round_, ratings=ratings)

    def reveal(self, contract_id: UUID, at: datetime) -> None:
        self.talk.rounds[contract_id] = replace(self.get(contract_id), revealed_at=at)

    def claim_over(self, now: datetime) -> UUID | None:
        return next((key for key, each in self.talk.rounds.items() if each.is_due(now)), None)

    def revealed_of(
        self, account_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[tuple[UUID, RatingView]]:
        assert after is None
        found = [
            (each.contract_id, RatingView.model_validate(said, from_attributes=True))
            for each in self.talk.rounds.values()
            if each.revealed_at and (said := each.of(account_id))
        ]
        return sorted(found, key=lambda each: each[0], reverse=True)[:limit]


@dataclass
class FakeBlocks:
    talk: Talk

    def add(self, by: UUID, account_id: UUID, at: datetime) -> bool:
        is_new = (by, account_id) not in self.talk.blocks
        self.talk.blocks.setdefault((by, account_id), at)
        return is_new

    def remove(self, by: UUID, account_id: UUID) -> bool:
        return self.talk.blocks.pop((by, account_id), None) is not None

    def of(self, by: UUID) -> Sequence[BlockView]:
        return [
            BlockView(account_id=whom, blocked_at=at)
            for (who, whom), at in self.talk.blocks.items()
            if who == by
        ]

    def between(self, one: UUID, other: UUID) -> bool:
        return bool({(one, other), (other, one)} & self.talk.blocks.keys())


@dataclass
class FakeReports:
    talk: Talk

    def add(self, report: ReportView) -> None:
        self.talk.reports[report.report_id] = report

    def get(self, report_id: UUID) -> ReportView:
        try:
            return self.talk.reports[report_id]
        except KeyError:
            raise NotFound("report_not_found") from None

    def close(self, report_id: UUID, by: UUID, outcome: str, at: datetime) -> bool:
        assert by
        report = self.talk.reports[report_id]
        if report.closed_at:
            return False
        changed = {"outcome": outcome, "closed_at": at}
        self.talk.reports[report_id] = report.model_copy(update=changed)
        return True

    def newest(
        self, *, made_by: UUID | None, after: UUID | None, limit: int
    ) -> Sequence[ReportView]:
        assert after is None
        found = [
            each
            for each in self.talk.reports.values()
            if (each.closed_at is None if made_by is None else each.made_by == made_by)
        ]
        return sorted(found, key=lambda each: each.report_id, reverse=True)[:limit]
