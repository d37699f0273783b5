"""Dates that an assistant moves, within what the terms allow."""

from dataclasses import replace
from uuid import UUID

from services.contracts.domain.care import awaits_assistant, check_left, moved, put_off
from services.contracts.domain.clocks import clocks_of
from services.contracts.domain.milestone import Milestone
from services.contracts.ports import Happened, Work
from shared.calendar import day_in_japan
from shared.errors import Rejected
from shared.messages.care import DatesLeftView, DatesMoved, MovedAnswer, MoveDates, MovedDate
from shared.messages.contracts import MilestoneStatus
from shared.people import Person

# Where a delivery is awaited, its clock begins anew.
_DELIVERING = {MilestoneStatus.FUNDED, MilestoneStatus.CHANGES_REQUESTED}


def move_dates(contract_id: UUID, command: MoveDates, by: Person, work: Work) -> DatesLeftView:
    """Move all that waits for the assistant by so many days (the assistant).

    That is the due dates of all that isn't accepted or over, and answers that the client waits
    for. Raises Rejected (`date_days_used_up`, `hold_exceeded`, `nothing_to_move`).
    """
    contract = work.contracts.get(contract_id)
    contract.only_for(contract.assistant_id, by)
    milestones = work.milestones.lock_all(contract_id)
    check_left(contract, work.date_moves.used_days(contract_id), command.days)
    dates = [date for each in milestones if (date := _move_due_date(each, command.days, work))]
    answers = [answer for each in milestones if (answer := _put_off(each, command.days, work))]
    if not dates and not answers:
        raise Rejected("nothing_to_move", "Nothing in this contract waits for you.")
    now = work.clock.now()
    work.date_moves.add(contract_id, command.days, now)
    work.timeline.add(contract_id, Happened.DATES_MOVED, now, by=by.person_id)
    told = DatesMoved(
        contract_id=contract_id,
        title=contract.title,
        client_id=contract.client_id,
        assistant_id=contract.assistant_id,
        milestones=tuple(dates),
        answers=tuple(answers),
        moved_at=now,
    )
    work.outbox.emit(told, subject=contract_id)
    return get_left(contract_id, by, work)


def get_left(contract_id: UUID, by: Person, work: Work) -> DatesLeftView:
    """Return by how many days dates may still be moved (the assistant)."""
    contract = work.contracts.get(contract_id)
    contract.only_for(contract.assistant_id, by)
    left = contract.care_days - work.date_moves.used_days(contract_id)
    return DatesLeftView(agreed_days=contract.care_days, left_days=max(0, left))


def _move_due_date(before: Milestone, days: int, work: Work) -> MovedDate | None:
    now = work.clock.now()
    policy = work.policies.at(now)
    after = moved(before, days, day_in_japan(now), policy)
    if after is None:
        return None
    work.milestones.amend(after)
    if after.status in _DELIVERING:
        work.deadlines.replace(after.milestone_id, clocks_of(after, now, policy))
    return MovedDate(milestone_id=after.milestone_id, title=after.title, due_on=after.due_on)


def _put_off(milestone: Milestone, days: int, work: Work) -> MovedAnswer | None:
    is_disputed = milestone.status is MilestoneStatus.DISPUTED
    dispute = work.disputes.of_milestone(milestone.milestone_id) if is_disputed else None
    if not awaits_assistant(milestone, dispute):
        return None
    running = work.deadlines.running(milestone.milestone_id)
    clocks = put_off(milestone, running, days, work.policies.at(work.clock.now()))
    work.deadlines.replace(milestone.milestone_id, clocks)
    answer_until = clocks[0].due_at
    if dispute:
        work.disputes.save(replace(dispute, answer_until=answer_until))
    return MovedAnswer(
        milestone_id=milestone.milestone_id, title=milestone.title, answer_until=answer_until
    )
