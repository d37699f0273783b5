"""Somebody of the sample market who comes back on many days, and then begins with a new token."""

from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import httpx2

from tools.story.member import Member, RefusedError


@dataclass
class Regular(Member):
    """A member whom several stories lead at once."""

    _refresh_token: str = field(default="", repr=False)
    _asleep: bool = False
    _waking: RLock = field(default_factory=RLock, repr=False)

    def sleep(self) -> None:
        """Let days go by: the access token of before is too old for whatever comes next."""
        self._asleep = True

    def sign_in(self) -> None:
        """Get a new access token, by the session of before while it lasts."""
        token = self._renewed() or self._send(
            "POST",
            "/accounts/sessions",
            {"email": self.email, "password": self.password},
            signed_in=False,
        )
        self._token = token["access_token"]
        self._refresh_token = token.get("refresh_token", "")

    def _renewed(self) -> Any:
        """Return new tokens, or None when the session has ended."""
        if not self._refresh_token:
            return None
        body = {"refresh_token": self._refresh_token}
        try:
            return self._send("POST", "/accounts/sessions/refresh", body, signed_in=False)
        except RefusedError:
            return None

    def _answer(
        self, method: str, path: str, *, signed_in: bool = True, **request: Any
    ) -> httpx2.Response:
        if signed_in and self._asleep:
            with self._waking:
                if self._asleep:
                    self.sign_in()
                    self._asleep = False
        return super()._answer(method, path, signed_in=signed_in, **request)
