"""What jobs hears, and its clock; decides nothing."""

from services.jobs.ports import Work
from services.jobs.use_cases import hearing, searching
from shared import account_data, protection
from shared.messages.accounts import PersonChanged, PersonRegistered
from shared.messages.contracts import ContractAgreed, ContractCompleted, MilestoneAccepted
from shared.messages.deletion import DeletionAsked, PersonDeleted, PostsLookedThrough
from shared.messages.payments import PayeeActivated, PayeeRestricted
from shared.messages.program_path import ProtectionChanged
from shared.messages.talk import PersonBlocked, PersonUnblocked, RatingsRevealed
from shared.messaging.on import Transactions, every, on


class Events:
    """The events process of jobs."""

    name = "jobs"
    transactions = Transactions()

    @on(PersonRegistered)
    def remember_person(self, registered: PersonRegistered, work: Work) -> None:
        """Keep the name."""
        hearing.remember_person(registered, work)

    @on(PersonChanged)
    def rename_person(self, changed: PersonChanged, work: Work) -> None:
        """Keep the new name."""
        account_data.follow_person(changed, work)

    @on(DeletionAsked)
    def look_through(self, asked: DeletionAsked, work: Work) -> None:
        """Say what is open of whoever wants to leave."""
        account_data.answer(asked, PostsLookedThrough, work)

    @on(PersonDeleted)
    def forget(self, deleted: PersonDeleted, work: Work) -> None:
        """Take out what need not be kept of whoever has left."""
        account_data.forget(deleted, work)

    @on(ContractAgreed)
    def note_agreed(self, agreed: ContractAgreed, work: Work) -> None:
        """Take hours of the assistant's week."""
        hearing.note_agreed(agreed, work)

    @on(ContractCompleted)
    def note_completed(self, completed: ContractCompleted, work: Work) -> None:
        """Give the hours back."""
        hearing.note_completed(completed, work)

    @on(MilestoneAccepted)
    def note_accepted(self, accepted: MilestoneAccepted, work: Work) -> None:
        """Count it for the assistant's statistics."""
        hearing.note_accepted(accepted, work)

    @on(RatingsRevealed)
    def note_ratings(self, revealed: RatingsRevealed, work: Work) -> None:
        """Count it for the assistant's statistics."""
        hearing.note_ratings(revealed, work)

    @on(PayeeActivated)
    def note_verified(self, activated: PayeeActivated, work: Work) -> None:
        """Keep that the person was identified."""
        hearing.note_payee(activated, work)

    @on(PayeeRestricted)
    def note_unverified(self, restricted: PayeeRestricted, work: Work) -> None:
        """Keep that the processor wants to know more."""
        hearing.note_payee(restricted, work)

    @on(PersonBlocked)
    def note_block(self, blocked: PersonBlocked, work: Work) -> None:
        """Keep the block."""
        hearing.note_block(blocked, work)

    @on(PersonUnblocked)
    def note_unblock(self, unblocked: PersonUnblocked, work: Work) -> None:
        """Take the block back."""
        hearing.note_unblock(unblocked, work)

    @on(ProtectionChanged)
    def note_protection(self, changed: ProtectionChanged, work: Work) -> None:
        """Keep whether only jobs with the beginner promise are for the person."""
        protection.follow(changed, work.protected_people)

    @every(seconds=2)
    def run_searches(self) -> None:
        """Look for what saved searches are to tell of."""
        searching.run_due_searches(self.transactions)
