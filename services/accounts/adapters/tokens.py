"""Access tokens: EdDSA JWTs, and the keys that sign them."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from services.accounts.domain.account import Account
from services.accounts.domain.session import AccessToken, Session
from shared.clock import Clock
from shared.http.tokens import ALGORITHM, ISSUER, TYPE
from shared.people import Right


class KeysUnusableError(Exception):
    """There is no key to sign with; the message says how to make one."""


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key pair under its key id; `changed_at`: when its file was written, in seconds."""

    key_id: str
    private_key: Ed25519PrivateKey
    changed_at: float = 0.0

    @property
    def public_key(self) -> Ed25519PublicKey:
        """Return the half that everybody may know."""
        return self.private_key.public_key()


@dataclass(frozen=True)
class KeyRing:
    """All keys that are good, the newest last.

    To change the key, put a new file beside the old one (a later name); remove the old file once
    the tokens that it signed have expired.
    """

    keys: tuple[SigningKey, ...]

    @property
    def signing(self) -> SigningKey:
        """Return the newest key: that of the last file name."""
        return self.keys[-1]

    def find(self, key_id: str) -> Ed25519PublicKey | None:
        """Return the public key with this id."""
        return next((key.public_key for key in self.keys if key.key_id == key_id), None)

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Return the public keys as a JWK set (RFC 7517)."""
        return {
            "keys": [
                jwk(key.public_key) | {"kid": key.key_id, "use": "sig", "alg": ALGORITHM}
                for key in reversed(self.keys)
            ]
        }


def read_keys(directory: Path) -> KeyRing:
    """Read the `*.pem` files (Ed25519 private keys, PKCS #8) of a directory, by name."""
    files = sorted(directory.glob("*.pem"))
    if not files:
        raise KeysUnusableError(
            f"TOKEN_KEYS_DIR={directory} has no *.pem file to sign tokens with. Make one:\n"
            f"  openssl genpkey -algorithm ed25519 -out {directory}/$(date +%Y%m%d).pem"
        )
    return KeyRing(tuple(_read_key(file) for file in files))


def _read_key(file: Path) -> SigningKey:
    try:
        private_key = load_pem_private_key(file.read_bytes(), password=None)
        changed_at = file.stat().st_mtime
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeysUnusableError(f"{file} can't be read as a private key: {error}") from error
    if not isinstance(private_key, Ed25519PrivateKey):
        raise KeysUnusableError(
            f"{file} is no Ed25519 key. Make one: openssl genpkey -algorithm ed25519 -out {file}"
        )
    return SigningKey(thumbprint(private_key.public_key()), private_key, changed_at)


def jwk(key: Ed25519PublicKey) -> dict[str, str]:
    """Return the required members of the key as a JWK (RFC 8037, section 2)."""
    return {"crv": "Ed25519", "kty": "OKP", "x": _base64url(_raw(key))}


def thumbprint(key: Ed25519PublicKey) -> str:
    """Return the key's SHA-256 thumbprint (RFC 7638): its id, the same wherever it is computed."""
    canonical = json.dumps(jwk(key), sort_keys=True, separators=(",", ":")).encode("ascii")
    return _base64url(hashlib.sha256(canonical).digest())


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


class Signers(Protocol):
    """Keys, one of which signs."""

    @property
    def signing(self) -> SigningKey:
        """Return the key that signs now."""
        ...


@dataclass(frozen=True)
class JwtTokens:
    """Issues access tokens that are good for `lifetime`."""

    ring: Signers
    clock: Clock
    lifetime: timedelta

    def issue(
        self,
        account: Account,
        companies: Mapping[UUID, frozenset[Right]],
        *,
        session: Session | None = None,
        scopes: frozenset[str] | None = None,
        lifetime: timedelta | None = None,
    ) -> AccessToken:
        """Return a token that vouches for the person, the roles, and the rights in companies.

        It says of which session it is, and what it is for, where that is not everything.
        """
        now, lifetime = self.clock.now(), lifetime or self.lifetime
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "sub": str(account.person_id),
            "roles": sorted(account.roles),
            "companies": {str(each): sorted(rights) for each, rights in companies.items()},
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
        }
        if session:
            claims["sid"] = str(session.session_id)
            claims["auth_time"] = int(session.authenticated_at.timestamp())
        if scopes is not None:
            claims["scope"] = " ".join(sorted(scopes))
        key = self.ring.signing
        header = {"kid": key.key_id, "typ": TYPE}
        token = jwt.encode(claims, key.private_key, ALGORITHM, headers=header)
        return AccessToken(token, int(lifetime.total_seconds()))
