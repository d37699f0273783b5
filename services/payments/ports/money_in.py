"""Money that clients pay, and that goes back to them: what the use cases need of the outside."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.payments.domain.charge import Charge, CreditLot, Funding
from services.payments.domain.chargeback import Chargeback, FraudWarning
from services.payments.domain.checkout import Checkout
from services.payments.domain.escrow import Contract, Escrow
from services.payments.domain.evidence import ContractFact
from services.payments.domain.refund import Refund


class Escrows(Protocol):
    """The money of milestones. Contracts are locked before their escrows, in order of ids."""

    def agree(self, contract: Contract, escrows: Sequence[Escrow]) -> bool:
        """Keep a new contract and its escrows; False when it was kept before."""
        ...

    def contract(self, contract_id: UUID) -> Contract | None:
        """Return the contract, and keep others from changing it."""
        ...

    def add(self, escrow: Escrow) -> bool:
        """Keep an escrow of a known contract; False when it was kept before."""
        ...

    def get(self, milestone_id: UUID) -> Escrow:
        """Return the escrow; raise NotFound (`milestone_not_found`)."""
        ...

    def lock(self, milestone_ids: Iterable[UUID]) -> dict[UUID, Escrow]:
        """Return those that there are, and keep others from changing them or their contracts.

        Escrows of one contract share one Contract object.
        """
        ...

    def save(self, escrows: Sequence[Escrow]) -> None:
        """Keep what has become of them, and what accumulated on the contracts."""
        ...


class Checkouts(Protocol):
    """The pages on which clients pay. Whoever changes one holds the locks of its escrows."""

    def standing(self, milestone_ids: Iterable[UUID]) -> Sequence[Checkout]:
        """Return the pages for any of these that are open, or whose payment is on its way."""
        ...

    def find(self, session_id: str) -> Checkout | None:
        """Return the page that the processor calls so."""
        ...

    def get(self, checkout_id: UUID) -> Checkout | None:
        """Return the page."""
        ...

    def awaited(self, client_id: UUID) -> Sequence[Checkout]:
        """Return the client's pages whose bank transfer is on its way."""
        ...

    def overdue(self, now: datetime, limit: int) -> Sequence[Checkout]:
        """Return pages that are waited for no longer, and lock them (skipping locked ones)."""
        ...

    def add(self, checkout: Checkout) -> None:
        """Keep a new page and what it pays for."""
        ...

    def save(self, checkout: Checkout) -> None:
        """Keep status, what was received, and until when it is waited for."""
        ...


class Charges(Protocol):
    """What clients paid, which milestones it funded, and what of it is credit."""

    def add(self, charge: Charge) -> bool:
        """Keep a new charge; False when it was kept before."""
        ...

    def get(self, charge_id: str) -> Charge | None:
        """Return the charge."""
        ...

    def fund(self, fundings: Sequence[Funding]) -> None:
        """Keep which milestones were funded; adds up where one has funded a milestone before."""
        ...

    def fundings(self, milestone_id: UUID) -> Sequence[Funding]:
        """Return what funded a milestone."""
        ...

    def funded_by(self, charge_id: str) -> Sequence[Funding]:
        """Return what a charge funded."""
        ...

    def save(self, fundings: Sequence[Funding]) -> None:
        """Keep what was returned of them."""
        ...

    def add_lots(self, lots: Sequence[CreditLot]) -> None:
        """Keep new credit."""
        ...

    def lots(self, client_id: UUID) -> Sequence[CreditLot]:
        """Return a client's remaining credit, oldest first, but for disputed charges."""
        ...

    def lots_of(self, charge_id: str) -> Sequence[CreditLot]:
        """Return the remaining credit that came with a charge."""
        ...

    def save_lots(self, lots: Sequence[CreditLot]) -> None:
        """Keep what remains of them."""
        ...


class Clients(Protocol):
    """Clients as customers of the processor; locked by whoever changes their credit."""

    def lock(self, client_id: UUID) -> str | None:
        """Return the client's name at the processor, if any, and keep others from their credit."""
        ...

    def of_customer(self, customer_id: str) -> UUID | None:
        """Return whose name at the processor it is."""
        ...

    def save(self, client_id: UUID, customer_id: str) -> None:
        """Keep the client's name at the processor."""
        ...


class Refunds(Protocol):
    """Money on its way back to clients."""

    def add(self, refunds: Sequence[Refund]) -> None:
        """Keep new refunds."""
        ...

    def get(self, refund_id: UUID) -> Refund:
        """Return the refund; raise NotFound (`refund_not_found`)."""
        ...

    def lock(self, refund_id: UUID) -> Refund:
        """Return the refund and keep others from changing it; raise NotFound."""
        ...

    def of_milestone(self, milestone_id: UUID) -> Sequence[Refund]:
        """Return a milestone's refunds, oldest first."""
        ...

    def unmade(self, charge_id: str) -> Sequence[Refund]:
        """Return those of a charge that are asked or failed, and lock them."""
        ...

    def failed(self, limit: int) -> Sequence[Refund]:
        """Return those that failed, oldest first."""
        ...

    def save(self, refund: Refund) -> None:
        """Keep its status."""
        ...


class Chargebacks(Protocol):
    """Disputes of the processor, and its warnings of fraud."""

    def find(self, dispute_id: str) -> Chargeback | None:
        """Return the chargeback, locked."""
        ...

    def get(self, chargeback_id: UUID) -> Chargeback | None:
        """Return the chargeback, locked."""
        ...

    def add(self, chargeback: Chargeback) -> None:
        """Keep a new one."""
        ...

    def save(self, chargeback: Chargeback) -> None:
        """Keep what has become of it."""
        ...

    def newest(self, after: UUID | None, limit: int) -> Sequence[Chargeback]:
        """Return them, newest first."""
        ...

    def open_on(self, charge_ids: Collection[str]) -> int:
        """Return how many chargebacks of these charges are open."""
        ...

    def warn(self, warning: FraudWarning) -> bool:
        """Keep a warning; False when it was kept before."""
        ...

    def warnings(self, limit: int) -> Sequence[FraudWarning]:
        """Return the newest warnings."""
        ...

    def note(self, facts: Sequence[ContractFact]) -> None:
        """Keep what the parties did; once."""
        ...

    def facts(self, contract_ids: Iterable[UUID]) -> Sequence[ContractFact]:
        """Return what the parties did, oldest first."""
        ...
