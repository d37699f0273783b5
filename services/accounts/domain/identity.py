"""Who somebody is elsewhere: at a provider by which they may sign in (OpenID Connect)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID


@dataclass(frozen=True)
class Provider:
    """Where people may sign in beside here: its name in addresses, and as people know it."""

    name: str
    label: str


@dataclass(frozen=True)
class Begun:
    """A way to a provider and back: what a browser is sent to, and what checks the answer.

    `nonce` has to come back in what the provider signs; `verifier` shows that whoever redeems the
    code is who began (PKCE, RFC 7636).
    """

    authorization_url: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Claims:
    """What a provider says of somebody. `email` is None unless the provider has verified it."""

    subject: str
    email: str | None
    display_name: str


@dataclass(frozen=True)
class Identity:
    """Somebody's account at a provider, which opens the one here.

    It is known by the provider's own id of the person: an address may belong to another tomorrow.
    """

    provider: str
    subject: str
    person_id: UUID
    email: str
    linked_at: datetime
    last_used_at: datetime | None = None

    def used(self, now: datetime) -> Self:
        """Return it after a sign-in."""
        return replace(self, last_used_at=now)
