"""Everything that payments hears, and its clocks; decides nothing."""

from typing import ClassVar

from services.payments.ports import PaymentGateway, Work
from services.payments.use_cases import escrow, operations, payees, webhooks
from shared.messages.accounts import PersonRegistered
from shared.messages.contracts import ContractAgreed, MilestoneAccepted, MilestoneEnded
from shared.messaging.on import Transactions, every, on


class Events:
    """The events process of payments; `__main__` gives it its gateway."""

    name = "payments"
    gateway: ClassVar[PaymentGateway]
    transactions = Transactions()

    @on(PersonRegistered)
    def remember(self, registered: PersonRegistered, work: Work) -> None:
        """Keep name and address of whoever may become a payee."""
        payees.remember_person(registered, work)

    @on(ContractAgreed)
    def agree(self, agreed: ContractAgreed, work: Work) -> None:
        """Compute what each milestone costs."""
        escrow.agree(agreed, work)

    @on(MilestoneAccepted, batch=100)
    def release(self, accepted: list[MilestoneAccepted], work: Work) -> None:
        """Divide the escrow, and start to pay out."""
        escrow.release_escrows(accepted, work)

    @on(MilestoneEnded)
    def end(self, ended: MilestoneEnded, work: Work) -> None:
        """Give back what is in escrow."""
        escrow.end(ended, work)

    @every(seconds=0.2)
    def handle_webhooks(self) -> None:
        """Handle what the processor has told us."""
        webhooks.handle_events(self.transactions, self.gateway)

    @every(seconds=0.2)
    def call_processor(self) -> None:
        """Make the calls to the processor that are due."""
        operations.run_operations(self.transactions, self.gateway)
