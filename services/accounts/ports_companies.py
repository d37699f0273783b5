"""What the use cases need to know of companies, who is in them, and who is invited."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.accounts.domain.company import Company, CompanyLimits, Membership
from services.accounts.domain.invitation import Invitation
from shared.people import Right


class Companies(Protocol):
    """Companies, and who is in them. Whoever changes that holds the lock of the company."""

    def add(self, company: Company) -> None:
        """Keep a new company."""
        ...

    def find(self, company_id: UUID) -> Company | None:
        """Return the company."""
        ...

    def lock(self, company_id: UUID) -> Company | None:
        """Return the company, and keep others from changing who is in it."""
        ...

    def rename(self, company: Company) -> None:
        """Keep its name, address and language as they are now."""
        ...

    def memberships(self, company_id: UUID) -> Sequence[Membership]:
        """Return all who are or were in a company, in order of their ids."""
        ...

    def keep(self, membership: Membership) -> None:
        """Keep what it is now."""
        ...

    def of_person(self, person_id: UUID) -> Sequence[tuple[Company, Membership]]:
        """Return the companies that somebody is in, oldest first."""
        ...

    def rights_of(self, person_id: UUID) -> Mapping[UUID, frozenset[Right]]:
        """Return the companies that somebody is a member of, and their rights in each."""
        ...

    def limits(self, on: date) -> CompanyLimits:
        """Return what holds on that day."""
        ...


class Invitations(Protocol):
    """Who is asked to join which company, by address. Whoever changes that locks the company."""

    def of_company(self, company_id: UUID, now: datetime) -> Sequence[Invitation]:
        """Return those that hold, oldest first."""
        ...

    def to_address(self, email: str, now: datetime) -> Sequence[tuple[str, Invitation]]:
        """Return those that hold, each with its company's name, the oldest company's first."""
        ...

    def keep(self, invitation: Invitation) -> None:
        """Keep what it is now; in place of another of this company to this address."""
        ...

    def take_away(self, invitation: Invitation) -> None:
        """Take it away: it was accepted, declined, or taken back."""
        ...

    def forget_address(self, email: str) -> None:
        """Forget all to this address: whose it was has left for good."""
        ...

    def forget_company(self, company_id: UUID) -> None:
        """Forget all of this company: nobody is in it any more."""
        ...

    def sweep(self, before: datetime) -> None:
        """Forget those that expired before."""
        ...
