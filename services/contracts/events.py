"""What contracts hears, and its clocks; decides nothing."""

from services.contracts.ports import Work
from services.contracts.use_cases import agreeing, clocks, money
from shared.messages.accounts import PersonRegistered
from shared.messages.jobs import ProposalAccepted
from shared.messages.payments import (
    EscrowReleased,
    FundingAbandoned,
    FundingStarted,
    MilestoneFunded,
    MilestoneRefunded,
    PayoutPaid,
)
from shared.messaging.on import Transactions, every, on


class Events:
    """The events process of contracts."""

    name = "contracts"
    transactions = Transactions()

    @on(PersonRegistered)
    def remember_person(self, registered: PersonRegistered, work: Work) -> None:
        """Keep the name."""
        agreeing.remember_person(registered, work)

    @on(ProposalAccepted)
    def agree(self, accepted: ProposalAccepted, work: Work) -> None:
        """Make the contract."""
        agreeing.agree(accepted, work)

    @on(FundingStarted)
    def note_funding_started(self, started: FundingStarted, work: Work) -> None:
        """Agreed → funding."""
        money.note_funding_started(started, work)

    @on(FundingAbandoned)
    def note_funding_abandoned(self, abandoned: FundingAbandoned, work: Work) -> None:
        """Funding → agreed."""
        money.note_funding_abandoned(abandoned, work)

    @on(MilestoneFunded)
    def note_funded(self, funded: MilestoneFunded, work: Work) -> None:
        """agreed, funding → funded."""
        money.note_funded(funded, work)

    @on(EscrowReleased)
    def note_released(self, released: EscrowReleased, work: Work) -> None:
        """Accepted → released."""
        money.note_released(released, work)

    @on(MilestoneRefunded)
    def note_refunded(self, refunded: MilestoneRefunded, work: Work) -> None:
        """Ended → refunded."""
        money.note_refunded(refunded, work)

    @on(PayoutPaid)
    def note_payout_paid(self, paid: PayoutPaid, work: Work) -> None:
        """A line in the timeline."""
        money.note_payout_paid(paid, work)

    @every(seconds=1)
    def fire_deadlines(self) -> None:
        """Fire the clocks that are due."""
        clocks.fire_deadlines(self.transactions)
