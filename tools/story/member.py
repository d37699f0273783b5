"""A person who uses the market, through its public API and nothing else."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx2

from shared.ids import new_id

JsonObject = dict[str, Any]

PASSWORD = "correct horse battery staple"  # noqa: S105  (people of a story have no secrets)
# How long a client goes on trying while a part of the market is away, with the same key each time.
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.2
_AWAY = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)


class RefusedError(Exception):
    """The market refused; `problem` is its RFC 9457 document."""

    def __init__(self, status: int, problem: JsonObject) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')} {problem}")
        self.status = status
        self.code = problem.get("code")
        self.problem = problem


@dataclass
class Member:
    """A person of the market, signed in when needed."""

    http: httpx2.Client
    email: str
    name: str
    roles: tuple[str, ...] = ()
    locale: str = "ja"
    password: str = PASSWORD
    person_id: str = ""
    patience_seconds: float = PATIENCE_SECONDS
    _token: str = field(default="", repr=False)

    def register(self) -> JsonObject:
        """Ask for an account: a letter comes, with a link."""
        person: JsonObject = self._send(
            "POST",
            "/accounts/people",
            {
                "email": self.email,
                "password": self.password,
                "display_name": self.name,
                "roles": list(self.roles),
                "locale": self.locale,
            },
            signed_in=False,
        )
        self.person_id = person["person_id"]
        return person

    def confirm(self, secret: str) -> None:
        """Follow the letter's link, which opens the account."""
        self._send("POST", "/accounts/people/confirmation", {"secret": secret}, signed_in=False)

    def sign_in(self) -> None:
        """Get a new access token."""
        credentials = {"email": self.email, "password": self.password}
        token = self._send("POST", "/accounts/sessions", credentials, signed_in=False)
        self._token = token["access_token"]

    def get(self, path: str, **parameters: str | int) -> Any:
        """Return what is at /api/v1{path}; raise RefusedError on a problem."""
        return self._send("GET", path, parameters=parameters)

    def find(self, path: str) -> Any | None:
        """Return what is at /api/v1{path}, or None while there is nothing."""
        try:
            return self.get(path)
        except RefusedError as refused:
            if refused.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def post(self, path: str, body: object = None, *, key: str | None = None) -> Any:
        """Send a command to /api/v1{path}: done once, however often it has to be tried."""
        return self._send("POST", path, body, key=key or str(new_id()))

    def put(self, path: str, body: object) -> Any:
        """Set what is at /api/v1{path}."""
        return self._send("PUT", path, body, key=str(new_id()))

    def delete(self, path: str) -> Any:
        """Take away what is at /api/v1{path}."""
        return self._send("DELETE", path, key=str(new_id()))

    def upload(self, path: str, name: str, content: bytes, media_type: str) -> Any:
        """Send a file to /api/v1{path}."""
        return self._send(
            "POST", path, content=content, media_type=media_type, parameters={"name": name}
        )

    def download(self, path: str, **parameters: str | int) -> bytes:
        """Return the bytes at /api/v1{path}."""
        return self._answer("GET", path, params=parameters).content

    def _send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        signed_in: bool = True,
        key: str | None = None,
        content: bytes | None = None,
        media_type: str = "application/json",
        parameters: Mapping[str, str | int] | None = None,
    ) -> Any:
        headers = {"Content-Type": media_type}
        if key:
            headers["Idempotency-Key"] = key
        if content is None and body is not None:
            content = json.dumps(body).encode()
        answer = self._answer(
            method,
            path,
            signed_in=signed_in,
            content=content,
            headers=headers,
            params=dict(parameters or {}),
        )
        return answer.json() if answer.content else None

    def _answer(
        self, method: str, path: str, *, signed_in: bool = True, **request: Any
    ) -> httpx2.Response:
        give_up = time.monotonic() + self.patience_seconds
        headers = request.pop("headers", {})
        renewed = False
        while True:
            if signed_in and not self._token:
                self.sign_in()
            if signed_in:
                headers["Authorization"] = f"Bearer {self._token}"
            answer = self._try(method, path, headers=headers, **request)
            if answer is not None and answer.is_success:
                return answer
            away = answer is None or answer.status_code in _AWAY
            if answer is not None and not away:
                problem = _problem(answer)
                if problem.get("code") == "token_expired" and signed_in and not renewed:
                    renewed = True
                    self._token = ""
                    continue
                raise RefusedError(answer.status_code, problem)
            if time.monotonic() > give_up:
                raise RefusedError(answer.status_code if answer else 0, {"code": "away"})
            time.sleep(PAUSE_SECONDS)

    def _try(self, method: str, path: str, **request: Any) -> httpx2.Response | None:
        try:
            return self.http.request(method, f"/api/v1{path}", **request)
        except httpx2.TransportError:
            return None


def _problem(answer: httpx2.Response) -> JsonObject:
    try:
        problem = answer.json()
    except ValueError:
        return {"code": "no_problem", "detail": answer.text[:200]}
    return problem if isinstance(problem, dict) else {"code": "no_problem", "detail": problem}
