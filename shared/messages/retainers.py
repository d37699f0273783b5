"""The published language of contracts, on retainers: work that goes on, period after period.

A period is a milestone that is funded ahead. The assistant logs hours against it until the cutoff;
then they are under review, and what was worked is released, what was not goes back.
"""

from datetime import date, datetime
from uuid import UUID

from shared.messages.base import Event
from shared.messages.contracts import MilestoneFact
from shared.money import Money


class MilestoneSettled(MilestoneFact, service="contracts"):
    """A period is over: its escrow is to be divided. The parts add up to what is left of the price.

    Like DisputeResolved, without a dispute: `to_assistant` was worked, `to_client` was not.
    """

    settlement_id: UUID
    to_assistant: Money
    to_client: Money
    settled_at: datetime


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
