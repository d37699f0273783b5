"""A market, as a program sees it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import httpx

from tasuki.client.operations import Accounts, Contracts, Jobs, Notify, Payments
from tasuki.client.sessions import Session
from tasuki.client.transport import TIMEOUT_SECONDS, Refused, Transport, Unreachable

T_co = TypeVar("T_co", covariant=True)

# The server says that it is still there every 15 s.
SILENCE_SECONDS = 60.0


class Paged(Protocol[T_co]):
    """What lists answer with: some of many."""

    @property
    def items(self) -> tuple[T_co, ...]:
        """Return some of them."""
        ...

    @property
    def next(self) -> Any:
        """Return the cursor of the following page; None on the last one."""
        ...


@dataclass(frozen=True)
class LiveEvent:
    """Something that has just happened: its name, and what is told of it."""

    name: str
    data: dict[str, Any]


class Tasuki:
    """A market: `accounts`, `jobs`, `contracts`, `payments` and `notify` have its operations.

    Args:
        url: where it is, such as `https://market.example.jp`.
        token: a personal access token; nobody is signed in without it and without a session.
        session: instead of a token, a session of somebody who signed in.
        http: instead of an own connection, one that the caller made.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        session: Session | None = None,
        http: httpx.Client | None = None,
    ) -> None:
        self.http = http or httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS)
        self._bearer: Callable[[], str | None] = lambda: (
            session.bearer(self.http) if session else token
        )
        self.transport = Transport(self.http, self._bearer)
        self.accounts = Accounts(self.transport)
        self.jobs = Jobs(self.transport)
        self.contracts = Contracts(self.transport)
        self.payments = Payments(self.transport)
        self.notify = Notify(self.transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.http.close()

    @staticmethod
    def pages(operation: Callable[..., Paged[T_co]], *args: Any, **query: Any) -> Iterator[T_co]:
        """Yield everything of a list, page after page."""
        while True:
            page = operation(*args, **query)
            yield from page.items
            if page.next is None:
                return
            query["after"] = page.next

    def live(self) -> Iterator[LiveEvent]:
        """Yield what one is told, as it happens, until the caller stops; comes again by itself.

        Raises Refused when nobody is signed in, Unreachable when the market is away.
        """
        last: str | None = None
        while True:
            headers = {"Authorization": f"Bearer {self._bearer()}", "Accept": "text/event-stream"}
            if last:
                headers["Last-Event-ID"] = last
            timeout = httpx.Timeout(TIMEOUT_SECONDS, read=SILENCE_SECONDS)
            try:
                with self.http.stream(
                    "GET", "/api/v1/notify/live", headers=headers, timeout=timeout
                ) as stream:
                    if not stream.is_success:
                        raise Refused(stream.status_code, json.loads(stream.read()))
                    for event_id, event in _events(stream.iter_lines()):
                        last = event_id or last
                        yield event
            except httpx.ReadTimeout:
                continue
            except httpx.TransportError as error:
                raise Unreachable(f"{self.http.base_url} can't be reached.") from error


def _events(lines: Iterator[str]) -> Iterator[tuple[str, LiveEvent]]:
    """Yield id and event out of the lines of text/event-stream (HTML, server-sent events)."""
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
            continue
        if "data" in fields:
            data = json.loads(fields["data"])
            yield fields.get("id", ""), LiveEvent(fields.get("event", "message"), data)
        fields = {}
