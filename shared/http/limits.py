"""How often one may ask: a bucket of tokens for each caller, told of in every answer.

A person has one bucket however they sign in, and with whatever token; who hasn't signed in shares
one with everybody at the same address. Buckets are those of one process: replicas each grant as
much, and a restart fills them. (Headers: IETF draft-ietf-httpapi-ratelimit-headers-10.)
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final

from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import DomainError
from shared.http import problems
from shared.http.tokens import TokenVerifier
from shared.observability import security

WINDOW_SECONDS: Final = 60
MOST_KEPT: Final = 100_000
IPV6_NETWORK_BITS: Final = 64

# What is asked by machines of ours.
UNMETERED: Final = (
    "/.well-known/",
    "/api/v1/accounts/.well-known/",
    "/api/v1/accounts/tokens/exchange",
)


@dataclass(frozen=True)
class Taken:
    """What became of a request for a token."""

    granted: bool
    remaining: int
    full_after: int
    next_after: int


@dataclass
class Buckets:
    """A bucket for each key: it holds `quota` tokens, and fills again within a minute.

    Those that were not asked for longest are forgotten when there are too many, so that nobody who
    comes from ever new addresses fills the memory.
    """

    policy: str
    quota: int
    now: Callable[[], float] = time.monotonic
    _levels: dict[str, tuple[float, float]] = field(default_factory=dict, init=False)

    def take(self, key: str) -> Taken:
        """Take a token, if there is one."""
        now, rate = self.now(), self.quota / WINDOW_SECONDS
        # Taken out and put in again: the dictionary keeps the order of the last use.
        level, at = self._levels.pop(key, (float(self.quota), now))
        level = min(self.quota, level + (now - at) * rate)
        granted = level >= 1
        level -= granted
        self._levels[key] = level, now
        if len(self._levels) > MOST_KEPT:
            del self._levels[next(iter(self._levels))]
        return Taken(
            granted=granted,
            remaining=int(level),
            full_after=math.ceil((self.quota - level) / rate),
            next_after=max(1, math.ceil((1 - level) / rate)),
        )

    def headers(self, taken: Taken) -> dict[str, str]:
        """Return what the answer says of it."""
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.quota};w={WINDOW_SECONDS}',
            "RateLimit": f'"{self.policy}";r={taken.remaining};t={taken.full_after}',
        }


@dataclass(frozen=True)
class Limits:
    """The buckets of a process; without any, everybody may ask as often as they like."""

    people: Buckets | None = None
    addresses: Buckets | None = None

    @classmethod
    def per_minute(cls, person: int, anonymous: int) -> "Limits":
        """Return limits of so many requests in a minute; 0 is none."""
        return cls(
            Buckets("person", person) if person else None,
            Buckets("address", anonymous) if anonymous else None,
        )


class Limited:
    """Refuses what is asked too often (429), before its body is read."""

    def __init__(
        self, app: ASGIApp, limits: Limits, tokens: TokenVerifier, unmetered: tuple[str, ...] = ()
    ) -> None:
        self.app = app
        self.limits = limits
        self.tokens = tokens
        self.unmetered = (*UNMETERED, *unmetered)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"].startswith(self.unmetered):
            await self.app(scope, receive, send)
            return
        buckets, key = await self._bucket(scope)
        if buckets is None:
            await self.app(scope, receive, send)
            return
        taken = buckets.take(key)
        said = buckets.headers(taken)

        async def with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(said)
            await send(message)

        if not taken.granted:
            # Of whom one can say it; addresses stand in the log of the proxy in front.
            person_id = key if buckets is self.limits.people else None
            security.note("refused", code="rate_limited", status=429, person_id=person_id)
        app = self.app if taken.granted else _refusal(taken)
        await app(scope, receive, with_limits)

    async def _bucket(self, scope: Scope) -> tuple[Buckets | None, str]:
        if self.limits.people is None and self.limits.addresses is None:
            return None, ""
        person_id = await self._person_id(dict(scope["headers"]).get(b"authorization", b""))
        if person_id:
            return self.limits.people, person_id
        return self.limits.addresses, network_of((scope.get("client") or ("",))[0])

    async def _person_id(self, authorization: bytes) -> str:
        scheme, _, token = authorization.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return ""
        # A token that doesn't hold is refused further on; here it counts for the address, so that
        # nobody gets a full bucket by making one up.
        try:
            person = self.tokens.remembered(token)
            if person is None:
                person = await run_in_threadpool(self.tokens.verify, token)
        except DomainError:
            return ""
        return str(person.person_id)


def network_of(address: str) -> str:
    """Return what stands for the caller's address: of IPv6 the network, which is one customer's."""
    try:
        parsed: Any = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, IPV6_NETWORK_BITS), strict=False))


def _refusal(taken: Taken) -> ASGIApp:
    return problems.problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "rate_limited",
        "You ask too often. Nothing was done; send it again after the seconds of Retry-After.",
        {"retry_after": taken.next_after},
    )
