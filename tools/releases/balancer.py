"""What a Service of Kubernetes does for replicas: connections go to one after another of them."""

import asyncio
import threading
from contextlib import suppress
from itertools import count

from tools.ports import LOOPBACK


class Balancer:
    """Listens on a port of 127.0.0.1 and hands each connection on to the next of its targets."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.targets: list[int] = []
        self._turns = count()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Begin to listen. Raises OSError when the port is taken."""
        self._thread.start()
        listening = asyncio.start_server(self._connected, LOOPBACK, self.port)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result()

    def stop(self) -> None:
        """Stop at once. Harmless when it never listened."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        if self._server:
            self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        targets = list(self.targets)
        first = next(self._turns)
        for turn in range(len(targets)):
            target = targets[(first + turn) % len(targets)]
            with suppress(OSError):
                there, to = await asyncio.open_connection(LOOPBACK, target)
                await asyncio.gather(_copy(reader, to), _copy(there, writer))
                return
        writer.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65_536):
            target.write(data)
            await target.drain()
    with suppress(OSError):
        target.close()
