"""The published language of notify: what a person was told, and how they want to be told."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.messages.accounts import Locale
from shared.messages.base import Command, View


class Kind(StrEnum):
    """What a person can choose about at once: every event is of one kind."""

    WORK = "work"
    MONEY = "money"
    MESSAGES = "messages"
    REMINDERS = "reminders"
    COMPANIES = "companies"
    PROGRAMS = "programs"
    ACCOUNT = "account"


class Channel(StrEnum):
    """How somebody is told. The inbox always has everything: it is the record."""

    INBOX = "inbox"
    EMAIL = "email"
    LINE = "line"


class Rhythm(StrEnum):
    """How often e-mail is gathered into one."""

    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"


class NotificationView(View):
    """Something that a person was told.

    `body` is the whole letter, `text` what it says without greeting and signature. `link` is a path
    among the pages. `company_id` says for which company the person was told it.
    """

    notification_id: UUID
    what: str
    subject: str
    body: str
    told_at: datetime
    mailed_at: datetime | None = None
    kind: Kind = Kind.WORK
    text: str = ""
    link: str = ""
    company_id: UUID | None = None
    read_at: datetime | None = None


class MarkNotificationsRead(Command):
    """Mark what the person was told as read, up to and with this one (all, when it is left out)."""

    up_to: UUID | None = None


class UnreadView(View):
    """How much the person has not read yet."""

    unread: int


class Choice(Command):
    """Whether to be told of a kind of event on a channel."""

    kind: Kind
    channel: Channel
    on: bool


HourOfDay = Annotated[int, Field(ge=0, le=23)]
MinutesOfDay = Annotated[
    str,
    Field(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="HH:MM in Japan",
        examples=["22:00"],
    ),
]


class QuietHours(Command):
    """From when until when nothing is sent; over midnight when `until` is the earlier of the two.

    What comes meanwhile is in the inbox at once and is sent when they end. Letters about the
    security of the account come at any hour.
    """

    start: MinutesOfDay
    until: MinutesOfDay


class Digest(Command):
    """E-mail of these kinds, gathered into one at this hour in Japan.

    `weekday` is that of a weekly one: 0 is Monday.
    """

    every: Rhythm = Rhythm.OFF
    hour: HourOfDay = 8
    weekday: Annotated[int, Field(ge=0, le=6)] = 0
    kinds: frozenset[Kind] = frozenset()


class SetPreferences(Command):
    """Say how to be told. Choices that are left out stay as they are; the rest is replaced."""

    choices: Annotated[tuple[Choice, ...], Field(max_length=50)] = ()
    quiet_hours: QuietHours | None = None
    digest: Digest = Digest()


class ChoiceView(View):
    """Whether the person is told of a kind on a channel; `locked` ones can't be changed."""

    kind: Kind
    channel: Channel
    on: bool
    locked: bool


class AddressView(View):
    """Where the person is mailed, and whether mail arrives.

    `stopped_at` is since when nothing is mailed because the address refused mail for good;
    `returned` counts mail that came back for a passing reason since mail last arrived there.
    """

    email: str
    stopped_at: datetime | None = None
    reason: Annotated[str, Field(description="What the mail server said, as a status code")] = ""
    returned: int = 0


class LineView(View):
    """LINE: whether this market has it, and since when the person is told there."""

    available: bool
    linked_at: datetime | None = None


class PreferencesView(View):
    """How a person is told. `always` names the events that are mailed whatever is chosen."""

    choices: tuple[ChoiceView, ...]
    always: tuple[str, ...]
    quiet_hours: QuietHours | None
    digest: Digest
    address: AddressView
    line: LineView
    changed_at: datetime | None = None


class LineCodeView(View):
    """A code that the person sends to our account on LINE, by which it is linked. Once only."""

    code: str
    expires_at: datetime


class UnsubscribedView(View):
    """E-mail of these kinds has ended."""

    kinds: tuple[Kind, ...]
    locale: Locale


class BounceView(View):
    """What was made of a report of a mail server. `ignored`: it is about no mail of ours."""

    outcome: Literal["stopped", "counted", "ignored"]


class LetterView(View):
    """A letter that can be looked at before anybody gets it."""

    event: str
    template: str
    kind: Kind
    always_mailed: bool


class PreviewView(View):
    """A letter as somebody gets it on a channel, written with an example.

    `html` is the mail's other part; `text` is what a program without HTML shows, the inbox's text,
    or what is pushed.
    """

    event: str
    template: str
    locale: Locale
    channel: Channel
    subject: str
    text: str
    link: str
    html: str = ""
