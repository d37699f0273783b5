"""The published language of accounts: personal access tokens, for programs."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, SecretStr

from shared.messages.base import Command, Line, View


class Scope(StrEnum):
    """What a program may do in its owner's name: look at a service, or change things there.

    Of accounts a program may only see: who changes how somebody signs in has to be that somebody.
    """

    JOBS_READ = "jobs:read"
    JOBS_WRITE = "jobs:write"
    CONTRACTS_READ = "contracts:read"
    CONTRACTS_WRITE = "contracts:write"
    PAYMENTS_READ = "payments:read"
    PAYMENTS_WRITE = "payments:write"
    PROGRAMS_READ = "programs:read"
    PROGRAMS_WRITE = "programs:write"
    NOTIFY_READ = "notify:read"
    NOTIFY_WRITE = "notify:write"
    ACCOUNTS_READ = "accounts:read"


Scopes = Annotated[frozenset[Scope], Field(min_length=1)]


class MakeToken(Command):
    """Make a personal access token. It holds until `expires_at`, a year at most."""

    name: Annotated[Line, Field(description="What it is for, as its owner calls it")]
    scopes: Scopes
    expires_at: datetime


class ExchangeToken(Command):
    """Exchange a personal access token for an access token, as the services do."""

    token: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class PersonalTokenView(View):
    """A personal access token as its owner sees it: without the token itself."""

    token_id: UUID
    name: str
    hint: Annotated[str, Field(description="How the token begins, to know it again by")]
    scopes: Scopes
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None


class NewTokenView(PersonalTokenView):
    """A new personal access token. `token` is shown this once."""

    token: str


class ScopedTokenView(View):
    """An access token that is good for some scopes only."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  (a scheme's name)
    expires_in: Annotated[int, Field(description="Seconds from now")]
