"""What contracts hears, and its clocks; decides nothing."""

from services.contracts.ports import Work
from services.contracts.use_cases import agreeing, clocks, money, protecting, rating
from shared import account_data, protection
from shared.messages.accounts import PersonChanged, PersonRegistered
from shared.messages.companies import CompanyFounded, CompanyRenamed
from shared.messages.deletion import DeletionAsked, PersonDeleted, WorkLookedThrough
from shared.messages.jobs import ProposalAccepted
from shared.messages.payments import (
    ChargebackClosed,
    ChargebackOpened,
    EscrowReleased,
    FundingAbandoned,
    FundingShort,
    FundingStarted,
    MilestoneChargedBack,
    MilestoneFunded,
    MilestoneRefunded,
    PayoutPaid,
    PayoutReturned,
    RefundMade,
)
from shared.messages.program_path import DraftLookedAt, ProtectionChanged
from shared.messaging.on import Transactions, every, on


class Events:
    """The events process of contracts."""

    name = "contracts"
    transactions = Transactions()

    @on(PersonRegistered)
    def remember_person(self, registered: PersonRegistered, work: Work) -> None:
        """Keep the name."""
        agreeing.remember_person(registered, work)

    @on(CompanyFounded)
    def remember_company(self, founded: CompanyFounded, work: Work) -> None:
        """Keep the name."""
        agreeing.remember_company(founded, work)

    @on(PersonChanged)
    def rename_person(self, changed: PersonChanged, work: Work) -> None:
        """Keep the new name."""
        account_data.follow_person(changed, work)

    @on(CompanyRenamed)
    def rename_company(self, renamed: CompanyRenamed, work: Work) -> None:
        """Keep the new name."""
        account_data.follow_company(renamed, work)

    @on(DeletionAsked)
    def look_through(self, asked: DeletionAsked, work: Work) -> None:
        """Say what is open of whoever wants to leave."""
        account_data.answer(asked, WorkLookedThrough, work)

    @on(PersonDeleted)
    def forget(self, deleted: PersonDeleted, work: Work) -> None:
        """Take out what need not be kept of whoever has left."""
        account_data.forget(deleted, work)

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

    @on(FundingShort)
    def note_funding_short(self, short: FundingShort, work: Work) -> None:
        """A line in the timeline."""
        money.note_funding_short(short, work)

    @on(MilestoneFunded)
    def note_funded(self, funded: MilestoneFunded, work: Work) -> None:
        """agreed, funding → funded; a bonus → accepted."""
        money.note_funded(funded, work)

    @on(EscrowReleased)
    def note_released(self, released: EscrowReleased, work: Work) -> None:
        """Accepted → released, with the last part; a line for those before."""
        money.note_released(released, work)

    @on(MilestoneRefunded)
    def note_refunded(self, refunded: MilestoneRefunded, work: Work) -> None:
        """Ended → refunded."""
        money.note_refunded(refunded, work)

    @on(RefundMade)
    def note_refund_made(self, refund: RefundMade, work: Work) -> None:
        """A line in the timeline; with all that was left → resolved."""
        money.note_refund_made(refund, work)

    @on(ChargebackOpened)
    def note_chargeback_opened(self, opened: ChargebackOpened, work: Work) -> None:
        """A line in the timeline."""
        money.note_chargeback_opened(opened, work)

    @on(ChargebackClosed)
    def note_chargeback_closed(self, closed: ChargebackClosed, work: Work) -> None:
        """A line in the timeline."""
        money.note_chargeback_closed(closed, work)

    @on(MilestoneChargedBack)
    def note_charged_back(self, taken: MilestoneChargedBack, work: Work) -> None:
        """→ charged back, from whatever has money in escrow."""
        money.note_charged_back(taken, work)

    @on(PayoutPaid)
    def note_payout_paid(self, paid: PayoutPaid, work: Work) -> None:
        """A line in the timeline of each of its milestones."""
        money.note_payout_paid(paid, work)

    @on(PayoutReturned)
    def note_payout_returned(self, returned: PayoutReturned, work: Work) -> None:
        """A line in the timeline of each of its milestones."""
        money.note_payout_returned(returned, work)

    @on(ProtectionChanged)
    def note_protection(self, changed: ProtectionChanged, work: Work) -> None:
        """Keep whether contracts that the person agrees to are protected."""
        protection.follow(changed, work.protected_people)

    @on(DraftLookedAt)
    def note_look(self, looked: DraftLookedAt, work: Work) -> None:
        """Keep that the milestone may be delivered."""
        protecting.note_look(looked, work)

    @every(seconds=1)
    def fire_deadlines(self) -> None:
        """Fire the clocks that are due."""
        clocks.fire_deadlines(self.transactions)

    @every(seconds=10)
    def reveal_ratings(self) -> None:
        """Let the parties read what was said of them, when the time to rate is over."""
        rating.reveal_overdue(self.transactions)
