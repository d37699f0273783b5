"""A bonus: a milestone that is added later, for which nothing is delivered."""

from uuid import UUID

from services.contracts.domain.milestone import Milestone, Step
from services.contracts.ports import Happened, Work
from services.contracts.use_cases.agreeing import agreed_milestone
from services.contracts.use_cases.steps import facts_of, keep, note
from shared.calendar import day_in_japan
from shared.ids import new_id
from shared.messages.contracts import (
    GiveBonus,
    MilestoneAccepted,
    MilestoneAdded,
    MilestoneKind,
    MilestoneView,
)
from shared.people import Person, Right


def give_bonus(contract_id: UUID, command: GiveBonus, by: Person, work: Work) -> MilestoneView:
    """Add a bonus (the client). It is paid for as any milestone, and then the assistant's."""
    contract = work.contracts.get(contract_id)
    contract.only_for(contract.client_id, by, Right.FUND)
    now = work.clock.now()
    bonus = Milestone(
        milestone_id=new_id(),
        contract_id=contract_id,
        client_id=contract.client_id,
        assistant_id=contract.assistant_id,
        title=command.title,
        description=command.note,
        price=command.price.as_money(),
        due_on=day_in_japan(now),
        review_days=contract.review_days,
        kind=MilestoneKind.BONUS,
    )
    work.milestones.add(bonus)
    note(bonus, Happened.BONUS_ADDED, work, by=by.person_id)
    added = MilestoneAdded(contract_id=contract_id, milestone=agreed_milestone(bonus), added_at=now)
    work.outbox.emit(added, subject=bonus.milestone_id)
    return work.views.milestone(bonus.milestone_id)


def accept_bonus(before: Milestone, work: Work) -> None:
    """Accept a bonus that was funded: by paying for it the client has said all there is to say."""
    after = before.moved(Step.GIVE)
    keep(before, after, Step.GIVE, work)
    accepted = MilestoneAccepted(**facts_of(after), by="client", accepted_at=work.clock.now())
    work.outbox.emit(accepted, subject=after.milestone_id)
