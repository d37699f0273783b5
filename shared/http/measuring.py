"""Counts and times every request by its operation, as Prometheus' RED wants it."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.observability.metrics import REQUEST_SECONDS, REQUESTS

OTHER = "other"
# Anything may stand where a method stands: what is none is counted as one.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# What is said of a request whose client went away before the answer began (nginx's number for it).
GONE = 499


class Measured:
    """Counts and times every request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = GONE
        began = time.perf_counter()

        async def noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting_status)
        finally:
            operation = operation_of(scope)
            method = scope["method"] if scope["method"] in METHODS else OTHER
            REQUEST_SECONDS.labels(operation).observe(time.perf_counter() - began)
            REQUESTS.labels(operation, method, status).inc()


def operation_of(scope: Scope) -> str:
    """Return what a request is counted as: the operation's id, or the path of web's pages.

    Both are of the code, so that there are as many as routes, whatever is asked for.
    """
    operations = getattr(scope["app"].state, "operations", {})
    known = operations.get(scope.get("endpoint"))
    return str(known or getattr(scope.get("route"), "path", OTHER))
