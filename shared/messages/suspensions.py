"""The published language of accounts, on what operators see of people, and may do to them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from shared.messages.accounts import Locale, Role
from shared.messages.base import Command, Event, Text, View
from shared.messages.companies import MembershipView

SERVICE: Final = "accounts"


class SuspendPerson(Command):
    """Keep somebody out. The reason is for operators, and may be read by a court."""

    reason: Text


class ReinstatePerson(Command):
    """Let somebody in again."""

    reason: Text


class SuspensionView(View):
    """A time in which somebody is, or was, kept out."""

    reason: str
    suspended_by: UUID
    suspended_at: datetime
    reinstated_by: UUID | None = None
    reinstated_at: datetime | None = None
    reinstated_because: str | None = None


class FoundPerson(View):
    """Somebody as operators find them."""

    person_id: UUID
    email: str
    display_name: str
    reading: str | None
    roles: frozenset[Role]
    locale: Locale
    registered_at: datetime
    suspended_at: datetime | None = None
    deleted_at: datetime | None = None


class OpenSession(View):
    """Where somebody is signed in."""

    device: str
    signed_in_at: datetime
    last_seen_at: datetime


class PersonCase(FoundPerson):
    """All that accounts knows of somebody, for operators; that it was read is written down."""

    companies: tuple[MembershipView, ...]
    second_factors: Annotated[tuple[str, ...], Field(description="The kinds that are set up")]
    sessions: tuple[OpenSession, ...]
    suspensions: Annotated[tuple[SuspensionView, ...], Field(description="Newest first")]


class PersonNames(View):
    """How people and companies are called, by their ids."""

    names: Mapping[UUID, str]


class PersonSuspended(Event, service=SERVICE):
    """Somebody is kept out: their sessions have ended, and they can't sign in."""

    person_id: UUID


class PersonReinstated(Event, service=SERVICE):
    """Somebody is let in again."""

    person_id: UUID
