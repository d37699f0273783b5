"""What factors, sign-in elsewhere and personal access tokens need of the outside."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from services.accounts.domain.factors import Credential, Factors, Passkey, PublicOptions, Totp
from services.accounts.domain.identity import Begun, Claims, Identity, Provider
from services.accounts.domain.personal_token import PersonalToken


class PersonalTokens(Protocol):
    """The personal access tokens of everybody."""

    def add(self, token: PersonalToken) -> None:
        """Keep a new one."""
        ...

    def of_person(self, person_id: UUID, now: datetime) -> Sequence[PersonalToken]:
        """Return those of somebody that hold, newest first."""
        ...

    def find(self, token_id: UUID) -> PersonalToken | None:
        """Return one, whether it holds or not."""
        ...

    def by_hash(self, token_hash: str) -> PersonalToken | None:
        """Return the one with this hash, whether it holds or not."""
        ...

    def keep(self, token: PersonalToken) -> None:
        """Keep its last use, and whether it is revoked."""
        ...

    def revoke_all(self, person_id: UUID, now: datetime) -> int:
        """Revoke all of somebody; return how many held."""
        ...

    def forget(self, person_id: UUID) -> None:
        """Forget all of somebody."""
        ...


class FactorStore(Protocol):
    """What people have set up to prove who they are."""

    def of_person(self, person_id: UUID) -> Factors:
        """Return all that somebody has set up."""
        ...

    def lock(self, person_id: UUID) -> Factors:
        """Return the same, and keep others from using or changing any of it meanwhile."""
        ...

    def keep_totp(self, totp: Totp) -> None:
        """Keep a new one in place of the one before, or what has become of it."""
        ...

    def remove_totp(self, person_id: UUID) -> None:
        """Forget it."""
        ...

    def replace_recovery_codes(self, person_id: UUID, hashes: Collection[str]) -> None:
        """Keep these codes in place of all before, which are worth nothing any more."""
        ...

    def use_recovery_code(self, person_id: UUID, code_hash: str, now: datetime) -> bool:
        """Use the code up; False when there is no such code that wasn't used."""
        ...

    def add_passkey(self, passkey: Passkey) -> bool:
        """Keep a new one; False when the credential is known already."""
        ...

    def passkey_by_credential(self, credential_id: bytes) -> Passkey | None:
        """Return the passkey, locked."""
        ...

    def keep_passkey(self, passkey: Passkey) -> None:
        """Keep what its last use changed."""
        ...

    def remove_passkey(self, passkey_id: UUID) -> None:
        """Forget it."""
        ...

    def forget(self, person_id: UUID) -> None:
        """Forget all that somebody has set up."""
        ...


class OneTimeCodes(Protocol):
    """Apps that show one-time codes (RFC 6238)."""

    def new_secret(self) -> str:
        """Return a secret for an app."""
        ...

    def step_of(self, secret: str, code: str, at: datetime) -> int | None:
        """Return the step of time that the code is of, give or take one; None: of none."""
        ...

    def uri(self, secret: str, email: str) -> str:
        """Return the otpauth URI that an app takes."""
        ...

    def picture(self, uri: str) -> str:
        """Return the URI as a QR code: an SVG."""
        ...


class Authenticators(Protocol):
    """The devices that passkeys are in, as a browser speaks with them (WebAuthn)."""

    def registration_options(
        self, person_id: UUID, email: str, name: str, challenge: bytes, known: Sequence[Passkey]
    ) -> PublicOptions:
        """Return what a browser needs to make a passkey that isn't one of the known."""
        ...

    def registered(self, answer: Mapping[str, Any], challenge: bytes) -> Credential:
        """Return the new key pair; raise Invalid (`passkey_not_accepted`)."""
        ...

    def sign_in_options(self, challenge: bytes, known: Sequence[Passkey]) -> PublicOptions:
        """Return what a browser needs to sign with one of the known, or with any if none is."""
        ...

    def credential_of(self, answer: Mapping[str, Any]) -> bytes:
        """Return which credential has signed, as the answer says; raise NotAuthenticated."""
        ...

    def signed(
        self, answer: Mapping[str, Any], challenge: bytes, passkey: Passkey, *, alone: bool
    ) -> int:
        """Return how often the passkey has signed by now; raise NotAuthenticated.

        `alone`: it stands for the password too, so the device has to know its owner.
        """
        ...


class Identities(Protocol):
    """Who people are elsewhere."""

    def find(self, provider: str, subject: str) -> Identity | None:
        """Return the identity, locked."""
        ...

    def of_person(self, person_id: UUID) -> Sequence[Identity]:
        """Return those of somebody, by the provider's name."""
        ...

    def add(self, identity: Identity) -> bool:
        """Keep a new one; False when it is somebody's, or they have another one there."""
        ...

    def note_used(self, identity: Identity) -> None:
        """Write down when it was used last."""
        ...

    def remove(self, identity: Identity) -> None:
        """Forget it."""
        ...

    def forget(self, person_id: UUID) -> None:
        """Forget all of somebody."""
        ...


class Providers(Protocol):
    """Where people may sign in beside here. On the network: asked outside of any transaction."""

    def all(self) -> Sequence[Provider]:
        """Return those that there are."""
        ...

    def begin(self, name: str, state: str) -> Begun:
        """Return the way to a provider.

        Raises NotFound (`provider_not_found`), Transient (`provider_unreachable`).
        """
        ...

    def redeem(self, name: str, code: str, begun: Begun) -> Claims:
        """Return what the provider says of who has come back with this code.

        Raises NotFound (`provider_not_found`), NotAuthenticated (`provider_refused`), Transient
        (`provider_unreachable`).
        """
        ...
