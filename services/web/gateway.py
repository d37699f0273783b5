"""The way to the services: requests are passed on as they are, in both directions, in streams.

web has no rights of its own: the caller's token goes along, and the service decides.
"""

import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx2
from opentelemetry.trace import Span, SpanKind
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from shared.http.problems import problem
from shared.observability import requests as request_ids
from shared.observability import traces
from shared.observability.traces import current_traceparent

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 3
DOCUMENT_SECONDS = 3
CONNECTIONS = 200
# Less than the 5 s after which uvicorn closes an idle connection, so that none is used that the
# service is just closing.
KEEP_ALIVE_SECONDS = 2

# RFC 9110, section 7.6.1: these speak of one connection and end with it.
HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
# These we say ourselves; and our cookies are for us alone.
OURS = frozenset(
    {
        b"cookie",
        b"host",
        b"traceparent",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-proto",
        b"x-request-id",
    }
)
SERVERS_OWN = frozenset({b"date", b"server"})

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Gateway:
    """Passes requests on to the services at these addresses."""

    client: httpx2.AsyncClient
    addresses: Mapping[str, str]
    public_url: str

    async def forward(self, service: str, request: Request) -> Response:
        """Return the service's answer to the request; a problem (502, 504) when it gives none."""
        try:
            with called(service, request.method) as span:
                answer = await self.client.send(self._request(service, request), stream=True)
                answered(span, answer.status_code)
        except httpx2.TimeoutException as error:
            logger.warning("no answer in time", extra={"service": service, "error": repr(error)})
            return problem(
                HTTPStatus.GATEWAY_TIMEOUT,
                "service_timeout",
                "The service took too long. Look whether it was done before you send it again, or "
                "send it again with the same Idempotency-Key.",
                {"service": service},
            )
        except httpx2.TransportError as error:
            logger.warning("out of reach", extra={"service": service, "error": repr(error)})
            return problem(
                HTTPStatus.BAD_GATEWAY,
                "service_unreachable",
                "The service is out of reach. Send it again in a moment, with the same "
                "Idempotency-Key.",
                {"service": service},
            )
        passed_on = StreamingResponse(
            _body(answer), answer.status_code, background=BackgroundTask(answer.aclose)
        )
        passed_on.raw_headers = _end_to_end(answer.headers.raw, SERVERS_OWN)
        return passed_on

    async def openapi(self, service: str) -> dict[str, Any] | None:
        """Return the service's own OpenAPI document, or None when it doesn't give one now."""
        url = f"{self.addresses[service]}/api/v1/{service}/openapi.json"
        try:
            answer = await self.client.get(url, timeout=DOCUMENT_SECONDS)
            answer.raise_for_status()
            document: dict[str, Any] = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            logger.warning("no OpenAPI document", extra={"service": service, "error": repr(error)})
            return None
        return document

    def _request(self, service: str, request: Request) -> httpx2.Request:
        # The path as it was sent: decoding and encoding again would change what it says.
        target: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
        if query := request.scope["query_string"]:
            target += b"?" + query
        headers = _end_to_end(request.scope["headers"], OURS)
        has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
        return httpx2.Request(
            request.method,
            self.addresses[service] + target.decode("ascii"),
            headers=[*headers, *self._forwarded(request)],
            content=request.stream() if has_body else None,
            extensions={"timeout": self.client.timeout.as_dict()},
        )

    def _forwarded(self, request: Request) -> Headers:
        public = urlsplit(self.public_url)
        # The client as uvicorn knows it: it believes the X-Forwarded-For of trusted proxies only
        # (FORWARDED_ALLOW_IPS), so that nobody can pretend to be somebody else.
        said = {
            "x-forwarded-for": request.client.host if request.client else "",
            "x-forwarded-host": public.netloc,
            "x-forwarded-proto": public.scheme,
            "traceparent": current_traceparent() or "",
            request_ids.HEADER: request_ids.current_request_id(),
        }
        return [(name.encode(), value.encode()) for name, value in said.items() if value]


def called(service: str, method: str) -> AbstractContextManager[Span]:
    """Return a span of a call to a service, which the service goes on from."""
    known = {"http.request.method": method, "peer.service": f"tasuki-{service}-api"}
    return traces.step(f"{method} {service}", SpanKind.CLIENT, known)


def answered(span: Span, status: int) -> None:
    """Say in the span what the service answered."""
    span.set_attribute("http.response.status_code", status)
    if status >= HTTPStatus.BAD_REQUEST:
        traces.failed(span, str(status))


@asynccontextmanager
async def gateway(
    addresses: Mapping[str, str], public_url: str, timeout_seconds: float
) -> AsyncIterator[Gateway]:
    """Yield a gateway with a pool of connections.

    Args:
        addresses: where the services are, by name, without a slash at the end.
        public_url: what people know us as.
        timeout_seconds: how long to wait for a service to say or take anything.
    """
    limits = httpx2.Limits(max_connections=CONNECTIONS, keepalive_expiry=KEEP_ALIVE_SECONDS)
    timeout = httpx2.Timeout(timeout_seconds, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)
    transport = httpx2.AsyncHTTPTransport(limits=limits, trust_env=False)
    async with httpx2.AsyncClient(transport=transport, timeout=timeout) as client:
        yield Gateway(client, addresses, public_url)


async def _body(answer: httpx2.Response) -> AsyncIterator[bytes]:
    """Pass the bytes on as they come, still compressed if they are; let go of them at any end."""
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()


def _end_to_end(headers: Iterable[tuple[bytes, bytes]], but: frozenset[bytes]) -> Headers:
    """Return the headers that are for the other end, without those that only the hop is for."""
    lower = [(name.lower(), value) for name, value in headers]
    named = {
        name.strip().lower()
        for header, value in lower
        if header == b"connection"
        for name in value.split(b",")
    }
    dropped = HOP_BY_HOP | named | but
    return [(name, value) for name, value in lower if name not in dropped]
