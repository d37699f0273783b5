"""What the other services tell of people: jobs keeps its own copy."""

from services.jobs.ports import Work
from shared.errors import Transient
from shared.messages.accounts import PersonRegistered, Role
from shared.messages.contracts import ContractAgreed, ContractCompleted, MilestoneAccepted
from shared.messages.payments import PayeeActivated, PayeeRestricted
from shared.messages.talk import PersonBlocked, PersonUnblocked, RatingsRevealed


def remember_person(registered: PersonRegistered, work: Work) -> None:
    """Keep the name, and whether this is an assistant."""
    work.people.remember(
        registered.person_id,
        registered.display_name,
        assistant=Role.ASSISTANT in registered.roles,
    )


def note_agreed(agreed: ContractAgreed, work: Work) -> None:
    """Take the hours of the contract, if the acceptance hasn't: of a substitute, say."""
    work.commitments.begin(
        agreed.job_id, agreed.assistant_id, agreed.weekly_hours, agreed.agreed_at
    )


def note_completed(completed: ContractCompleted, work: Work) -> None:
    """Give the hours back; raise Transient while the contract hasn't been told of."""
    if not work.commitments.end(completed.job_id, completed.assistant_id, completed.completed_at):
        raise Transient("contract_not_known_yet", "The contract has not been told of yet.")


def note_accepted(accepted: MilestoneAccepted, work: Work) -> None:
    """Count the milestone, and whether it was on time."""
    work.facts.note_accepted(accepted.milestone_id, accepted.assistant_id, late=accepted.late)


def note_ratings(revealed: RatingsRevealed, work: Work) -> None:
    """Count what the client said of the assistant."""
    if revealed.by_client is not None:
        work.facts.note_rating(revealed.contract_id, revealed.assistant_id, revealed.by_client)


def note_payee(told: PayeeActivated | PayeeRestricted, work: Work) -> None:
    """Keep whether the processor has identified the person."""
    verified = isinstance(told, PayeeActivated)
    work.facts.note_verified(told.person_id, verified=verified)


def note_block(blocked: PersonBlocked, work: Work) -> None:
    """Keep that nothing new is to begin between two accounts."""
    work.blocks.note(blocked.blocked_by, blocked.account_id, blocked.blocked_at, blocked=True)


def note_unblock(unblocked: PersonUnblocked, work: Work) -> None:
    """Keep that a block was taken back."""
    work.blocks.note(
        unblocked.blocked_by, unblocked.account_id, unblocked.unblocked_at, blocked=False
    )
