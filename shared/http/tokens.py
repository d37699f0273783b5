"""Access tokens: short-lived JWTs (EdDSA) that every service verifies by itself.

A program brings a personal access token instead: accounts exchanges it for such a JWT, so that one
that was revoked is worth nothing a minute later (docs/adr/0015-personal-access-tokens.md).
"""

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

import jwt

from shared.clock import Clock
from shared.errors import NotAuthenticated, Transient
from shared.people import Person, Right

logger = logging.getLogger(__name__)

ISSUER = "tasuki"
AUDIENCE = "tasuki-api"
# RFC 9068: nothing else that is signed with these keys passes for an access token.
TYPE = "at+jwt"
# What release 0.1.0 calls them; it refuses any `aud`, too. Once none of its processes can run
# beside ours, accounts says `aud`, and the release after that takes no token without it.
TYPES = frozenset({TYPE, "JWT"})
ALGORITHM = "EdDSA"
LEEWAY = timedelta(seconds=30)
REMEMBERED = timedelta(minutes=1)
MOST_REMEMBERED = 10_000
JWKS_LIFETIME = timedelta(minutes=5)
JWKS_RETRY = timedelta(seconds=5)
JWKS_TIMEOUT_SECONDS = 5
PERSONAL = "tsk_"  # what every personal access token begins with
EXCHANGE_PATH = "/api/v1/accounts/tokens/exchange"
EXCHANGE_TIMEOUT_SECONDS = 5

RIGHTS = frozenset(Right)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for a failure: accounts gives none, so whoever does isn't accounts."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""


# Nor is a proxy of our environment asked.
_STRAIGHT = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))

FindKey = Callable[[str], Any]
# Gives an access token for a personal one; raises NotAuthenticated, or Transient.
Exchange = Callable[[str], str]


def no_exchange(_: str) -> str:
    """Refuse every personal access token: for who has no accounts to ask."""
    raise NotAuthenticated("token_invalid", "Personal access tokens aren't taken here.")


@dataclass(frozen=True)
class _Claims:
    """What a token says, once it is known to hold."""

    person: Person
    valid_from: datetime
    valid_until: datetime

    def hold_at(self, now: datetime) -> bool:
        return self.valid_from <= now < self.valid_until


