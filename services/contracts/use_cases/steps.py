"""What every step of a milestone has in common: its state, its clocks and the timeline move."""

from typing import Any
from uuid import UUID

from services.contracts.domain.clocks import clocks_of
from services.contracts.domain.milestone import Milestone, Step
from services.contracts.ports import Happened, Work

HAPPENED = {
    Step.START_FUNDING: Happened.FUNDING_STARTED,
    Step.ABANDON_FUNDING: Happened.FUNDING_ABANDONED,
    Step.FUND: Happened.FUNDED,
    Step.DELIVER: Happened.DELIVERED,
    Step.REQUEST_CHANGES: Happened.CHANGES_REQUESTED,
    Step.ACCEPT: Happened.ACCEPTED,
    Step.RELEASE: Happened.RELEASED,
    Step.ASK_TO_END: Happened.ENDING_ASKED,
    Step.END: Happened.ENDED,
    Step.REFUND: Happened.REFUNDED,
}


def keep(
    before: Milestone, after: Milestone, step: Step, work: Work, *, by: UUID | None = None
) -> None:
    """Keep a milestone after a step: stop the clocks of its old status, start those of the new.

    Args:
        before: the milestone as it was locked.
        after: the same after the step; a step that lies behind changed nothing.
        step: what happened.
        work: the transaction.
        by: who did it; None for a clock or another service.
    """
    if after == before:
        return
    work.milestones.save(after)
    if after.status is before.status:
        return
    now = work.clock.now()
    work.deadlines.replace(after.milestone_id, clocks_of(after, now, work.policies.at(now)))
    work.timeline.add(
        after.contract_id, HAPPENED[step], now, milestone_id=after.milestone_id, by=by
    )


def facts_of(milestone: Milestone) -> dict[str, Any]:
    """Return what every event of a milestone says."""
    return {
        "contract_id": milestone.contract_id,
        "milestone_id": milestone.milestone_id,
        "title": milestone.title,
        "client_id": milestone.client_id,
        "assistant_id": milestone.assistant_id,
    }
