"""What contracts and payments tell of work: kept of everybody, in whatever order it comes."""

from datetime import datetime

from services.programs.domain.known_work import KnownContract, KnownMilestone, KnownRelease
from services.programs.domain.path import Done
from services.programs.ports import Work
from services.programs.use_cases import stepping
from shared.errors import Transient
from shared.messages.contracts import (
    AgreedMilestone,
    ContractAgreed,
    ContractCompleted,
    MilestoneAccepted,
    MilestoneAdded,
    MilestoneDelivered,
    MilestoneFact,
)
from shared.messages.handovers import MilestoneHandedOver
from shared.messages.payments import EscrowReleased
from shared.messages.program_people import Step
from shared.messages.retainers import MilestoneSettled


def note_agreed(agreed: ContractAgreed, work: Work) -> None:
    """Keep a contract with its milestones."""
    contract = KnownContract(
        contract_id=agreed.contract_id,
        assistant_id=agreed.assistant_id,
        client_id=agreed.client_id,
        title=agreed.title,
        category=agreed.category,
        weekly_hours=agreed.weekly_hours,
        agreed_at=agreed.agreed_at,
    )
    work.known_work.merge_contract(contract)
    for milestone in agreed.milestones:
        work.known_work.merge_milestone(_agreed(contract, milestone))


def note_added(added: MilestoneAdded, work: Work) -> None:
    """Keep a milestone that was added to a contract later.

    Raises Transient (`contract_not_there_yet`) until the contract was told of: it says whose it is.
    """
    contract = work.known_work.contract(added.contract_id)
    if contract is None:
        raise Transient("contract_not_there_yet", "The contract has not been told of yet.")
    work.known_work.merge_milestone(_agreed(contract, added.milestone))


def note_handed_over(handed: MilestoneHandedOver, work: Work) -> None:
    """Keep the substitute's milestone: its contract is told of without it."""
    milestone = KnownMilestone(
        milestone_id=handed.to_milestone.milestone_id,
        contract_id=handed.to_contract_id,
        assistant_id=handed.substitute_id,
        client_id=handed.client_id,
        title=handed.to_milestone.title,
        price=handed.to_milestone.price.amount,
    )
    work.known_work.merge_milestone(milestone)


def note_delivered(delivered: MilestoneDelivered, work: Work) -> None:
    """Keep when work was delivered, by the last word."""
    work.known_work.merge_milestone(_known(delivered, delivered_at=delivered.delivered_at))


def note_accepted(accepted: MilestoneAccepted, work: Work) -> None:
    """Keep that work was accepted; whoever is at the first protected job is free from then on.

    What was accepted before they came to that step is none of it, even if it is heard of later.
    """
    _note_done(accepted, accepted.accepted_at, work)


def note_hours_settled(settled: MilestoneSettled, work: Work) -> None:
    """Keep that hours of a retainer's period were accepted, as they are paid; that frees, too."""
    if settled.to_assistant:
        _note_done(settled, settled.settled_at, work)


def note_completed(completed: ContractCompleted, work: Work) -> None:
    """Keep when nothing was to be done any more in a contract."""
    contract = KnownContract(
        contract_id=completed.contract_id,
        assistant_id=completed.assistant_id,
        client_id=completed.client_id,
        title=completed.title,
        completed_at=completed.completed_at,
    )
    work.known_work.merge_contract(contract)


def note_released(released: EscrowReleased, work: Work) -> None:
    """Keep what has become the assistant's."""
    release = KnownRelease(
        release_id=released.release_id or released.milestone_id,
        milestone_id=released.milestone_id,
        contract_id=released.contract_id,
        assistant_id=released.assistant_id,
        gross=released.gross.amount,
        net=released.net.amount,
        released_at=work.clock.now(),
    )
    work.known_work.add_release(release)


def _note_done(done: MilestoneFact, at: datetime, work: Work) -> None:
    work.known_work.merge_milestone(_known(done, accepted_at=at))
    participant = work.participants.lock_current(done.assistant_id)
    if participant is None or participant.step is not Step.PROTECTED_JOB:
        return
    reached = {each.step: each.reached_at for each in work.path.steps(participant.participant_id)}
    if at >= reached[Step.PROTECTED_JOB]:
        stepping.go_on(participant, Done.HAVE_WORK_ACCEPTED, work)


def _agreed(contract: KnownContract, milestone: AgreedMilestone) -> KnownMilestone:
    return KnownMilestone(
        milestone_id=milestone.milestone_id,
        contract_id=contract.contract_id,
        assistant_id=contract.assistant_id,
        client_id=contract.client_id,
        title=milestone.title,
        price=milestone.price.amount,
    )


def _known(
    fact: MilestoneFact,
    *,
    delivered_at: datetime | None = None,
    accepted_at: datetime | None = None,
) -> KnownMilestone:
    return KnownMilestone(
        milestone_id=fact.milestone_id,
        contract_id=fact.contract_id,
        assistant_id=fact.assistant_id,
        client_id=fact.client_id,
        title=fact.title,
        delivered_at=delivered_at,
        accepted_at=accepted_at,
    )
