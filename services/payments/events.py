"""Everything that payments hears, and its clocks; decides nothing."""

from typing import ClassVar

from services.payments.ports import PaymentGateway, Work
from services.payments.ports_books import Wired
from services.payments.use_cases import (
    checkouts,
    escrow,
    evidence,
    handing_over,
    operations,
    paydays,
    payees,
    reconciling,
    refunds,
    releases,
    sealing,
    sponsorships,
    webhooks,
)
from shared import account_data
from shared.messages.accounts import PersonChanged, PersonRegistered
from shared.messages.amendments import MilestoneReplaced, PriceReduced, TermsAmended
from shared.messages.care import DatesMoved
from shared.messages.companies import CompanyFounded, CompanyRenamed
from shared.messages.contracts import (
    ChangesRequested,
    ContractAgreed,
    DisputeResolved,
    MilestoneAccepted,
    MilestoneAdded,
    MilestoneDelivered,
    MilestoneEnded,
    MilestonePartlyAccepted,
)
from shared.messages.deletion import DeletionAsked, MoneyLookedThrough, PersonDeleted
from shared.messages.handovers import MilestoneHandedOver
from shared.messages.program_money import (
    SponsorshipAsked,
    SponsorshipDropped,
    SponsorshipDue,
)
from shared.messages.programs import WalletAgreed
from shared.messages.retainers import MilestoneSettled
from shared.messaging.on import Transactions, every, on


class Events:
    """The events process of payments; `__main__` gives it its gateway."""

    name = "payments"
    gateway: ClassVar[PaymentGateway]
    books: ClassVar[Wired]
    books_by_clock: ClassVar[bool] = True
    transactions = Transactions()

    @on(PersonRegistered)
    def remember(self, registered: PersonRegistered, work: Work) -> None:
        """Keep name and address of whoever may become a payee."""
        payees.remember_person(registered, work)

    @on(CompanyFounded)
    def remember_company(self, founded: CompanyFounded, work: Work) -> None:
        """Keep name and address of a client that is a company."""
        payees.remember_company(founded, work)

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
        account_data.answer(asked, MoneyLookedThrough, work)

    @on(PersonDeleted)
    def forget(self, deleted: PersonDeleted, work: Work) -> None:
        """Take out what need not be kept of whoever has left."""
        account_data.forget(deleted, work)

    @on(ContractAgreed)
    def agree(self, agreed: ContractAgreed, work: Work) -> None:
        """Compute what each milestone costs."""
        escrow.agree(agreed, work)
        evidence.note_agreed(agreed, work)

    @on(MilestoneAdded)
    def add(self, added: MilestoneAdded, work: Work) -> None:
        """Compute what a milestone costs that was added later."""
        escrow.add_milestone(added, work)

    @on(MilestoneDelivered)
    def note_delivered(self, delivered: MilestoneDelivered, work: Work) -> None:
        """Start the law's sixty days."""
        escrow.note_delivered(delivered, work)
        evidence.note_delivered(delivered, work)

    @on(ChangesRequested)
    def note_changes(self, requested: ChangesRequested, work: Work) -> None:
        """Keep what a bank may ask for."""
        evidence.note_changes(requested, work)

    @on(MilestoneAccepted, batch=100)
    def release(self, accepted: list[MilestoneAccepted], work: Work) -> None:
        """Divide the escrow."""
        releases.release_escrows(accepted, work)
        evidence.note_accepted(accepted, work)

    @on(MilestonePartlyAccepted)
    def release_part(self, accepted: MilestonePartlyAccepted, work: Work) -> None:
        """Divide a part of the escrow."""
        releases.release_part(accepted, work)
        evidence.note_partly_accepted(accepted, work)

    @on(DisputeResolved)
    def resolve(self, resolved: DisputeResolved, work: Work) -> None:
        """Divide what is left of the escrow between the parties."""
        releases.resolve(resolved, work)

    @on(TermsAmended)
    def amend(self, amended: TermsAmended, work: Work) -> None:
        """Keep new titles and due dates."""
        escrow.note_amended(amended, work)

    @on(MilestoneReplaced)
    def replace(self, replaced: MilestoneReplaced, work: Work) -> None:
        """Compute what the milestone costs that takes another's place, and end that one."""
        escrow.replace(replaced, work)

    @on(PriceReduced)
    def reduce(self, reduced: PriceReduced, work: Work) -> None:
        """Give back by how much less was agreed on."""
        refunds.reduce_price(reduced, work)

    @on(MilestoneHandedOver)
    def hand_over(self, handed: MilestoneHandedOver, work: Work) -> None:
        """Move what is left of the escrow to the milestone that follows."""
        handing_over.hand_over(handed, work)
        evidence.note_handed_over(handed, work)

    @on(DatesMoved)
    def move_dates(self, moved: DatesMoved, work: Work) -> None:
        """Keep new due dates."""
        escrow.note_moved(moved, work)

    @on(MilestoneSettled)
    def settle(self, settled: MilestoneSettled, work: Work) -> None:
        """Divide what is left of a period's escrow between the parties."""
        releases.settle(settled, work)

    @on(MilestoneEnded)
    def end(self, ended: MilestoneEnded, work: Work) -> None:
        """Give back what is in escrow."""
        escrow.end(ended, work)

    @on(WalletAgreed)
    def agree_wallet(self, agreed: WalletAgreed, work: Work) -> None:
        """Open a sponsor's wallet, or raise its caps."""
        sponsorships.agree(agreed, work)

    @on(SponsorshipAsked)
    def reserve(self, asked: SponsorshipAsked, work: Work) -> None:
        """Set aside what a sponsor is to pay, within the caps."""
        sponsorships.reserve(asked, work)

    @on(SponsorshipDue)
    def pay_sponsorship(self, due: SponsorshipDue, work: Work) -> None:
        """Owe what was set aside."""
        sponsorships.settle(due, work)

    @on(SponsorshipDropped)
    def drop_sponsorship(self, dropped: SponsorshipDropped, work: Work) -> None:
        """Free what was set aside."""
        sponsorships.drop(dropped, work)

    @every(seconds=0.2)
    def handle_webhooks(self) -> None:
        """Handle what the processor has told us."""
        webhooks.handle_events(self.transactions, self.gateway)

    @every(seconds=0.2)
    def call_processor(self) -> None:
        """Make the calls to the processor that are due."""
        operations.run_operations(self.transactions, self.gateway)

    @every(seconds=10)
    def pay_due(self) -> None:
        """Pay out on paydays, and tell who can't be paid."""
        paydays.pay_due(self.transactions)

    @every(seconds=10)
    def close_overdue(self) -> None:
        """Stop waiting for payments that never came."""
        checkouts.close_overdue(self.transactions)

    @every(seconds=60)
    def reconcile(self) -> None:
        """Compare the books with the processor, once a day in Japan."""
        if self.books_by_clock:
            reconciling.reconcile_daily(self.books.transactions, self.books.statements)

    @every(seconds=60)
    def seal(self) -> None:
        """Seal the journal, once an hour."""
        if self.books_by_clock:
            sealing.seal_hourly(self.books.transactions)
