"""The published language of contracts, on retainers: work that goes on, period after period.

A period is a milestone that is funded ahead. The assistant logs hours against it until the cutoff;
then they are under review, and what was worked is released, what was not goes back.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.messages.base import Command, Event, Storable, View
from shared.messages.contracts import MilestoneFact, MilestoneStatus
from shared.messages.jobs import Period
from shared.money import Money


class LogHours(Command):
    """Log time that was worked on a day of a period, for the client to see."""

    day: date
    minutes: Annotated[int, Field(ge=1, le=1440)]
    note: Annotated[str, Field(max_length=500), Storable] = ""


class HoursEntryView(View):
    """Time that was worked on a day."""

    entry_id: UUID
    day: date
    minutes: int
    note: str
    logged_at: datetime


class HoursView(View):
    """The hours of a period, in order of their days."""

    milestone_id: UUID
    starts_on: date
    ends_on: date
    status: MilestoneStatus
    hours_limit: int
    entries: tuple[HoursEntryView, ...]
    minutes: Annotated[int, Field(description="All entries together")]
    worth: Annotated[Money, Field(description="Of these minutes, without tax, down to the yen")]


class PeriodView(View):
    """A period of a retainer."""

    milestone_id: UUID
    starts_on: date
    ends_on: date
    status: MilestoneStatus
    minutes: int


class RetainerView(View):
    """A retainer with its periods, newest first."""

    contract_id: UUID
    period: Period
    hourly_price: Money
    hours_limit: int
    starts_on: date
    ends_on: Annotated[date | None, Field(description="null while nobody gave notice")]
    ended_by: UUID | None
    waits_for_resumption: Annotated[
        bool, Field(description="No period goes on or is to come: the client may resume")
    ]
    periods: tuple[PeriodView, ...]


class MilestoneSettled(MilestoneFact, service="contracts"):
    """A period is over: its escrow is to be divided. The parts add up to what is left of the price.

    Like DisputeResolved, without a dispute: `to_assistant` was worked, `to_client` was not.
    """

    settlement_id: UUID
    to_assistant: Money
    to_client: Money
    settled_at: datetime


class PeriodReady(MilestoneFact, service="contracts"):
    """The next period of a retainer can be paid for: without that, the work stops as it begins."""

    price: Money
    starts_on: date
    ends_on: date


class RetainerStopped(Event, service="contracts"):
    """The next period began without being funded: the work stops, and both are told."""

    contract_id: UUID
    title: str
    client_id: UUID
    assistant_id: UUID
    milestone_id: UUID
    period_starts_on: date


class RetainerEnding(Event, service="contracts"):
    """A party has given notice: no period begins after `ends_on`."""

    contract_id: UUID
    title: str
    client_id: UUID
    assistant_id: UUID
    given_by: UUID
    ends_on: date
