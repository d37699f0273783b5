"""What operators see of how the market is run: their own acts, dead letters, queues, approvals."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from shared.messages.base import Command, Line, Text, View
from shared.money import Money


class OperatorActionView(View):
    """What an operator did, or tried to do. Never changed, never deleted.

    `outcome` is `done`; `begun` before something outside is called, followed by another row; the
    code of the refusal; or `looked` when it only showed what isn't the operator's own.
    """

    action_id: UUID
    person_id: UUID | None
    at: datetime
    method: str
    path: Annotated[str, Field(description="The path's template: the ids in it are in `objects`")]
    objects: Mapping[str, str]
    outcome: str
    reason: str
    request_id: str


class DeadLetterSummary(View):
    """A message that a service could not handle."""

    letter_id: str
    queue: str
    event_type: str
    subject: str
    error: str
    attempts: int
    told_at: datetime | None = None


class DeadLetterList(View):
    """The oldest dead letters of a service. `count` is how many there are in all."""

    count: int
    letters: tuple[DeadLetterSummary, ...]


class DeadLetterView(DeadLetterSummary):
    """All that is known of a dead letter; what is secret in it is left out."""

    headers: Mapping[str, str]
    content: Annotated[Any, Field(description="The event, as JSON; text where it isn't any")]


class ReplayDeadLetters(Command):
    """Replay all dead letters of one queue, or of all queues."""

    queue: Line | None = None


class ToldView(View):
    """An event that would be told; what is secret in it is left out."""

    event_type: str
    subject: str
    content: Any


class PostingView(View):
    """One side of an entry that would be posted; amounts in minor units, one of them zero."""

    fact: str
    reference: UUID
    account: str
    owner: UUID | None
    debit: int
    credit: int
    currency: str


class TrialView(View):
    """What the replay of a dead letter would do now: it was handled, and undone.

    `would_fail` with `error`; `handled_before` does nothing; `not_heard` has no handler.
    """

    letter_id: str
    queue: str
    outcome: Literal["done", "handled_before", "would_fail", "not_heard"]
    error: str
    told: tuple[ToldView, ...]
    postings: tuple[PostingView, ...]


class DeadLettersMoved(View):
    """How many dead letters were replayed, or discarded."""

    count: int
    letter_ids: tuple[str, ...]


class QueueView(View):
    """A queue at the broker. `kind` is what is in it: events to handle, to be tried again, dead."""

    name: str
    kind: Literal["handles", "waits", "dead"]
    messages: int
    consumers: int
    there: Annotated[bool, Field(description="False: the broker has no such queue")] = True


class QueuesView(View):
    """What a service still has to tell, and what it still has to hear.

    `outbox_age_seconds` is the age of the oldest event that is not published yet. `broker` is
    false, and `queues` empty, while the broker can't be asked.
    """

    service: str
    outbox: int
    outbox_age_seconds: float
    broker: bool
    queues: tuple[QueueView, ...]


class ArchivedEvent(View):
    """An event that was published."""

    position: int
    message_id: UUID
    published_at: datetime


class ArchivedPage(View):
    """Some events that were published, in their order; `next` is null on the last page."""

    items: tuple[ArchivedEvent, ...]
    next: int | None


class UnhandledView(View):
    """Messages that are not in the inbox: they wait, are dead letters, or were lost."""

    message_ids: tuple[UUID, ...]


class GaugeView(View):
    """A gauge as the metrics have it: its name without `tasuki_`, its labels, what it shows."""

    name: str
    labels: Mapping[str, str]
    value: float


class StandingView(View):
    """How a service stands. A gauge that can't be read now is not there.

    `broker` is false while the broker can't be asked. `revision` is that of the database.
    """

    service: str
    version: str
    revision: str
    broker: bool
    drained_since: datetime | None
    drained_why: str | None
    gauges: tuple[GaugeView, ...]


class DrainService(Command):
    """Let a service's events processes stand still, and say why."""

    reason: Text


class DrainView(View):
    """Whether a service is drained; since when, and why."""

    service: str
    drained: bool
    since: datetime | None = None
    reason: str | None = None


class DiscardDeadLetter(Command):
    """Delete a dead letter for good, and say why."""

    reason: Text | None = None


class SelectArchived(Command):
    """Choose archived events: all of them, unless it says so.

    `consumer` is a queue, or a service: then all of its queues that hear the service's events; null
    is everybody. `since` and `until` are times of publishing, the end not included. `types` are
    types of events with their version, as in `payments.milestone_funded.v1`.
    """

    consumer: Line | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    types: tuple[Line, ...] = ()

    @model_validator(mode="after")
    def _since_is_before_until(self) -> Self:
        if self.since and self.until and self.since >= self.until:
            raise ValueError("since must be before until")
        return self


class RequestReplay(SelectArchived):
    """Tell archived events once more; `rate` is how many in a second at the most."""

    rate: Annotated[float, Field(ge=0.1, le=5_000)] = 200


class ArchivedEvents(View):
    """How many events of the archive are chosen."""

    events: int


class ReplayView(View):
    """Archived events that are told once more.

    `total` is how many were chosen when it was asked for, `published` how many are told so far, and
    `unheard` how many of those nobody has a queue for. A replay that is `failed` says why.
    """

    replay_id: UUID
    consumer: str | None
    since: datetime | None
    until: datetime
    types: tuple[str, ...]
    rate: float
    status: Literal["running", "done", "stopped", "failed"]
    total: int
    published: int
    unheard: int
    error: str
    asked_by: UUID
    asked_at: datetime
    ended_at: datetime | None


class ReplayList(View):
    """The replays that were asked for last, the newest first."""

    replays: tuple[ReplayView, ...]


class ApprovalView(View):
    """A money action of an operator that waits for a second one, or what became of it."""

    approval_id: UUID
    kind: str
    subject: UUID
    order: Annotated[Mapping[str, Any], Field(description="What was asked for")]
    amount: Money
    reason: str
    status: Literal["waiting", "carried_out", "refused"]
    asked_by: UUID
    asked_at: datetime
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    note: str | None = None


class RefuseApproval(Command):
    """Say why a money action is not carried out."""

    reason: Text
