"""What every api shares: problems, traces, a bound on bodies, and how it is served."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import anyio.to_thread
import uvicorn
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from opentelemetry.trace import Span, SpanKind
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import garbage
from shared.db import Database
from shared.grace import GRACE_SECONDS
from shared.http import problems
from shared.http.edge import Edge
from shared.http.examples import with_examples
from shared.http.headers import ApiHeaders
from shared.http.limits import Limited
from shared.http.measuring import METHODS, Measured
from shared.http.operations import operations_router
from shared.http.request_ids import Identified
from shared.messaging.queues import Depths
from shared.messaging.trial import NOTHING_HEARD, Trials
from shared.observability import traces
from shared.observability.gauges import STATEMENT_TIMEOUT_MS, Read, Standing, nothing_more
from shared.observability.ops_port import Need, OpsPort, Pulse
from shared.revisions import DatabaseReady
from shared.settings import Settings

MAX_BODY_BYTES = 1_000_000
BEAT_SECONDS = 0.5
IN_EVERY_SERVICE = "operations"


def create_app(
    service: str,
    routers: Iterable[APIRouter],
    edge: Edge[Any],
    *,
    max_body_bytes: Callable[[str], int] = lambda _: MAX_BODY_BYTES,
    unmetered: tuple[str, ...] = (),
    gauges: Read = nothing_more,
    trials: Trials = NOTHING_HEARD,
) -> FastAPI:
    """Return the FastAPI app of a service.

    Args:
        service: its name; it serves /api/v1/<service>/….
        routers: its endpoints.
        edge: database, clock and tokens for them.
        max_body_bytes: how large a body may be, given the path.
        unmetered: how the paths begin that may be asked for as often as one likes: where machines
            come that prove by themselves who they are.
        gauges: reads the service's own gauges.
        trials: how operators try its dead letters.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # As many threads as database connections: waiting for a thread is cheaper than timing out.
        pool = edge.database.engine.pool
        limiter = anyio.to_thread.current_default_thread_limiter()
        limiter.total_tokens = pool.size() * 2  # type: ignore[attr-defined]
        yield

    operations: dict[object, str] = {}

    def named(route: APIRoute) -> str:
        operations[route.endpoint] = name = operation_id(service, route)
        return name

    prefix = f"/api/v1/{service}"
    app = Described(
        title=f"Tasuki {service}",
        version="1",
        openapi_url=f"{prefix}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        generate_unique_id_function=named,
        responses={"default": {"model": problems.Problem, "description": "A refusal (RFC 9457)"}},
    )
    app.state.edge = edge
    app.state.service = service
    app.state.gauges = gauges
    app.state.trials = trials
    app.state.operations = operations
    # First, as some services take anything for the id of something of theirs.
    for router in (operations_router(service), *routers):
        app.include_router(router)
    problems.install(app)
    app.add_middleware(_BoundedBody, max_body_bytes=max_body_bytes)
    app.add_middleware(Limited, limits=edge.limits, tokens=edge.tokens, unmetered=unmetered)
    app.add_middleware(Traced)
    app.add_middleware(Measured)
    app.add_middleware(ApiHeaders)
    app.add_middleware(Identified)
    return app


class Described(FastAPI):
    """An app whose document says how it refuses, and has an example of everything."""

    def openapi(self) -> dict[str, Any]:
        """Return the document; it is made once."""
        if self.openapi_schema is None:
            self.openapi_schema = with_examples(problems.described(super().openapi()))
        return self.openapi_schema


def operation_id(service: str, route: APIRoute) -> str:
    """Return the name of an operation: what programs made from our document call it.

    FastAPI's own has the path in it, and would change with it. What every service has alike is
    named after the service, so that names stay different in the document of all.
    """
    tags = [tag for tag in route.tags if tag != IN_EVERY_SERVICE]
    return f"{tags[0] if tags else service}_{route.name}"


