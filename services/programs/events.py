"""What programs hears, and its clocks; decides nothing."""

from typing import ClassVar

from services.programs.ports import Work
from services.programs.use_cases import attending, files, following, hearing, minding, sponsoring
from shared import account_data
from shared.files import FileStore
from shared.messages.accounts import PersonChanged, PersonRegistered
from shared.messages.companies import CompanyFounded, CompanyRenamed
from shared.messages.contracts import (
    ContractAgreed,
    ContractCompleted,
    MilestoneAccepted,
    MilestoneAdded,
    MilestoneDelivered,
    MilestonePartlyAccepted,
)
from shared.messages.deletion import PersonDeleted
from shared.messages.handovers import MilestoneHandedOver
from shared.messages.payments import EscrowReleased
from shared.messages.retainers import MilestoneSettled
from shared.messages.wallets import (
    SponsorshipRefused,
    SponsorshipReserved,
    SponsorshipReturned,
    SponsorshipSettled,
    SponsorshipTakenBack,
    WalletFunded,
)
from shared.messaging.on import Transactions, every, on


class Events:
    """The events process of programs; `__main__` gives it its files."""

    name = "programs"
    file_store: ClassVar[FileStore]
    transactions = Transactions()

    @on(PersonRegistered)
    def remember_person(self, registered: PersonRegistered, work: Work) -> None:
        """Keep name and address."""
        hearing.remember_person(registered, work)

    @on(PersonChanged)
    def rename_person(self, changed: PersonChanged, work: Work) -> None:
        """Keep the new name and address."""
        account_data.follow_person(changed, work)

    @on(CompanyFounded)
    def remember_company(self, founded: CompanyFounded, work: Work) -> None:
        """Keep the name: it may be a town, a partner or a client."""
        hearing.remember_company(founded, work)

    @on(CompanyRenamed)
    def rename_company(self, renamed: CompanyRenamed, work: Work) -> None:
        """Keep the new name."""
        account_data.follow_company(renamed, work)

    @on(PersonDeleted)
    def forget(self, deleted: PersonDeleted, work: Work) -> None:
        """Let whoever has left go from their cohort, and take out what need not be kept of them."""
        attending.forget(deleted, work)
        account_data.forget(deleted, work)

    @on(ContractAgreed)
    def note_agreed(self, agreed: ContractAgreed, work: Work) -> None:
        """Keep a contract, its hours and its milestones."""
        following.note_agreed(agreed, work)
        work.outcomes.note(agreed)

    @on(MilestoneAdded)
    def note_added(self, added: MilestoneAdded, work: Work) -> None:
        """Keep a milestone that was added."""
        following.note_added(added, work)

    @on(MilestoneHandedOver)
    def note_handed_over(self, handed: MilestoneHandedOver, work: Work) -> None:
        """Keep the substitute's milestone."""
        following.note_handed_over(handed, work)

    @on(MilestoneDelivered)
    def note_delivered(self, delivered: MilestoneDelivered, work: Work) -> None:
        """Keep when work was delivered."""
        following.note_delivered(delivered, work)

    @on(MilestoneAccepted)
    def note_accepted(self, accepted: MilestoneAccepted, work: Work) -> None:
        """Keep that work was accepted: the first protected job leads to free work."""
        following.note_accepted(accepted, work)
        sponsoring.on_accepted(accepted, work)

    @on(MilestonePartlyAccepted)
    def note_partly_accepted(self, accepted: MilestonePartlyAccepted, work: Work) -> None:
        """Have the month's bonus paid: a part of the work was accepted."""
        sponsoring.on_accepted(accepted, work)

    @on(MilestoneSettled)
    def note_hours_settled(self, settled: MilestoneSettled, work: Work) -> None:
        """Keep that hours of a retainer's period were paid: as work that was accepted."""
        following.note_hours_settled(settled, work)
        sponsoring.on_hours_settled(settled, work)

    @on(ContractCompleted)
    def note_completed(self, completed: ContractCompleted, work: Work) -> None:
        """Keep when a contract was over."""
        following.note_completed(completed, work)
        work.outcomes.note(completed)

    @on(EscrowReleased)
    def note_released(self, released: EscrowReleased, work: Work) -> None:
        """Keep what has become the assistant's."""
        following.note_released(released, work)
        sponsoring.on_released(released, work)
        work.outcomes.note(released)

    @on(WalletFunded)
    def ask_again(self, funded: WalletFunded, work: Work) -> None:
        """Ask again for what a wallet had no money for."""
        sponsoring.on_funded(funded, work)

    @on(SponsorshipReserved)
    def note_reserved(self, reserved: SponsorshipReserved, work: Work) -> None:
        """Note that an amount is set aside."""
        sponsoring.on_reserved(reserved, work)

    @on(SponsorshipRefused)
    def note_refused(self, refused: SponsorshipRefused, work: Work) -> None:
        """Note that an amount is not set aside, and why."""
        sponsoring.on_refused(refused, work)

    @on(SponsorshipSettled)
    def note_settled(self, settled: SponsorshipSettled, work: Work) -> None:
        """Note that it is paid."""
        sponsoring.on_settled(settled, work)

    @on(SponsorshipReturned)
    def note_returned(self, returned: SponsorshipReturned, work: Work) -> None:
        """Ask again for what was refused: something is free again."""
        sponsoring.on_returned(returned, work)

    @on(SponsorshipTakenBack)
    def note_taken_back(self, told: SponsorshipTakenBack, work: Work) -> None:
        """Note that a fee that was given back isn't paid, and ask again for what was refused."""
        sponsoring.on_taken_back(told, work)

    @every(seconds=5)
    def fire_clocks(self) -> None:
        """Escalate what nobody answered, and ask whoever fell silent."""
        minding.fire_clocks(self.transactions)

    @every(seconds=3600)
    def erase_unwanted_files(self) -> None:
        """Erase the bytes of files that went with whoever has left."""
        files.erase_unwanted(self.file_store, self.transactions)
