"""What the other services tell of people: jobs keeps its own copy."""

from datetime import UTC, datetime
from typing import Final

from services.jobs.ports import Work
from services.jobs.ports.profiles import Commitment
from shared.messages.accounts import PersonRegistered, Role
from shared.messages.contracts import ContractAgreed, ContractCompleted, MilestoneAccepted
from shared.messages.payments import PayeeActivated, PayeeRestricted
from shared.messages.talk import PersonBlocked, PersonUnblocked, RatingsRevealed

# Of a message that doesn't say when: it is older than any that does.
_BEFORE_ALL: Final = datetime.min.replace(tzinfo=UTC)


def remember_person(registered: PersonRegistered, work: Work) -> None:
    """Keep the name, and whether this is an assistant."""
    work.people.remember(
        registered.person_id,
        registered.display_name,
        assistant=Role.ASSISTANT in registered.roles,
    )


def note_agreed(agreed: ContractAgreed, work: Work) -> None:
    """Take the hours of the contract, in place of its proposal's.

    A substitute has consented to the terms, so that nothing is refused: the hours only count.
    """
    taken = Commitment(agreed.job_id, agreed.assistant_id, agreed.weekly_hours, agreed.agreed_at)
    work.commitments.agree(agreed.contract_id, agreed.proposal_id, taken)


def note_completed(completed: ContractCompleted, work: Work) -> None:
    """Give the hours back; a contract that is told of later takes none."""
    work.commitments.end(
        completed.contract_id, completed.job_id, completed.assistant_id, completed.completed_at
    )


def note_accepted(accepted: MilestoneAccepted, work: Work) -> None:
    """Count the milestone, and whether it was on time."""
    work.facts.note_accepted(accepted.milestone_id, accepted.assistant_id, late=accepted.late)


def note_ratings(revealed: RatingsRevealed, work: Work) -> None:
    """Count what the client said of the assistant."""
    if revealed.by_client is not None:
        work.facts.note_rating(revealed.contract_id, revealed.assistant_id, revealed.by_client)


def note_payee(told: PayeeActivated | PayeeRestricted, work: Work) -> None:
    """Keep whether the processor has identified the person: what payments said last."""
    verified = isinstance(told, PayeeActivated)
    work.facts.note_verified(told.person_id, told.changed_at or _BEFORE_ALL, verified=verified)


def note_block(blocked: PersonBlocked, work: Work) -> None:
    """Keep that nothing new is to begin between two accounts."""
    work.blocks.note(blocked.blocked_by, blocked.account_id, blocked.blocked_at, blocked=True)


def note_unblock(unblocked: PersonUnblocked, work: Work) -> None:
    """Keep that a block was taken back."""
    work.blocks.note(
        unblocked.blocked_by, unblocked.account_id, unblocked.unblocked_at, blocked=False
    )
