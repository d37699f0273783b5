"""Tells streams of a process that their people were told something, by PostgreSQL's LISTEN.

The channel carries the person's id, sent by a trigger when a notification is committed. One
connection listens for all streams of the process; while it is lost, nobody waits for it: a stream
asks anew at every heartbeat.
"""

import asyncio
import logging
import signal
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from uuid import UUID

import psycopg

CHANNEL = "notices"
AGAIN_SECONDS = 2.0

logger = logging.getLogger(__name__)


@dataclass
class Hub:
    """The streams of one process. All of it runs in the event loop."""

    database_url: str
    _waiting: defaultdict[str, set[asyncio.Event]] = field(
        default_factory=lambda: defaultdict(set), init=False
    )
    _listener: asyncio.Task[None] | None = field(default=None, init=False)
    _stopping: bool = field(default=False, init=False)

    @property
    def stopping(self) -> bool:
        """Tell whether the process is about to end: streams should, too."""
        return self._stopping

    @contextmanager
    def woken(self, person_id: UUID) -> Iterator[asyncio.Event]:
        """Yield an event that is set whenever the person was told something."""
        self._start()
        woken = asyncio.Event()
        self._waiting[str(person_id)].add(woken)
        try:
            yield woken
        finally:
            self._waiting[str(person_id)].discard(woken)
            if not self._waiting[str(person_id)]:
                del self._waiting[str(person_id)]

    def _start(self) -> None:
        if self._listener is None or self._listener.done():
            self._listener = asyncio.get_running_loop().create_task(self._listen())
            self._end_with_process()

    async def _listen(self) -> None:
        while True:
            with suppress(psycopg.Error, OSError):
                await self._hear()
            logger.warning("listening for notices again", extra={"in_seconds": AGAIN_SECONDS})
            await asyncio.sleep(AGAIN_SECONDS)

    async def _hear(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self.database_url, autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._wake(*self._waiting)  # what was told before we listened
            async for notice in connection.notifies():
                self._wake(notice.payload)

    def _wake(self, *people: str) -> None:
        for person in people:
            for woken in self._waiting.get(person, ()):
                woken.set()

    def _end_with_process(self) -> None:
        """End the streams when the server is asked to stop, which waits for them."""
        if threading.current_thread() is not threading.main_thread():
            return  # in a test: nobody asks
        loop, before = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)

        def stop(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._end)
            if callable(before):
                before(number, frame)

        signal.signal(signal.SIGTERM, stop)

    def _end(self) -> None:
        self._stopping = True
        self._wake(*self._waiting)
