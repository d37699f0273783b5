"""What every answer says to browsers, and how it is packed."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.headers import ALWAYS, API_POLICY, NOTHING, OVER_TLS, Headers, adding

SMALLEST_PACKED_BYTES = 500
# These pass bytes on as they come.
PASSED_ON = ("/api/", "/.well-known/", "/live")

# Nothing in a page is a script or a style of its own: what somebody typed can't become one.
_OURS_ALONE = (
    f"{NOTHING}; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
)
_DOCS_CSP = f"{_OURS_ALONE}; form-action 'none'"
_PAGES_CSP = f"{_OURS_ALONE}; form-action 'self'"


class SecurityHeaders:
    """Adds to every answer what a browser must know to be strict; what is there already stays."""

    def __init__(
        self, app: ASGIApp, *, secure: bool, checkout_origins: tuple[str, ...] = ()
    ) -> None:
        self.app = app
        # Browsers hold a form's redirects to form-action too: paying is one.
        self._pages_csp = " ".join((_PAGES_CSP, *checkout_origins))
        self._always = ALWAYS | (OVER_TLS if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        wanted = self._always | self._of(scope["path"])
        await self.app(scope, receive, adding(send, wanted))

    def _of(self, path: str) -> Headers:
        if path.startswith(("/api/", "/.well-known/")):
            policy, referrer = API_POLICY, b"no-referrer"
        elif path.startswith("/docs"):
            policy, referrer = _DOCS_CSP, b"no-referrer"
        else:
            # With no-referrer browsers hide the origin of our own forms from us too.
            policy, referrer = self._pages_csp, b"same-origin"
        return {
            b"content-security-policy": policy.encode(),
            b"referrer-policy": referrer,
            # What may be kept says so by itself.
            b"cache-control": b"no-store",
        }


class Compressed:
    """Packs what is ours; what is passed on stays as the service gave it."""

    def __init__(self, app: ASGIApp) -> None:
        self._as_it_is = app
        self._packed = GZipMiddleware(app, minimum_size=SMALLEST_PACKED_BYTES, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        as_it_is = scope["type"] != "http" or scope["path"].startswith(PASSED_ON)
        await (self._as_it_is if as_it_is else self._packed)(scope, receive, send)
