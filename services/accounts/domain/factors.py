"""How people prove who they are beside a password: one-time codes, recovery codes, passkeys."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from services.accounts.domain.account import Account
from services.accounts.domain.session import Session
from shared.messages.accounts import FactorKind, Role

RECOVERY_CODES: Final = 10
MOST_PASSKEYS: Final = 20
# Without i, l, o and u, which are misread for 1, 0 and v (Crockford's base 32).
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_GROUPS, _GROUP_CHARACTERS = 5, 6
_MISREAD: Final = str.maketrans("ilo", "110", "- ")


@dataclass(frozen=True)
class Totp:
    """An app that shows one-time codes (RFC 6238); it counts once a code of it was shown.

    `last_step` is the step of time whose code was used last: none works a second time.
    """

    person_id: UUID
    secret: str
    made_at: datetime
    confirmed_at: datetime | None = None
    last_step: int = 0

    def used(self, step: int, now: datetime) -> Self:
        """Return it after the code of a step was used, which also confirms it."""
        return replace(self, last_step=step, confirmed_at=self.confirmed_at or now)


@dataclass(frozen=True)
class Credential:
    """What an authenticator says of a new key pair: the public half, and how it keeps it."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    synced: bool
    transports: tuple[str, ...]


@dataclass(frozen=True)
class Passkey:
    """A key pair whose private half is in somebody's device.

    `sign_count` is how often it has signed, as far as the device counts: one that goes back would
    be a copy.
    """

    passkey_id: UUID
    person_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    synced: bool
    transports: tuple[str, ...]
    name: str
    added_at: datetime
    last_used_at: datetime | None = None

    def used(self, sign_count: int, now: datetime) -> Self:
        """Return it after it has signed once more."""
        return replace(self, sign_count=sign_count, last_used_at=now)


@dataclass(frozen=True)
class Factors:
    """What somebody has set up."""

    totp: Totp | None
    passkeys: tuple[Passkey, ...]
    recovery_codes_left: int

    @property
    def kinds(self) -> frozenset[FactorKind]:
        """The factors that one of is asked for after the password; none: the password is enough.

        Recovery codes stand in for another factor, and are none by themselves.
        """
        found = set()
        if self.totp is not None and self.totp.confirmed_at is not None:
            found.add(FactorKind.TOTP)
        if self.passkeys:
            found.add(FactorKind.PASSKEY)
        if found and self.recovery_codes_left:
            found.add(FactorKind.RECOVERY_CODE)
        return frozenset(found)


def vouched(account: Account, session: Session, *, operators_need_second_factor: bool) -> Account:
    """Return the account as a session may vouch for it.

    Whoever runs the market reaches everybody's money: a password that leaked must not be enough.
    """
    if session.second_factor is None and operators_need_second_factor:
        return replace(account, roles=account.roles - {Role.OPERATOR})
    return account


def new_recovery_codes() -> tuple[str, ...]:
    """Return codes of 150 random bits each, in groups that can be read out and typed."""
    return tuple(
        "-".join(
            "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_CHARACTERS))
            for _ in range(_GROUPS)
        )
        for _ in range(RECOVERY_CODES)
    )


def recovery_code_hash(person_id: UUID, code: str) -> str:
    """Return what is kept of a code, however it is typed; so many random bits need no slow hash."""
    plain = code.lower().translate(_MISREAD)
    return hashlib.sha256(f"{person_id}:{plain}".encode()).hexdigest()


def passkey_challenge(secret: str) -> bytes:
    """Return what an authenticator has to sign, made of the secret that its asker holds.

    So nothing has to be kept of it beside the challenge itself.
    """
    return hashlib.sha256(f"passkey:{secret}".encode()).digest()


PublicOptions = Mapping[str, Any]  # what a browser's WebAuthn takes, as JSON
