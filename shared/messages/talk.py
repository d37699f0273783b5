"""The published language of contracts, on what people say to each other and of each other."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.messages.base import Command, Event, Text, View
from shared.messages.files import FileView

Stars = Annotated[int, Field(ge=1, le=5)]


class SendMessage(Command):
    """Write to the other party: a text, and files that were uploaded to the contract before."""

    text: Text
    file_ids: Annotated[tuple[UUID, ...], Field(max_length=20)] = ()


class MarkRead(Command):
    """Say that all messages of the other party were read, up to this one."""

    up_to: UUID


class GiveRating(Command):
    """Rate the other party, once. Nobody sees it before both have, or the time for it is over."""

    stars: Stars
    comment: Text


class ReplyToRating(Command):
    """Answer what the other party said of oneself, once, after it was revealed."""

    text: Text


class ReportKind(StrEnum):
    """What a report is about."""

    ACCOUNT = "account"
    CONTRACT = "contract"
    MESSAGE = "message"
    JOB = "job"


class MakeReport(Command):
    """Tell the operators of something that isn't right. Only they read it."""

    kind: ReportKind
    subject_id: UUID
    text: Text


class CloseReport(Command):
    """Say what was done about a report; whoever made it can read this."""

    outcome: Text


class MessageView(View):
    """A message. `from_id` is the party, `by` the person who wrote it."""

    message_id: UUID
    from_id: UUID
    by: UUID
    text: str
    files: tuple[FileView, ...]
    sent_at: datetime
    read_at: Annotated[datetime | None, Field(description="When the other party read it")] = None


class UnreadView(View):
    """How many messages of a contract are waiting to be read."""

    contract_id: UUID
    title: str
    unread: int


class UnreadList(View):
    """The contracts in which messages are waiting."""

    items: tuple[UnreadView, ...]


class RatingView(View):
    """What one party says of the other, and the answer to it."""

    of_id: Annotated[UUID, Field(description="Who is rated")]
    stars: Stars
    comment: str
    given_at: datetime
    reply: str | None = None
    replied_at: datetime | None = None


class RatingsView(View):
    """The ratings of a contract, as one party sees them."""

    open_until: Annotated[datetime | None, Field(description="null before the work is over")]
    revealed_at: datetime | None
    own: RatingView | None
    others: Annotated[RatingView | None, Field(description="null until it is revealed")]


class BlockView(View):
    """An account with which nothing new is to begin."""

    account_id: UUID
    blocked_at: datetime


class BlockList(View):
    """Everybody whom one has blocked."""

    items: tuple[BlockView, ...]


class ReportView(View):
    """A report, as the operators and whoever made it see it. Open while `closed_at` is null."""

    report_id: UUID
    kind: ReportKind
    subject_id: UUID
    text: str
    made_by: UUID
    made_at: datetime
    outcome: str | None = None
    closed_at: datetime | None = None


class MessageSent(Event, service="contracts"):
    """A party has written to the other, who has nothing else unread from it.

    What was written stays between the two.
    """

    contract_id: UUID
    message_id: UUID
    title: str
    from_id: UUID
    to_id: UUID


class RatingsRevealed(Event, service="contracts"):
    """Both have rated, or the time for it is over: now each may read what the other said."""

    contract_id: UUID
    title: str
    client_id: UUID
    assistant_id: UUID
    by_client: Stars | None
    by_assistant: Stars | None
    revealed_at: datetime


class PersonBlocked(Event, service="contracts"):
    """Somebody wants nothing new to begin with this account. It is never told so."""

    blocked_by: UUID
    account_id: UUID
    blocked_at: datetime


class PersonUnblocked(Event, service="contracts"):
    """Somebody has taken a block back."""

    blocked_by: UUID
    account_id: UUID
    unblocked_at: datetime
