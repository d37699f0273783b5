"""Who a client is: a personal access token, or a session that is renewed as its tokens expire."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

import httpx
from pydantic import BaseModel, SecretStr

from shared.messages.accounts import RefreshSession, TokenView
from tasuki.client.transport import Request, Transport

# Renewed a little early: a request that is on its way must still arrive with a good token.
EARLY = timedelta(seconds=60)


class Tokens(BaseModel):
    """What a session is kept by, between one run and the next. It is a secret."""

    access_token: str
    expires_at: datetime
    refresh_token: str

    @classmethod
    def of(cls, view: TokenView, now: datetime) -> "Tokens":
        """Return them out of an answer of accounts."""
        return cls(
            access_token=view.access_token,
            expires_at=now + timedelta(seconds=view.expires_in),
            refresh_token=view.refresh_token,
        )


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass
class Session:
    """Gives the access token of a session, renewing it when it is about to expire.

    Args:
        tokens: those of a sign-in, or of an earlier run.
        keep: called with the new tokens before they are used: the old ones are worth nothing then.
        now: the time.
    """

    tokens: Tokens
    keep: Callable[[Tokens], None] = lambda _: None
    now: Callable[[], datetime] = utc_now
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def bearer(self, http: httpx.Client) -> str:
        """Return a token that is good for a while; raise Refused when the session has ended."""
        with self._lock:
            if self.now() >= self.tokens.expires_at - EARLY:
                self._renew(http)
            return self.tokens.access_token

    def _renew(self, http: httpx.Client) -> None:
        body = RefreshSession(refresh_token=SecretStr(self.tokens.refresh_token))
        request = Request("POST", "/api/v1/accounts/sessions/refresh", body=body)
        view = Transport(http, lambda: None).send(request, TokenView)
        self.tokens = Tokens.of(view, self.now())
        self.keep(self.tokens)
