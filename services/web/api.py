"""What web serves: the pages, the way to the services, and one document of all their APIs."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path

import httpx2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from services.web.answering import missing, routes_of
from services.web.backend import backend
from services.web.gateway import Gateway, gateway
from services.web.headers import Compressed, SecurityHeaders
from services.web.live import live
from services.web.openapi import Document, merge
from services.web.pages import all_entries
from services.web.rendering import STATIC
from services.web.routing import Site
from services.web.sessions import Cookies
from services.web.signing import Signing
from shared.clock import Clock
from shared.http import problems
from shared.http.app import Traced
from shared.http.measuring import Measured
from shared.http.request_ids import Identified
from shared.sealed import Seal

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
ASSET_MAX_AGE_SECONDS = 3_600
DOCUMENT_SECONDS = 30
INCOMPLETE_DOCUMENT_SECONDS = 2

SWAGGER_UI = Path(str(files("fastapi_swagger"))) / "resources"
ASSETS = {
    "swagger-ui.css": SWAGGER_UI / "swagger-ui.css",
    "swagger-ui-bundle.js": SWAGGER_UI / "swagger-ui-bundle.js",
    "start.js": STATIC / "docs.js",
}


@dataclass(frozen=True)
class Web:
    """What web is told of where it runs.

    Args:
        addresses: where the services are, by name.
        public_url: what people know us as.
        timeout_seconds: how long to wait for a service that a program asks.
        seal: what closes the cookies of sessions.
        clock: the time.
        checkout_origins: the servers that a form may lead on to: those of the payment processor.
        demo_people: the file that says as whom anybody may sign in, where that is so.
        transport: what carries the pages' requests to the services, where not the network.
    """

    addresses: Mapping[str, str]
    public_url: str
    timeout_seconds: float
    seal: Seal
    clock: Clock
    checkout_origins: tuple[str, ...] = ()
    demo_people: Path | None = None
    transport: httpx2.AsyncBaseTransport | None = None


def create_app(web: Web) -> Starlette:
    """Return the app."""
    secure = web.public_url.startswith("https://")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with (
            gateway(web.addresses, web.public_url, web.timeout_seconds) as opened,
            backend(web.addresses, web.transport) as services,
        ):
            app.state.gateway = opened
            app.state.documents = Documents(opened)
            app.state.site = Site(
                services,
                Cookies(web.seal, secure),
                Signing(services, web.clock),
                web.clock,
                web.public_url,
                web.demo_people,
            )
            yield

    app = Starlette(
        routes=_routes(),
        lifespan=lifespan,
        middleware=[
            Middleware(SecurityHeaders, secure=secure, checkout_origins=web.checkout_origins),
            Middleware(Compressed),
            Middleware(Identified),
            Middleware(Measured),
            Middleware(Traced),
        ],
    )
    app.state.service = "web"
    # A client that is sent elsewhere may leave its body behind: a wrong slash is a wrong path.
    app.router.redirect_slashes = False
    problems.install(app)
    app.add_exception_handler(HTTPStatus.NOT_FOUND, _not_found)
    return app


def _routes() -> list[BaseRoute]:
    return [
        Route("/openapi.json", _openapi),
        Route("/docs", _docs),
        Route("/docs/{name}", _docs_asset),
        Route("/.well-known/jwks.json", _jwks),
        Route("/api/v1/{service}", _forward, methods=METHODS),
        Route("/api/v1/{service}/{path:path}", _forward, methods=METHODS),
        Route("/live", live),
        Mount("/static", Assets(directory=STATIC)),
        *routes_of(all_entries()),
    ]


class Assets(StaticFiles):
    """The files of static/. One that is asked for by its version never changes."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file."""
        response = await super().get_response(path, scope)
        versioned = scope["query_string"].startswith(b"v=")
        kept = "public, max-age=31536000, immutable" if versioned else "no-cache"
        response.headers["Cache-Control"] = kept
        return response


class Documents:
    """The merged document, kept for half a minute; shorter while a service is missing in it."""

    def __init__(self, opened: Gateway) -> None:
        self._gateway = opened
        self._lock = asyncio.Lock()
        self._document: Document = {}
        self._fresh_until = 0.0

    async def get(self) -> Document:
        """Return the document, asking the services when it has become old."""
        async with self._lock:
            if time.monotonic() >= self._fresh_until:
                await self._read()
            return self._document

    async def _read(self) -> None:
        services = tuple(self._gateway.addresses)
        found = await asyncio.gather(*(self._gateway.openapi(service) for service in services))
        self._document = merge(dict(zip(services, found, strict=True)))
        seconds = DOCUMENT_SECONDS if all(found) else INCOMPLETE_DOCUMENT_SECONDS
        self._fresh_until = time.monotonic() + seconds


async def _forward(request: Request) -> Response:
    service = request.path_params["service"]
    opened: Gateway = request.app.state.gateway
    if service not in opened.addresses:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such service. See /docs.")
    return await opened.forward(service, request)


async def _jwks(request: Request) -> Response:
    opened: Gateway = request.app.state.gateway
    return await opened.forward("accounts", request)


async def _openapi(request: Request) -> Response:
    documents: Documents = request.app.state.documents
    return JSONResponse(await documents.get())


async def _docs(_: Request) -> Response:
    return FileResponse(STATIC / "docs.html", media_type="text/html")


async def _docs_asset(request: Request) -> Response:
    file = ASSETS.get(request.path_params["name"])
    if file is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    max_age = {"Cache-Control": f"public, max-age={ASSET_MAX_AGE_SECONDS}"}
    return FileResponse(file, headers=max_age)


async def _not_found(request: Request, error: Exception) -> Response:
    if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api"):
        return await missing(request)
    assert isinstance(error, HTTPException)  # noqa: S101  (Starlette hands over what it was asked for)
    return problems.problem(HTTPStatus.NOT_FOUND, "not_found", error.detail)
