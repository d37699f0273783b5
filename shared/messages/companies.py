"""The published language of accounts, on companies: clients for which several people act."""

from uuid import UUID

from shared.messages.accounts import Locale
from shared.messages.base import Event
from shared.people import Right


class CompanyFounded(Event, service="accounts"):
    """A company has an account. To the others it is a client like any, under `company_id`."""

    company_id: UUID
    name: str
    email: str
    locale: Locale
    founded_by: UUID


class MembershipChanged(Event, service="accounts"):
    """A person has become a member of a company, has other rights in it, or has left it.

    `change` counts the changes of this membership, so that an old message is told from a new one.
    """

    company_id: UUID
    person_id: UUID
    member: bool
    rights: frozenset[Right]
    change: int
