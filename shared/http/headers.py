"""What every answer says to browsers: be strict, and keep nothing that is private.

Each service says it by itself: an ingress may lead to it past web.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = dict[bytes, bytes]

NOTHING = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
# What a service answers is data: nothing in it may run here, not even an uploaded page.
API_POLICY = f"{NOTHING}; form-action 'none'; sandbox"
ALWAYS: Headers = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=()",
}
# A year, for all that is under this name.
OVER_TLS: Headers = {b"strict-transport-security": b"max-age=31536000; includeSubDomains"}
OF_AN_API: Headers = ALWAYS | {
    b"content-security-policy": API_POLICY.encode(),
    b"referrer-policy": b"no-referrer",
    # What may be kept says so by itself.
    b"cache-control": b"no-store",
}


def adding(send: Send, wanted: Headers) -> Send:
    """Return a `send` that adds these headers to an answer; what is there already stays."""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name for name, _ in message["headers"]}
            missing = [item for item in wanted.items() if item[0] not in present]
            message = {**message, "headers": [*message["headers"], *missing]}
        await send(message)

    return with_headers


class ApiHeaders:
    """Adds them to every answer of a service's API."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http":
            # As the proxy in front says, if it is one that is believed (FORWARDED_ALLOW_IPS).
            send = adding(send, OF_AN_API | (OVER_TLS if scope["scheme"] == "https" else {}))
        await self.app(scope, receive, send)
