import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from services.web.__main__ import WebSettings, make_app
from shared.sealed import new_key
from tests.integration.web.of_assistants import NOTHING, payable
from tests.support.wait import eventually
from tests.support.web import Services, WebUnderTest, web_over

PUBLIC_URL = "https://tasuki.example"
TIMEOUT_SECONDS = 1.0


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """Serve the app on a free port; yield its address."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, server_header=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            eventually(lambda: server.started)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@dataclass
class Service:
    """A service that writes down what it is asked, byte by byte."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    started: threading.Event = field(default_factory=threading.Event)

    def app(self) -> Starlette:
        methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
        return Starlette(
            routes=[
                Route("/api/v1/jobs/openapi.json", self._openapi),
                Route("/api/v1/jobs/slow", self._slow),
                Route("/api/v1/jobs/stream", self._stream),
                Route("/api/v1/jobs/upload", self._upload, methods=["POST"]),
                Route("/api/v1/jobs/page", self._page),
                Route("/{path:path}", self._echo, methods=methods),
            ]
        )

    async def _echo(self, request: Request) -> Response:
        self.requests.append(
            {
                "method": request.method,
                "target": request.scope["raw_path"] + b"?" + request.scope["query_string"],
                "headers": {name.decode(): value.decode() for name, value in request.headers.raw},
                "body": await request.body(),
            }
        )
        return Response(
            b"\x1f\x8b not really compressed",
            status_code=207,
            headers={
                "Content-Encoding": "x-own",
                "ETag": '"1"',
                "Keep-Alive": "timeout=5",
                "Idempotent-Replayed": "true",
            },
        )

    async def _openapi(self, _: Request) -> Response:
        return JSONResponse({"openapi": "3.1.0", "paths": {"/api/v1/jobs/x": {"get": {}}}})

    async def _page(self, _: Request) -> Response:
        return Response("<script>alert(1)</script>", media_type="text/html")

    async def _slow(self, _: Request) -> Response:
        await asyncio.to_thread(self.release.wait, 10)
        return Response()

    async def _stream(self, _: Request) -> Response:
        async def body() -> Any:
            yield b"first"
            await asyncio.to_thread(self.release.wait, 10)
            yield b"second"

        return StreamingResponse(body())

    async def _upload(self, request: Request) -> Response:
        size = 0
        async for chunk in request.stream():
            self.started.set()
            size += len(chunk)
        return JSONResponse({"size": size})


@pytest.fixture
def service() -> Iterator[Service]:
    recording = Service()
    yield recording
    recording.release.set()


@pytest.fixture
def addresses(service: Service) -> Iterator[dict[str, str]]:
    """Where web finds the services: one serves as accounts, jobs and payments, two are down."""
    with serving(service.app()) as up, closing(socket.socket()) as unheard:
        unheard.bind(("127.0.0.1", 0))
        down = f"http://127.0.0.1:{unheard.getsockname()[1]}"
        yield {
            "accounts_url": up,
            "jobs_url": up,
            "payments_url": up,
            "programs_url": down,
            "contracts_url": down,
            "notify_url": down,
        }


@pytest.fixture
def web(addresses: dict[str, str]) -> Iterator[httpx2.Client]:
    settings = WebSettings.model_validate(
        addresses
        | {"public_url": PUBLIC_URL, "gateway_timeout_seconds": TIMEOUT_SECONDS}
        | {"session_keys": new_key()}
    )
    with serving(make_app(settings)) as url, httpx2.Client(base_url=url, timeout=20) as client:
        yield client


@pytest.fixture
def site() -> Iterator[WebUnderTest]:
    """The pages, over services that answer as the test says, and a browser to visit them."""
    with web_over(Services()) as under_test:
        yield under_test


@pytest.fixture
def market(site: WebUnderTest) -> WebUnderTest:
    """The pages for an assistant for whom nothing has happened yet."""
    empty = ("/contracts", "/jobs/proposals", "/jobs", "/contracts/hand-overs")
    for path in empty:
        site.services.on("GET", path, NOTHING)
    site.services.on("GET", "/contracts/messages/unread", {"items": []})
    site.services.on("GET", "/programs/today", [])
    site.services.on("GET", "/payments/payables/me", payable())
    site.services.on("GET", "/payments/payouts", NOTHING)
    return site


@pytest.fixture
def assistant(market: WebUnderTest) -> UUID:
    """An assistant is signed in."""
    return market.browser.be("assistant", name="佐藤 美咲")
