"""What HTTP servers don't do on their own: leave a client waiting, and cut a connection."""

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_EXTENSION = "stripe_simulator.transport"


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, which lets a request reach its own connection."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        scope: dict[str, Any] = dict(self.scope)
        scope["extensions"] = {_EXTENSION: {"transport": self.transport}}
        self.scope.update(scope)  # type: ignore[typeddict-item]


class _Nothing(Response):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send nothing: the connection is gone."""


def cut(request: Request) -> Response:
    """Reset the request's connection (TCP RST) instead of answering."""
    transport = request.scope["extensions"][_EXTENSION]["transport"]
    connection = transport.get_extra_info("socket")
    if connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    return _Nothing()


async def wait_for_hang_up(request: Request, seconds: float) -> None:
    """Wait until the client gives up, at most so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (await request.receive())["type"] != "http.disconnect":
                pass
