"""Somebody who is signed in at the API of accounts, and what they do there."""

from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pyotp
from fastapi.testclient import TestClient

from shared.clock import TurnedClock
from tests.integration.accounts.test_api import HANAKO, SESSIONS, bearer, letters, register

ACCOUNTS = "/api/v1/accounts"
PAGES = "https://tasuki.example"


@dataclass
class Owner:
    """The owner of an account. Their clock is that of the service, which they may turn."""

    client: TestClient
    clock: TurnedClock
    email: str = HANAKO["email"]
    headers: dict[str, str] = field(default_factory=dict)
    last_code: str = ""

    def forward(self, seconds: int) -> None:
        """Turn the clock on."""
        before = int(self.clock.file.read_text() or 0) if self.clock.file.exists() else 0
        self.clock.file.write_text(str(before + seconds))

    def ask(self, method: str, path: str, json: Any = None) -> Any:
        """Ask, and return the answer."""
        return self.client.request(method, ACCOUNTS + path, json=json, headers=self.headers)

    def get(self, path: str) -> Any:
        """Return what is shown."""
        return done(self.ask("GET", path))

    def post(self, path: str, **body: Any) -> Any:
        """Do something, and return what is shown of it."""
        return done(self.ask("POST", path, body or None))

    def delete(self, path: str) -> Any:
        """Take something away, and return what is shown."""
        return done(self.ask("DELETE", path))

    def try_sign_in(self) -> Any:
        """Send the password."""
        body = {"email": self.email, "password": HANAKO["password"]}
        return done(self.client.post(SESSIONS, json=body))

    def use(self, tokens: dict[str, Any]) -> None:
        """Go on with these tokens."""
        assert tokens["kind"] == "tokens"
        self.headers = bearer(tokens["access_token"])

    def code(self, secret: str, *, steps: int = 0) -> str:
        """Return what an app with this secret shows now, or some steps of 30 s from now."""
        step = int(self.clock.now().timestamp()) // 30 + steps
        self.last_code = pyotp.TOTP(secret).generate_otp(step)
        return self.last_code

    def add_totp(self) -> tuple[str, list[str]]:
        """Set up an app; return its secret, and the recovery codes that came with it."""
        secret = self.post("/factors/totp")["secret"]
        added = self.post("/factors/totp/confirmation", code=self.code(secret))
        return secret, added["recovery_codes"]

    def told(self) -> list[tuple[str, str | None]]:
        """Return the kinds of letters to them, and what each is about."""
        return [
            (each.kind.value, each.about)
            for each in letters(self.client)
            if each.email == self.email
        ]


def owner_of(client: TestClient, clock_file: Path, **changes: Any) -> Owner:
    """Return somebody who has registered and signed in."""
    register(client, **changes)
    owner = Owner(client, TurnedClock(clock_file), changes.get("email", HANAKO["email"]))
    owner.use(owner.try_sign_in())
    return owner


def done(answer: Any) -> Any:
    """Return what an answer shows; it is none of a refusal."""
    assert answer.status_code in {HTTPStatus.OK, HTTPStatus.CREATED}, answer.text
    return answer.json()


def code(answer: Any) -> tuple[int, str]:
    """Return how something was refused."""
    return answer.status_code, answer.json()["code"]
