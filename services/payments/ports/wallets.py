"""Sponsors' wallets: what the use cases need of the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from services.payments.domain.wallet import Sponsorship, Sums, TopUp, Wallet, WalletLot
from shared.messages.program_money import SponsorshipKind
from shared.money import Money


class WalletEntry(NamedTuple):
    """An entry of the journal about a wallet: what it does to both sides of it, in yen."""

    number: int
    fact: str
    occurred_at: datetime
    available: int
    reserved: int
    sponsorship_id: UUID | None
    person_id: UUID | None
    kind: SponsorshipKind | None
    reference: str


class Wallets(Protocol):
    """Wallets and what was asked for of them. Whoever changes one has locked the wallet."""

    def agree(self, wallet: Wallet) -> None:
        """Keep a new wallet, or its newer caps; older news change nothing."""
        ...

    def get(self, program_id: UUID) -> Wallet | None:
        """Return the wallet."""
        ...

    def lock(self, program_id: UUID) -> Wallet | None:
        """Return the wallet and keep others from changing it, or what was asked for of it."""
        ...

    def of_person(self, program_id: UUID, person_id: UUID) -> Money:
        """Return what is set aside or paid for a person."""
        ...

    def available(self, program_id: UUID) -> Money:
        """Return what is free, as the ledger has it."""
        ...

    def reserved(self, program_id: UUID) -> Money:
        """Return what is set aside, as the ledger has it."""
        ...

    def sponsorship(self, sponsorship_id: UUID) -> Sponsorship | None:
        """Return what was asked for."""
        ...

    def of_releases(self, release_ids: Sequence[UUID]) -> Sequence[Sponsorship]:
        """Return what was asked for the fees of releases."""
        ...

    def save(self, sponsorship: Sponsorship) -> None:
        """Keep it, new or changed."""
        ...

    def sums(self, program_id: UUID) -> Sums:
        """Return what moved in a wallet so far."""
        ...

    def entries(self, program_id: UUID) -> Sequence[WalletEntry]:
        """Return all that moved in a wallet, in the order in which it happened."""
        ...

    def add_top_up(self, top_up: TopUp) -> None:
        """Keep a new page."""
        ...

    def top_ups(self, program_id: UUID) -> Sequence[TopUp]:
        """Return the pages of a wallet that are open, or being paid on."""
        ...

    def top_up(self, session_id: str) -> TopUp | None:
        """Return the page that the processor calls so, locked."""
        ...

    def awaits_transfer(self, sponsor_id: UUID) -> bool:
        """Tell whether a bank transfer of this sponsor into a wallet is on its way."""
        ...

    def save_top_up(self, top_up: TopUp) -> None:
        """Keep its status and what was received."""
        ...

    def lots(self, program_id: UUID) -> Sequence[WalletLot]:
        """Return what can go back, newest first, but for charges with an open chargeback."""
        ...

    def lost(self, program_id: UUID) -> Sequence[WalletLot]:
        """Return payments that a bank took back when they were spent, as far as that is a loss."""
        ...

    def lot(self, charge_id: str) -> WalletLot | None:
        """Return what was paid into a wallet by a charge."""
        ...

    def save_lots(self, lots: Sequence[WalletLot]) -> None:
        """Keep them, new or changed."""
        ...