class Traced:
    """Runs every request as a span of the caller's trace, or of a new one; answers bugs."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        traceparent = headers.get(b"traceparent", b"").decode("latin-1") or None
        method, path = scope["method"], scope["path"]
        status = 0

        async def noting_start(message: Message) -> None:
            nonlocal status
            status = status or message["status"]
            await send(message)

        told = method if method in METHODS else "_OTHER"
        known = {"http.request.method": told}
        with traces.continued(traceparent, told, SpanKind.SERVER, known) as span:
            try:
                await self.app(scope, receive, noting_start)
            except Exception as error:
                # Answered here, inside the span, so that the caller is told the trace id.
                answer = problems.bug(method, path, error)
                if status:
                    raise
                await answer(scope, receive, noting_start)
            finally:
                _describe(span, told, scope, status)


def _describe(span: Span, told: str, scope: Scope, status: int) -> None:
    """Say which route a request took, never its path: that may have a secret in it."""
    if not span.is_recording():
        return
    if path := getattr(scope.get("route"), "path", ""):
        span.update_name(f"{told} {path}")
        span.set_attribute("http.route", path)
    span.set_attribute("http.response.status_code", status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        traces.failed(span, str(status))


class _BoundedBody:
    """Refuses a body that is larger than the path allows, before reading more of it."""

    def __init__(self, app: ASGIApp, max_body_bytes: Callable[[str], int]) -> None:
        self.app = app
        self.max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.max_body_bytes(scope["path"])
        seen = 0
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > limit:
            await _too_large(limit)(scope, receive, send)
            return

        async def bounded() -> Any:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _advice(limit))
            return message

        await self.app(scope, bounded, send)


def _advice(limit: int) -> str:
    return f"Send at most {limit:,} bytes."


def _too_large(limit: int) -> JSONResponse:
    return problems.problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE.name.lower(),
        _advice(limit),
        {"limit_bytes": limit},
    )


def serve(app: Starlette, settings: Settings) -> None:
    """Serve the app until SIGTERM, then finish what is in hand.

    It is ready without the broker: what people ask for is done, and told when the broker is back.
    """
    # uvicorn raises the signal once more at its end: whoever called us has things to finish, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    service = app.state.service
    pulse = Pulse()
    config = uvicorn.Config(
        app,
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Beating(config, pulse)
    # uvicorn gives the signal that stopped it to whoever was there before: to end well is no error.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.stop)
    needs: list[Need] = [server.lack]
    collectors: list[Collector] = []
    if settings.database_url:
        needs.append(DatabaseReady(service, settings.database_url))
        collectors.append(_standing(app, settings))
    garbage.collect_what_is_new()
    with OpsPort.of(settings, service, pulse, needs, collectors):
        server.run()


def _standing(app: Starlette, settings: Settings) -> Standing:
    """Return the service's gauges, read over a connection of their own: the pool may be busy."""
    database = Database(
        settings.database_url, pool_size=1, statement_timeout_ms=STATEMENT_TIMEOUT_MS
    )
    amqp_url = settings.amqp_url
    depths = Depths(app.state.service, amqp_url) if amqp_url else None
    return Standing(database, app.state.edge.clock, app.state.gauges, depths)


class _Beating(uvicorn.Server):
    """A server whose loop beats a pulse."""

    def __init__(self, config: uvicorn.Config, pulse: Pulse) -> None:
        super().__init__(config)
        self._pulse = pulse

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to stop."""
        beating = asyncio.create_task(self._beat())
        try:
            await super().serve(sockets)
        finally:
            beating.cancel()

    def stop(self, *_: object) -> None:
        """Finish what is in hand, and end."""
        self.should_exit = True

    def lack(self) -> str:
        """Return why it takes no requests now, or nothing."""
        if self.should_exit:
            return "stopping"
        return "" if self.started else "still starting"

    async def _beat(self) -> None:
        while True:
            self._pulse.beat()
            await asyncio.sleep(BEAT_SECONDS)
