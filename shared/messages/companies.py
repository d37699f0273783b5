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
    """Invite whoever has this e-mail address, or will have an account with it."""

    email: EmailStr


class MemberView(View):
    """A person in a company, or an invitation by address.

    An invitation looks the same whether its address has an account or not: who it is shows once
    they have joined.
    """

    person_id: Annotated[UUID, Field(description="While `invited`, the invitation's own id")]
    display_name: Annotated[str, Field(description="While `invited`, the address that was typed")]
    status: MembershipStatus
    rights: frozenset[Right]
    administrator: bool
    email: Annotated[
        str | None, Field(description="Of an invitation: where it went, as it was typed")
    ] = None
    expires_at: Annotated[
        datetime | None, Field(description="Of an invitation: until when it can be accepted")
    ] = None


class CompanyView(View):
    """A company, to its members. Who is invited is among them; who is gone isn't."""

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
    expires_at: Annotated[
        datetime | None, Field(description="Of an invitation: until when it can be accepted")
    ] = None


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


class AddressInvited(Event, service="accounts"):
    """Somebody is asked to act for a company at an address that has no account.

    It is told to nobody but the address: whoever confirms it finds the invitation.
    """

    company_id: UUID
    company_name: str
    email: str
    locale: Locale
    expires_at: datetime


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
