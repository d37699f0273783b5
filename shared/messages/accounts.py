"""The published language of accounts: people and how they sign in."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import EmailStr, Field, SecretStr

from shared.messages.base import Command, Event, Line, View


class Role(StrEnum):
    """What a person may be on the market. Operators are appointed, not registered."""

    CLIENT = "client"
    ASSISTANT = "assistant"
    OPERATOR = "operator"


Locale = Literal["ja", "en"]


class RegisterPerson(Command):
    """Open an account."""

    email: EmailStr
    password: Annotated[SecretStr, Field(min_length=12, max_length=200)]
    display_name: Line
    roles: Annotated[
        frozenset[Literal[Role.CLIENT, Role.ASSISTANT]], Field(min_length=1, max_length=2)
    ]
    locale: Locale = "ja"


class SignIn(Command):
    """Exchange e-mail and password for an access token."""

    email: EmailStr
    password: Annotated[SecretStr, Field(max_length=200)]


class TokenView(View):
    """An access token: a JWT (EdDSA) to be sent as `Authorization: Bearer …`."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  (a scheme's name)
    expires_in: Annotated[int, Field(description="Seconds from now")]


class PersonView(View):
    """A person as that person sees it."""

    person_id: UUID
    email: str
    display_name: str
    roles: frozenset[Role]
    locale: Locale
    registered_at: datetime


class PersonRegistered(Event, service="accounts"):
    """Somebody has opened an account."""

    person_id: UUID
    email: str
    display_name: str
    roles: frozenset[Role]
    locale: Locale
