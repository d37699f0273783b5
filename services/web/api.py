"""What web serves: the pages, the way to the services, and one document of all their APIs."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.web import pages
from services.web.gateway import Gateway, gateway
from services.web.openapi import Document, merge
from shared.http import problems
from shared.http.app import Traced
from shared.http.request_ids import Identified

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
ASSET_MAX_AGE_SECONDS = 3_600
DOCUMENT_SECONDS = 30
INCOMPLETE_DOCUMENT_SECONDS = 2

SWAGGER_UI = Path(str(files("fastapi_swagger"))) / "resources"
ASSETS = {
    "swagger-ui.css": SWAGGER_UI / "swagger-ui.css",
    "swagger-ui-bundle.js": SWAGGER_UI / "swagger-ui-bundle.js",
    "start.js": pages.HERE / "static" / "docs.js",
}

_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Swagger UI sets styles from its script and has images as data.
_DOCS_CSP = (
    f"{_NOTHING}; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'"
)
_PAGES_CSP = f"{_NOTHING}; style-src 'self'; img-src 'self'"
# What a service answers is data: nothing in it may run here, not even an uploaded page.
_API_CSP = f"{_NOTHING}; sandbox"


def create_app(
    addresses: Mapping[str, str], *, public_url: str, timeout_seconds: float
) -> Starlette:
    """Return the app.

    Args:
        addresses: where the services are, by name.
        public_url: what people know us as.
        timeout_seconds: how long to wait for a service.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with gateway(addresses, public_url, timeout_seconds) as opened:
            app.state.gateway = opened
            app.state.documents = Documents(opened)
            yield

    secure = public_url.startswith("https://")
    app = Starlette(
        routes=_routes(),
        lifespan=lifespan,
        middleware=[
            Middleware(SecurityHeaders, secure=secure),
            Middleware(Identified),
            Middleware(Traced),
        ],
    )
    # A client that is sent elsewhere may leave its body behind: a wrong slash is a wrong path.
    app.router.redirect_slashes = False
    problems.install(app)
    app.add_exception_handler(HTTPStatus.NOT_FOUND, _not_found)
    return app


def _routes() -> list[BaseRoute]:
    shown = [Route(path, pages.show) for path in pages.PAGES]
    return [
        *shown,
        Route("/healthz", _alive),
        Route("/readyz", _alive),  # each service tells of itself; web lives without any of them
        Route("/openapi.json", _openapi),
        Route("/docs", _docs),
        Route("/docs/{name}", _docs_asset),
        Route("/.well-known/jwks.json", _jwks),
        Route("/api/v1/{service}", _forward, methods=METHODS),
        Route("/api/v1/{service}/{path:path}", _forward, methods=METHODS),
        Mount("/static", StaticFiles(directory=pages.HERE / "static")),
    ]


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


async def _alive(_: Request) -> Response:
    return JSONResponse({"status": "alive"})


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
    return FileResponse(pages.HERE / "static" / "docs.html", media_type="text/html")


async def _docs_asset(request: Request) -> Response:
    file = ASSETS.get(request.path_params["name"])
    if file is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    max_age = {"Cache-Control": f"public, max-age={ASSET_MAX_AGE_SECONDS}"}
    return FileResponse(file, headers=max_age)


async def _not_found(request: Request, error: Exception) -> Response:
    if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api"):
        return pages.not_found(request)
    assert isinstance(error, HTTPException)  # noqa: S101  (Starlette hands over what it was asked for)
    return problems.problem(HTTPStatus.NOT_FOUND, "not_found", error.detail)


class SecurityHeaders:
    """Adds to every answer what a browser must know to be strict; what is there already stays."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        self._always = {
            b"x-content-type-options": b"nosniff",
            b"x-frame-options": b"DENY",
            b"referrer-policy": b"no-referrer",
            b"cross-origin-opener-policy": b"same-origin",
            b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=()",
        }
        if secure:
            self._always[b"strict-transport-security"] = b"max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        wanted = self._always | {b"content-security-policy": _policy(scope["path"]).encode()}

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                missing = [item for item in wanted.items() if item[0] not in present]
                message = {**message, "headers": [*message["headers"], *missing]}
            await send(message)

        await self.app(scope, receive, with_headers)


def _policy(path: str) -> str:
    if path.startswith(("/api/", "/.well-known/")):
        return _API_CSP
    return _DOCS_CSP if path.startswith("/docs") else _PAGES_CSP
