"""The services as the pages ask them: with the visitor's own token, so that they decide.

web has no rights of its own. What a service refuses is `Refused`, with the code and the facts that
it gave; a service that gives no answer is `Unreachable`.
"""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError
from pydantic_core import to_json

from services.web.gateway import (
    CONNECT_SECONDS,
    CONNECTIONS,
    KEEP_ALIVE_SECONDS,
    answered,
    called,
)
from shared.observability import requests as request_ids
from shared.observability.traces import current_traceparent

logger = logging.getLogger(__name__)

T = TypeVar("T")
Params = Mapping[str, Any]
Body = BaseModel | Mapping[str, Any] | None

PAGE_SECONDS = 15.0
PATH_SAFE = "/:@!$&'()*+,;=~-._"


class Refused(Exception):
    """A service said no: the members of its problem (RFC 9457)."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str = "",
        facts: Params | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.facts: Params = facts or {}
        self.retry_after = retry_after


class Unreachable(Exception):
    """A service gave no answer, or none that can be understood.

    `unsure` when what was asked for may have been done all the same.
    """

    def __init__(self, service: str, why: str, *, unsure: bool) -> None:
        super().__init__(f"{service}: {why}")
        self.service = service
        self.unsure = unsure


@dataclass(frozen=True)
class Asker:
    """On whose behalf we ask: the token, and where the visitor's browser is."""

    token: str = ""
    address: str = ""
    browser: str = ""
    language: str = ""

    def headers(self) -> dict[str, str]:
        """Return what tells a service of the visitor."""
        said = {
            "Authorization": f"Bearer {self.token}" if self.token else "",
            "X-Forwarded-For": self.address,
            "User-Agent": self.browser,
            "Accept-Language": self.language,
            "traceparent": current_traceparent() or "",
            request_ids.HEADER: request_ids.current_request_id(),
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True)
class Answer:
    """What a service answered."""

    status: int
    content: bytes
    etag: str

    def parse(self, view: type[T], service: str) -> T:
        """Return it as the view; raise Unreachable when it is no such thing."""
        try:
            return cast("T", _reader(cast("Any", view)).validate_json(self.content))
        except ValidationError as error:
            logger.exception("no %s", view, extra={"service": service})
            raise Unreachable(service, f"no {view}", unsure=True) from error


@dataclass(frozen=True)
class Backend:
    """The services at these addresses."""

    client: httpx2.AsyncClient
    addresses: Mapping[str, str]

    async def ask(
        self,
        asker: Asker,
        method: str,
        service: str,
        path: str,
        *,
        body: Body = None,
        content: bytes | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the service's answer; raise Refused or Unreachable."""
        with called(service, method) as span:
            request = self.request(
                asker,
                method,
                service,
                path,
                body=body,
                content=content,
                params=params,
                headers=headers,
            )
            try:
                answer = await self.client.send(request)
            except httpx2.TransportError as error:
                # What could not connect has not been asked.
                never_sent = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
                logger.warning("no answer", extra={"service": service, "error": repr(error)})
                raise Unreachable(service, repr(error), unsure=not never_sent) from error
            answered(span, answer.status_code)
        if answer.is_success:
            return Answer(answer.status_code, answer.content, answer.headers.get("etag", ""))
        raise refusal(service, answer)

    async def stream(
        self,
        asker: Asker,
        service: str,
        path: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        silence_seconds: float = PAGE_SECONDS,
    ) -> httpx2.Response:
        """Return an answer that is read piece by piece, and closed, by the caller."""
        request = self.request(asker, "GET", service, path, params=params, headers=headers)
        request.extensions["timeout"] = httpx2.Timeout(
            PAGE_SECONDS, connect=CONNECT_SECONDS, read=silence_seconds
        ).as_dict()
        try:
            answer = await self.client.send(request, stream=True)
        except httpx2.TransportError as error:
            raise Unreachable(service, repr(error), unsure=False) from error
        if answer.is_success:
            return answer
        await answer.aread()
        raise refusal(service, answer)

    def request(
        self,
        asker: Asker,
        method: str,
        service: str,
        path: str,
        *,
        body: Body = None,
        content: bytes | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Request:
        """Return the request; raise Refused when the path would lead elsewhere than it says."""
        if {".", ".."} & set(path.split("/")):
            raise Refused(HTTPStatus.NOT_FOUND, "not_found")
        sent = asker.headers() | dict(headers or {})
        if body is not None:
            content = to_json(revealed(body))
            sent["Content-Type"] = "application/json"
        return self.client.build_request(
            method,
            f"{self.addresses[service]}/api/v1/{service}{quote(path, safe=PATH_SAFE)}",
            content=content,
            params=httpx2.QueryParams(_texts(params or {})),
            headers=sent,
        )


def refusal(service: str, answer: httpx2.Response) -> Refused | Unreachable:
    """Return what an answer that is no success means."""
    try:
        members = answer.json()
        code, detail = members["code"], members.get("detail", "")
    except (ValueError, KeyError, TypeError):
        return Unreachable(service, f"answered {answer.status_code}", unsure=True)
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.warning("answered %s", answer.status_code, extra={"service": service, "code": code})
    wait = answer.headers.get("retry-after", "")
    seconds = int(wait) if wait.isdigit() else None
    return Refused(answer.status_code, code, detail, members, seconds)


def revealed(body: Any) -> Any:
    """Return a command as what is sent: just what was set, secrets as they are."""
    if isinstance(body, BaseModel):
        return revealed(body.model_dump(exclude_unset=True))
    if isinstance(body, Mapping):
        return {name: revealed(value) for name, value in body.items()}
    if isinstance(body, list | tuple | set | frozenset):
        return [revealed(value) for value in body]
    return body.get_secret_value() if isinstance(body, SecretStr) else body


@asynccontextmanager
async def backend(
    addresses: Mapping[str, str], transport: httpx2.AsyncBaseTransport | None = None
) -> AsyncIterator[Backend]:
    """Yield the services, with a pool of connections.

    Args:
        addresses: where the services are, by name.
        transport: what carries the requests, where that is not the network.
    """
    limits = httpx2.Limits(max_connections=CONNECTIONS, keepalive_expiry=KEEP_ALIVE_SECONDS)
    transport = transport or httpx2.AsyncHTTPTransport(limits=limits, trust_env=False, retries=1)
    timeout = httpx2.Timeout(PAGE_SECONDS, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)
    async with httpx2.AsyncClient(transport=transport, timeout=timeout) as client:
        yield Backend(client, addresses)


@cache
def _reader(view: Any) -> TypeAdapter[Any]:
    return TypeAdapter(view)


def _texts(params: Params) -> list[tuple[str, str | int | float | bool | None]]:
    """Return the parameters of a query; None is left out, several values are several."""
    found: list[tuple[str, str | int | float | bool | None]] = []
    for name, value in params.items():
        many = value if isinstance(value, list | tuple | set | frozenset) else [value]
        found += [(name, _text(each)) for each in many if each is not None]
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