@dataclass(frozen=True)
class TokenVerifier:
    """Turns a bearer token into a Person. `find_key` gives the public key of a key id, or None.

    A person who works sends the same token again and again: for a minute it is remembered, so that
    its signature is not computed, nor a key looked for, at every request. The same holds of
    personal access tokens, which `exchange` turns into access tokens.
    """

    find_key: FindKey
    clock: Clock
    exchange: Exchange = no_exchange
    _remembered: dict[str, tuple[_Claims, datetime]] = field(default_factory=dict, init=False)

    def remembered(self, token: str) -> Person | None:
        """Return who is asking, if the token was verified a moment ago; never waits."""
        known = self._remembered.get(token)
        if known is None:
            return None
        claims, until = known
        now = self.clock.now()
        return claims.person if now < until and claims.hold_at(now) else None

    def verify(self, token: str) -> Person:
        """Return who is asking; raise NotAuthenticated when the token doesn't hold.

        May wait for the public keys, and for accounts' word on a personal access token.
        """
        claims = self._claims(self.exchange(token) if token.startswith(PERSONAL) else token)
        now = self.clock.now()
        if not claims.hold_at(now):
            raise NotAuthenticated("token_expired", "The token has expired. Sign in again.")
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[token] = claims, now + REMEMBERED
        return claims.person

    def _claims(self, token: str) -> _Claims:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("typ") not in TYPES:
                raise NotAuthenticated("token_invalid", "This is no access token.")
            key = self.find_key(header.get("kid", ""))
            if key is None:
                raise NotAuthenticated("token_invalid", "The token is signed with an unknown key.")
            # Expiry is checked against our own clock, which a demo or a test may turn.
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                options={
                    "require": ["exp", "iat", "sub"],
                    "verify_aud": False,
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
            if claims.get("aud", AUDIENCE) != AUDIENCE:
                raise NotAuthenticated("token_invalid", "The token is for somebody else.")
            return _Claims(
                _person(claims),
                valid_from=datetime.fromtimestamp(claims["iat"], UTC) - LEEWAY,
                valid_until=datetime.fromtimestamp(claims["exp"], UTC) + LEEWAY,
            )
        except (
            jwt.PyJWTError,
            ValueError,
            TypeError,
            AttributeError,
            OverflowError,
        ) as error:
            raise NotAuthenticated("token_invalid", "Sign in again.") from error


def _person(claims: Mapping[str, Any]) -> Person:
    # A right that we don't know yet is none here: accounts may be newer than we are.
    memberships = {
        UUID(company): frozenset(Right(each) for each in rights if each in RIGHTS)
        for company, rights in claims.get("companies", {}).items()
    }
    signed_in = claims.get("auth_time")
    return Person(
        UUID(claims["sub"]),
        frozenset(claims.get("roles", ())),
        memberships,
        session_id=UUID(claims["sid"]) if "sid" in claims else None,
        authenticated_at=None if signed_in is None else datetime.fromtimestamp(signed_in, UTC),
        scopes=frozenset(claims["scope"].split()) if "scope" in claims else None,
    )


@dataclass
class JwksKeys:
    """The public keys at a JWKS address, kept for some minutes.

    While the address is away, the keys that were read last go on being good: nobody is signed out
    by a restart of accounts.
    """

    url: str
    clock: Clock
    _keys: dict[str, Any] = field(default_factory=dict, init=False)
    _fresh_until: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)
    _next_try: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def __call__(self, key_id: str) -> Any:
        """Return the key, or None; raise Transient when no key could ever be read."""
        now = self.clock.now()
        with self._lock:
            # An unknown key id may be a new key: read again, though not at every forged token.
            stale = now >= self._fresh_until or key_id not in self._keys
            if stale and now >= self._next_try:
                self._next_try = now + JWKS_RETRY
                self._read(now)
            if not self._keys:
                raise Transient("token_keys_unavailable", "The keys of accounts are out of reach.")
            return self._keys.get(key_id)

    def _read(self, now: datetime) -> None:
        try:
            # The address comes from our own settings, not from a request.
            with _STRAIGHT.open(self.url, timeout=JWKS_TIMEOUT_SECONDS) as answer:
                keys = jwt.PyJWKSet.from_dict(json.load(answer))
        except (OSError, ValueError, jwt.PyJWTError) as error:
            logger.warning("JWKS could not be read", extra={"url": self.url, "error": str(error)})
            return
        self._keys = {key.key_id: key.key for key in keys.keys if key.key_id}
        self._fresh_until = now + JWKS_LIFETIME


@dataclass(frozen=True)
class AccountsExchange:
    """Asks accounts, whose address is that of its public keys, for an access token."""

    jwks_url: str

    def __call__(self, token: str) -> str:
        """Return an access token for a personal one.

        Raises NotAuthenticated (`token_invalid`), Transient (`token_exchange_unavailable`).
        """
        # The address comes from our own settings, not from a request.
        request = urllib.request.Request(  # noqa: S310
            urljoin(self.jwks_url, EXCHANGE_PATH),
            json.dumps({"token": token}).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with _STRAIGHT.open(request, timeout=EXCHANGE_TIMEOUT_SECONDS) as answer:
                return str(json.load(answer)["access_token"])
        except urllib.error.HTTPError as error:
            error.close()
            if error.code not in {HTTPStatus.UNAUTHORIZED, HTTPStatus.UNPROCESSABLE_ENTITY}:
                raise _unavailable() from error
            raise NotAuthenticated(
                "token_invalid", "The personal access token is revoked, expired or mistyped."
            ) from error
        except (OSError, ValueError, KeyError) as error:
            raise _unavailable() from error


def _unavailable() -> Transient:
    return Transient("token_exchange_unavailable", "accounts can't be asked about the token now.")
