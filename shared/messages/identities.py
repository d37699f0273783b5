"""The published language of accounts: signing in elsewhere (OpenID Connect)."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from shared.messages.accounts import IfReading, Locale, Role, SecondFactorNeeded, TokenView
from shared.messages.base import Command, Line, View


class StartElsewhere(Command):
    """Go to a provider, to sign in or to link the account there with one's own."""

    purpose: Literal["sign_in", "link"] = "sign_in"


class FinishElsewhere(Command):
    """Come back from a provider with what it has sent along.

    Whoever runs a page has to see to it that `state` is the one that this browser began with.
    """

    code: Annotated[SecretStr, Field(min_length=1, max_length=4_000)]
    state: Annotated[SecretStr, Field(min_length=1, max_length=200)]
    device: Line | None = None


class RegisterElsewhere(Command):
    """Open an account for whom a provider vouches; there is no password then."""

    challenge: Annotated[SecretStr, Field(min_length=1, max_length=200)]
    display_name: Line
    reading: IfReading = None
    roles: Annotated[
        frozenset[Literal[Role.CLIENT, Role.ASSISTANT]], Field(min_length=1, max_length=2)
    ]
    locale: Locale = "ja"


class ProviderView(View):
    """Where people may sign in beside here."""

    name: str
    label: str


class StartedElsewhere(View):
    """Where to send the browser. It comes back to the page `/sign-in/{provider}` with `state`."""

    authorization_url: str
    state: str
    expires_in: Annotated[int, Field(description="Seconds from now")]


class RegistrationNeeded(View):
    """The provider vouches for an address that has no account here yet.

    Send `challenge` with what an account needs. `display_name` is what the provider calls them.
    """

    kind: Literal["registration"] = "registration"
    challenge: str
    email: str
    display_name: str
    expires_in: Annotated[int, Field(description="Seconds from now")]


ElsewhereView = Annotated[
    TokenView | SecondFactorNeeded | RegistrationNeeded, Field(discriminator="kind")
]


class IdentityView(View):
    """An account elsewhere that opens one's own here."""

    provider: str
    label: str
    email: str
    linked_at: datetime
    last_used_at: datetime | None = None
