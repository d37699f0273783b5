"""Money that becomes the assistants': what the use cases need of the outside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.payments.domain.payee import Payee
from services.payments.domain.payout import Payout
from services.payments.domain.release import Release, Reversal
from shared.account_data import AccountData
from shared.money import Money


class Releases(Protocol):
    """What was released. Whoever changes one holds the lock of its escrow or its assistant."""

    def add(self, releases: Sequence[Release]) -> None:
        """Keep new releases."""
        ...

    def of_milestone(self, milestone_id: UUID) -> Sequence[Release]:
        """Return a milestone's releases, oldest first."""
        ...

    def milestone_of(self, release_id: UUID) -> UUID | None:
        """Return the milestone that a release is of, if there is one."""
        ...

    def of_payout(self, payout_id: UUID) -> Sequence[Release]:
        """Return the releases that a payout pays, oldest first."""
        ...

    def payable(self, assistant_id: UUID) -> Sequence[Release]:
        """Return what is owed to an assistant and in no payout, oldest first, frozen or not."""
        ...

    def frozen(self, releases: Sequence[Release]) -> set[UUID]:
        """Return the ids of those whose milestone has an open chargeback."""
        ...

    def due(self, day: date, limit: int, after: UUID | None) -> Sequence[UUID]:
        """Return assistants with something owed whose payday has come, in order of ids.

        What an open chargeback freezes isn't due.
        """
        ...

    def late(self, until: date, limit: int) -> Sequence[Release]:
        """Return what isn't paid yet and has to be by that day (`pay_by`), most pressing first."""
        ...

    def save(self, releases: Sequence[Release]) -> None:
        """Keep price, tax, division, what is owed, and the payout."""
        ...

    def keep_reversals(self, refund_id: UUID, reversals: Sequence[Reversal], at: datetime) -> None:
        """Keep what a refund took back of releases: a document that was issued stays as it was."""
        ...


@dataclass
class Account:
    """What an assistant owes us, and when they were last told that money waits."""

    assistant_id: UUID
    receivable: Money
    told_on: date | None = None


class Assistants(Protocol):
    """Locked by whoever changes what is payable to them; after escrows, before payees."""

    def lock(self, assistant_ids: Iterable[UUID]) -> dict[UUID, Account]:
        """Return all of these, new ones as well, and keep others from changing them."""
        ...

    def find(self, assistant_id: UUID) -> Account | None:
        """Return it, to be looked at."""
        ...

    def save(self, accounts: Iterable[Account]) -> None:
        """Keep what they owe and when they were told."""
        ...


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person is reached."""

    email: str
    display_name: str


class People(AccountData, Protocol):
    """Names and addresses, as accounts told them."""

    def remember(self, person_id: UUID, contact: Contact) -> None:
        """Keep a person's contact."""
        ...

    def contact(self, person_id: UUID) -> Contact | None:
        """Return it, if accounts has told us yet."""
        ...


class Payees(Protocol):
    """Assistants as people to be paid."""

    def open(self, person_id: UUID) -> bool:
        """Keep a new payee without an account; False when there is one already."""
        ...

    def find(self, person_id: UUID) -> Payee | None:
        """Return the payee."""
        ...

    def lock(self, person_ids: Iterable[UUID]) -> dict[UUID, Payee]:
        """Return those that there are, and keep others from changing them."""
        ...

    def of_account(self, account_id: str) -> UUID | None:
        """Return whose account it is."""
        ...

    def with_accounts(self) -> Sequence[Payee]:
        """Return all who have an account."""
        ...

    def save(self, payee: Payee) -> None:
        """Keep account, status, requirements, bank account and pause."""
        ...


class Payouts(Protocol):
    """Money on its way to assistants."""

    def add(self, payout: Payout) -> None:
        """Keep a new payout."""
        ...

    def get(self, payout_id: UUID) -> Payout:
        """Return the payout; raise NotFound (`payout_not_found`)."""
        ...

    def lock(self, payout_id: UUID) -> Payout:
        """Return the payout and keep others from changing it; raise NotFound."""
        ...

    def save(self, payout: Payout) -> None:
        """Keep what has become of it."""
        ...

    def newest(self, person_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Payout]:
        """Return a person's payouts, newest first."""
        ...
