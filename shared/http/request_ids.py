"""Every request has an id: the caller's own, or a new one; the answer and the logs carry it."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.observability.requests import HEADER, identified


class Identified:
    """Runs every request under its id, and says it in the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = dict(scope["headers"]).get(HEADER.lower().encode(), b"").decode("latin-1")
        with identified(sent) as request_id:

            async def with_id(message: Message) -> None:
                if message["type"] == "http.response.start":
                    # One that a service behind us has set is the same: it was handed on to it.
                    MutableHeaders(scope=message)[HEADER] = request_id
                await send(message)

            await self.app(scope, receive, with_id)
