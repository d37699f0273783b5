"""What every answer says to browsers, and how it is packed."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST_PACKED_BYTES = 500
# These pass bytes on as they come.
PASSED_ON = ("/api/", "/.well-known/", "/live")

_NOTHING = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
# Swagger UI sets styles from its script and has images as data.
_DOCS_CSP = (
    f"{_NOTHING}; form-action 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'"
)
# Nothing in a page is a script or a style of its own: what somebody typed can't become one.
_PAGES_CSP = (
    f"{_NOTHING}; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'"
)
# What a service answers is data: nothing in it may run here, not even an uploaded page.
_API_CSP = f"{_NOTHING}; form-action 'none'; sandbox"


class SecurityHeaders:
    """Adds to every answer what a browser must know to be strict; what is there already stays."""

    def __init__(
        self, app: ASGIApp, *, secure: bool, checkout_origins: tuple[str, ...] = ()
    ) -> None:
        self.app = app
        # Browsers hold a form's redirects to form-action too: paying is one.
        self._pages_csp = " ".join((_PAGES_CSP, *checkout_origins))
        self._always = {
            b"x-content-type-options": b"nosniff",
            b"x-frame-options": b"DENY",
            b"cross-origin-opener-policy": b"same-origin",
            b"cross-origin-resource-policy": b"same-origin",
            b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=()",
        }
        if secure:
            self._always[b"strict-transport-security"] = b"max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        wanted = self._always | self._of(scope["path"])

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                missing = [item for item in wanted.items() if item[0] not in present]
                message = {**message, "headers": [*message["headers"], *missing]}
            await send(message)

        await self.app(scope, receive, with_headers)

    def _of(self, path: str) -> dict[bytes, bytes]:
        if path.startswith(("/api/", "/.well-known/")):
            policy, referrer = _API_CSP, b"no-referrer"
        elif path.startswith("/docs"):
            policy, referrer = _DOCS_CSP, b"no-referrer"
        else:
            # With no-referrer browsers hide the origin of our own forms from us too.
            policy, referrer = self._pages_csp, b"same-origin"
        return {b"content-security-policy": policy.encode(), b"referrer-policy": referrer}


class Compressed:
    """Packs what is ours; what is passed on stays as the service gave it."""

    def __init__(self, app: ASGIApp) -> None:
        self._as_it_is = app
        self._packed = GZipMiddleware(app, minimum_size=SMALLEST_PACKED_BYTES, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        as_it_is = scope["type"] != "http" or scope["path"].startswith(PASSED_ON)
        await (self._as_it_is if as_it_is else self._packed)(scope, receive, send)
