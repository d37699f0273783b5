"""The published language on leaving for good: what accounts asks the others, and what they say."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from shared.messages.accounts import Password
from shared.messages.base import Command, Event, View


class DeletionStatus(StrEnum):
    """Where a deletion stands.

    `checking`: the others are asked whether anything is open. `blocked`: something is; nothing
    happens. `scheduled`: nothing is; it is carried out, after another look, when it is due.
    """

    CHECKING = "checking"
    BLOCKED = "blocked"
    SCHEDULED = "scheduled"
    WITHDRAWN = "withdrawn"
    CARRIED_OUT = "carried_out"


class AskDeletion(Command):
    """Ask for one's account to be deleted. It can be taken back until it is carried out."""

    password: Password | None = None


class DeletionView(View):
    """A deletion that was asked for, and what stands in its way."""

    status: DeletionStatus
    asked_at: datetime
    due_at: datetime
    reasons: Annotated[
        tuple[str, ...],
        Field(
            description="Codes: open_jobs, open_proposals, open_contracts, open_disputes, "
            "money_held, money_owed, payout_on_its_way"
        ),
    ]


class ExportView(View):
    """All that a service keeps of the person who asks, by what it is. Its shape is not promised."""

    service: str
    person_id: UUID
    made_at: datetime
    data: dict[str, list[dict[str, Any]]]


class DeletionAsked(Event, service="accounts"):
    """Somebody wants to leave for good: say whether anything of theirs is open with you.

    `companies` are those that nobody else is in: they would go with them. Asked anew, with a
    higher `round`, before it is carried out.
    """

    person_id: UUID
    round: Annotated[int, Field(ge=1)]
    companies: tuple[UUID, ...] = ()


class PostsLookedThrough(Event, service="jobs"):
    """What jobs has open of somebody who wants to leave; nothing: they may."""

    person_id: UUID
    round: Annotated[int, Field(ge=1)]
    reasons: tuple[str, ...]


class WorkLookedThrough(Event, service="contracts"):
    """What contracts has open of somebody who wants to leave; nothing: they may."""

    person_id: UUID
    round: Annotated[int, Field(ge=1)]
    reasons: tuple[str, ...]


class MoneyLookedThrough(Event, service="payments"):
    """What payments has open of somebody who wants to leave; nothing: they may."""

    person_id: UUID
    round: Annotated[int, Field(ge=1)]
    reasons: tuple[str, ...]


class PersonDeleted(Event, service="accounts"):
    """Somebody has left for good: take out their name and address where you may.

    So has each of `companies`, which nobody else was in. Books, and terms that were agreed, stay
    as they are.
    """

    person_id: UUID
    companies: tuple[UUID, ...] = ()
