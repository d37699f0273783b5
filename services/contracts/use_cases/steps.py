"""What every step of a milestone has in common: its state, its clocks and the timeline move."""

from typing import Any
from uuid import UUID, uuid5

from services.contracts.domain.clocks import Deadline, OwnClock, clocks_of, lasting
from services.contracts.domain.hand_over import OPEN
from services.contracts.domain.milestone import OVER, Milestone, Step
from services.contracts.ports import Happened, Work
from services.contracts.use_cases.rating import open_round
from shared.messages.contracts import ContractCompleted

HAPPENED = {
    Step.START_FUNDING: Happened.FUNDING_STARTED,
    Step.ABANDON_FUNDING: Happened.FUNDING_ABANDONED,
    Step.FUND: Happened.FUNDED,
    Step.DELIVER: Happened.DELIVERED,
    Step.REQUEST_CHANGES: Happened.CHANGES_REQUESTED,
    Step.ACCEPT_PART: Happened.PARTLY_ACCEPTED,
    Step.ACCEPT: Happened.ACCEPTED,
    Step.GIVE: Happened.ACCEPTED,
    Step.RELEASE: Happened.RELEASED,
    Step.ASK_TO_END: Happened.ENDING_ASKED,
    Step.END: Happened.ENDED,
    Step.REFUND: Happened.REFUNDED,
    Step.DISPUTE: Happened.DISPUTE_OPENED,
    Step.ANSWER: Happened.DISPUTE_ANSWERED,
    Step.PROPOSE: Happened.SETTLEMENT_PROPOSED,
    Step.RESOLVE: Happened.DISPUTE_RESOLVED,
    Step.RETURN_REST: Happened.REST_RETURNED,
    Step.CHARGE_BACK: Happened.CHARGED_BACK,
    Step.SETTLE: Happened.SETTLED,
    Step.HAND_OVER: Happened.HANDED_OVER,
    Step.REPLACE: Happened.REPLACED,
    Step.LAPSE: Happened.LAPSED,
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
    if before.status in OPEN:
        work.hand_overs.void(before.milestone_id)
    if after.status is before.status:
        return
    now = work.clock.now()
    started = clocks_of(after, now, work.policies.at(now))
    work.deadlines.replace(after.milestone_id, [*started, *_next_that_is_due(after, work)])
    note(after, HAPPENED[step], work, by=by)
    if after.status in OVER and before.status not in OVER:
        complete(after.contract_id, work)


def complete(contract_id: UUID, work: Work) -> None:
    """Tell, once, that nothing is to be done any more in a contract, if it is so."""
    now = work.clock.now()
    if goes_on(contract_id, work) or not work.contracts.complete(contract_id, now):
        return
    contract = work.contracts.get(contract_id)
    work.timeline.add(contract_id, Happened.COMPLETED, now)
    open_round(contract, work)
    completed = ContractCompleted(
        contract_id=contract_id,
        job_id=contract.job_id,
        title=contract.title,
        client_id=contract.client_id,
        assistant_id=contract.assistant_id,
        completed_at=now,
    )
    work.outbox.emit(completed, subject=contract_id)


def goes_on(contract_id: UUID, work: Work) -> bool:
    """Tell whether the contract is a retainer of which another period may come."""
    retainer = work.retainers.get(contract_id)
    if retainer is None or retainer.ends_on is None:
        return retainer is not None
    last = work.retainers.periods(contract_id)[-1]
    return last.due_on < retainer.ends_on and next_is_due(last, work)


def next_is_due(last: Milestone, work: Work) -> bool:
    """Tell whether the period after the last one comes by itself."""
    running = work.deadlines.running(last.milestone_id)
    return any(each.kind is OwnClock.NEXT_PERIOD for each in running)


def stop_answer_clock(milestone: Milestone, work: Work) -> None:
    """Stop the clock that waits for an answer; those that run whatever happens go on."""
    now = work.clock.now()
    left = lasting(milestone, now, work.policies.at(now))
    work.deadlines.replace(milestone.milestone_id, [*left, *_next_that_is_due(milestone, work)])


def _next_that_is_due(milestone: Milestone, work: Work) -> list[Deadline]:
    """Return the next period's clock if it is to go off by now: it does, whatever came first."""
    if milestone.starts_on is None:
        return []
    now = work.clock.now()
    running = work.deadlines.running(milestone.milestone_id)
    return [each for each in running if each.kind is OwnClock.NEXT_PERIOD and each.due_at <= now]


def note(
    milestone: Milestone,
    what: Happened,
    work: Work,
    *,
    by: UUID | None = None,
    once_for: object = None,
) -> bool:
    """Add a line about a milestone to the timeline.

    Args:
        milestone: what it is about.
        what: what happened.
        work: the transaction.
        by: who did it; None for a clock or another service.
        once_for: what it happened to (a payout, a chargeback: each may concern several milestones);
            False is returned, and nothing added, when the line is there already.
    """
    return work.timeline.add(
        milestone.contract_id,
        what,
        work.clock.now(),
        milestone_id=milestone.milestone_id,
        by=by,
        once_for=None if once_for is None else uuid5(milestone.milestone_id, str(once_for)),
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
