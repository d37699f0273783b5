"""How requests go out: tried again under one Idempotency-Key, refusals as exceptions."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar, overload

import httpx
from pydantic import BaseModel, TypeAdapter

T = TypeVar("T")

TRIES = 4
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
TIMEOUT_SECONDS = 60.0
AGAIN = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


class Refused(Exception):
    """The market said no: an RFC 9457 problem.

    Attributes:
        status: of HTTP.
        code: what programs go by (docs/errors.md).
        detail: in words, what to do.
        facts: all members of the problem.
    """

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", "unknown"))
        self.detail = str(problem.get("detail") or problem.get("title") or "")
        self.facts = dict(problem)
        super().__init__(f"{self.code}: {self.detail}")


class Unreachable(Exception):
    """The market could not be reached, or didn't answer in time, several times."""


@dataclass(frozen=True)
class Request:
    """One operation of the API, ready to be sent.

    Attributes:
        body: JSON (a model) or a file's content.
        key: of a command: what makes it happen once; one is made up when there is none.
        if_match: the ETag of the version that is to be changed.
    """

    method: str
    path: str
    query: Mapping[str, object] = field(default_factory=dict)
    body: BaseModel | Path | None = None
    key: str | None = None
    if_match: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the headers that are the operation's own."""
        named = {}
        if self.method != "GET":
            named["Idempotency-Key"] = self.key or str(uuid.uuid4())
        if self.if_match:
            named["If-Match"] = self.if_match
        if isinstance(self.body, BaseModel):
            named["Content-Type"] = "application/json"
        elif self.body is not None:
            named["Content-Type"] = "application/octet-stream"
        return named

    def content(self) -> bytes | None:
        """Return the body as it goes over the wire; secrets are in it in the clear."""
        if isinstance(self.body, BaseModel):
            return _json(self.body)
        return self.body.read_bytes() if self.body is not None else None


@dataclass(frozen=True)
class Transport:
    """Sends requests to one market.

    Args:
        http: knows the address.
        bearer: gives the access token, or None; called for each try.
        pause: waits so many seconds.
    """

    http: httpx.Client
    bearer: Callable[[], str | None]
    pause: Callable[[float], None] = time.sleep

    @overload
    def send(self, request: Request, answer: type[T]) -> T: ...

    @overload
    def send(self, request: Request, answer: None) -> None: ...

    def send(self, request: Request, answer: Any) -> Any:
        """Send it and return the answer, parsed as this type; raise Refused or Unreachable.

        `bytes` returns the body as it is, None nothing.
        """
        response = self._answered(request)
        if answer is bytes:
            return response.content
        return None if answer is None else TypeAdapter(answer).validate_json(response.content)

    def _answered(self, request: Request) -> httpx.Response:
        headers, content = request.headers(), request.content()
        fault = ""
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            token = self.bearer()
            bearer = {"Authorization": f"Bearer {token}"} if token else {}
            try:
                response = self.http.request(
                    request.method,
                    request.path,
                    params=httpx.QueryParams(_query(request.query)),
                    headers=headers | bearer,
                    content=content,
                )
            except httpx.TransportError as error:
                fault = f"{self.http.base_url} can't be reached ({type(error).__name__})."
            else:
                if response.status_code not in AGAIN or last:
                    return _taken(response)
                self.pause(_retry_after(response) or _pause(attempt))
                continue
            if not last:
                self.pause(_pause(attempt))
        raise Unreachable(fault)


def _taken(response: httpx.Response) -> httpx.Response:
    if response.is_success:
        return response
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, dict) or "code" not in problem:
        problem = {"code": "unexpected_answer", "detail": f"HTTP {response.status_code}"}
    raise Refused(response.status_code, problem)


def _query(query: Mapping[str, object]) -> list[tuple[str, str | int | float | bool | None]]:
    pairs: list[tuple[str, str | int | float | bool | None]] = []
    for name, value in query.items():
        several = value if isinstance(value, list | tuple | set | frozenset) else (value,)
        pairs += [(name, _text(each)) for each in several if each is not None]
    return pairs


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json(body: BaseModel) -> bytes:
    # What was left out stays out: the service knows its defaults, and it may be newer than we are.
    return TypeAdapter(dict[str, Any]).dump_json(revealed(body.model_dump(exclude_unset=True)))


def revealed(value: Any) -> Any:
    """Return the value with its secrets in the clear, as they have to be sent."""
    if isinstance(value, dict):
        return {name: revealed(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [revealed(each) for each in value]
    reveal = getattr(value, "get_secret_value", None)
    return reveal() if reveal else value


def _retry_after(response: httpx.Response) -> float | None:
    after = response.headers.get("retry-after", "")
    return min(float(after), LONGEST_PAUSE_SECONDS) if after.isdigit() else None


def _pause(attempt: int) -> float:
    pause: float = min(FIRST_PAUSE_SECONDS * 2**attempt, LONGEST_PAUSE_SECONDS)
    return pause
