"""The published language of accounts, on companies: clients for which several people act."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import EmailStr, Field

from shared.messages.accounts import Locale
from shared.messages.base import Command, Event, Line, View
from shared.people import Right


class MembershipStatus(StrEnum):
    """Where somebody stands in a company. `gone`: declined, left or removed."""

    INVITED = "invited"
    MEMBER = "member"
    GONE = "gone"


class FoundCompany(Command):
    """Open a client account for a company (role client). Its founder is an administrator.

    Contracts, receipts and invoices name the company; `email` is where it is reached as such.
    """

    name: Line
    email: EmailStr
    locale: Locale = "ja"


class RenameCompany(Command):
    """Set a company's name, where it is reached, and its language (an administrator)."""

    name: Line
    email: EmailStr
    locale: Locale


class MemberRights(Command):
    """What a member may do in the company's name. Whoever is in it may look at its work.

    An administrator invites and removes members and gives rights, and has no others by that.
    """

    rights: frozenset[Right] = frozenset()
    administrator: bool = False


class InviteMember(MemberRights):
    """Invite a registered person, by e-mail address."""

    email: EmailStr


class MemberView(View):
    """A person in a company."""

    person_id: UUID
    display_name: str
    status: MembershipStatus
    rights: frozenset[Right]
    administrator: bool


class CompanyView(View):
    """A company, to its members. Those who are gone aren't among the members."""

    company_id: UUID
    name: str
    email: str
    locale: Locale
    founded_at: datetime
    members: tuple[MemberView, ...]


class MembershipView(View):
    """A company of the caller's, or an invitation to one."""

    company_id: UUID
    name: str
    status: MembershipStatus
    rights: frozenset[Right]
    administrator: bool


class CompanyFounded(Event, service="accounts"):
    """A company has an account. To the others it is a client like any, under `company_id`."""

    company_id: UUID
    name: str
    email: str
    locale: Locale
    founded_by: UUID


class CompanyRenamed(Event, service="accounts"):
    """A company has another name, address or language.

    `change` counts its changes, so that an old message is told from a new one.
    """

    company_id: UUID
    name: str
    email: str
    locale: Locale
    change: Annotated[int, Field(ge=1)]


class MemberInvited(Event, service="accounts"):
    """Somebody is asked to act for a company. Nothing changes until they accept."""

    company_id: UUID
    company_name: str
    person_id: UUID
    invited_by: UUID


class MembershipChanged(Event, service="accounts"):
    """A person has become a member of a company, has other rights in it, or has left it.

    `change` counts the changes of this membership, so that an old message is told from a new one.
    """

    company_id: UUID
    company_name: str
    person_id: UUID
    member: bool
    rights: frozenset[Right]
    changed_by: UUID
    change: Annotated[int, Field(ge=1)]
