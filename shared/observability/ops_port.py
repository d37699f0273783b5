"""The ops port of a process: whether it lives, whether it is ready, and its metrics.

Plain HTTP for the machines that look after the process, on a port of its own that nobody else
reaches. It is served by a thread, and in an events process by a green one: there a hub that is
stuck gives no answer, which says what has to be said.

    GET /livez     200 while the loop of the process turns, else 503
    GET /readyz    200 when all that the process needs is there; else 503, and what is missing
    GET /metrics   Prometheus' text format
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING, Self, cast

from prometheus_client.registry import Collector

from shared.observability.metrics import rendered

if TYPE_CHECKING:
    from shared.settings import Settings

TURNS_WITHIN_SECONDS = 10.0
SLOW_CLIENT_SECONDS = 5
LOOK_SECONDS = 0.25

# Returns what is missing, in words; nothing when all is well.
Need = Callable[[], str]


class Pulse:
    """Tells whether a loop turns: the loop beats it at each turn, the ops port looks."""

    def __init__(self, within_seconds: float = TURNS_WITHIN_SECONDS) -> None:
        self.within_seconds = within_seconds
        self.beat()

    def beat(self) -> None:
        """Note that the loop has turned."""
        self._at = time.monotonic()

    def still_for(self) -> float:
        """Return for how many seconds the loop hasn't turned."""
        return time.monotonic() - self._at

    def beats(self) -> bool:
        """Tell whether the loop turned in time."""
        return self.still_for() <= self.within_seconds


class Condition:
    """Something that a process needs, as told by whoever reaches for it."""

    def __init__(self, missing: str) -> None:
        self._missing = missing

    def __call__(self) -> str:
        """Return what is missing, or nothing."""
        return self._missing

    def met(self) -> None:
        """Note that it is there."""
        self._missing = ""

    def unmet(self, missing: str) -> None:
        """Note in words that it is not there."""
        self._missing = missing


@dataclass(frozen=True)
class Vitals:
    """What a process's own loop tells of itself."""

    pulse: Pulse = field(default_factory=Pulse)
    reached: Condition = field(default_factory=lambda: Condition("still starting"))


@dataclass(frozen=True)
class Answer:
    """What the port says to a request."""

    status: HTTPStatus
    content_type: str
    body: bytes

    @classmethod
    def of(cls, code: HTTPStatus, **members: object) -> Self:
        """Return an answer in JSON."""
        return cls(code, "application/json", json.dumps(members, ensure_ascii=False).encode())


@dataclass
class OpsPort:
    """The port, listening between `with` and the end of its block.

    `port` 0 is none. `metrics` returns the content type and the text of the metrics.
    """

    host: str
    port: int
    pulse: Pulse
    needs: Sequence[Need]
    metrics: Callable[[], tuple[str, bytes]]
    _server: "_Server | None" = field(default=None, init=False)

    @classmethod
    def of(
        cls,
        settings: "Settings",
        service: str,
        pulse: Pulse,
        needs: Sequence[Need],
        collectors: Sequence[Collector] = (),
    ) -> Self:
        """Return the port that the settings name; collectors have metrics of their own."""
        metrics = partial(rendered, service, *collectors)
        return cls(settings.ops_host, settings.ops_port, pulse, needs, metrics)

    def __enter__(self) -> Self:
        """Listen. Raises OSError when the port is taken."""
        if self.port:
            self._server = _Server(self)
            serve = partial(self._server.serve_forever, poll_interval=LOOK_SECONDS)
            threading.Thread(target=serve, name="ops port", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop to listen; a request in hand is not waited for."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def answer(self, path: str) -> Answer:
        """Return the answer to GET <path>."""
        match path.partition("?")[0]:
            case "/livez":
                return self._alive()
            case "/readyz":
                return self._ready()
            case "/metrics":
                return Answer(HTTPStatus.OK, *self.metrics())
        paths = ["/livez", "/readyz", "/metrics"]
        return Answer.of(HTTPStatus.NOT_FOUND, status="not found", paths=paths)

    def _alive(self) -> Answer:
        if self.pulse.beats():
            return Answer.of(HTTPStatus.OK, status="alive")
        still = f"its loop has not turned for {self.pulse.still_for():.0f} s"
        return Answer.of(HTTPStatus.SERVICE_UNAVAILABLE, status="stuck", missing=[still])

    def _ready(self) -> Answer:
        if not self.pulse.beats():
            return self._alive()
        if missing := [lack for need in self.needs if (lack := need())]:
            return Answer.of(HTTPStatus.SERVICE_UNAVAILABLE, status="not ready", missing=missing)
        return Answer.of(HTTPStatus.OK, status="ready")


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: OpsPort) -> None:
        self.ops_port = port
        self.address_family = socket.AF_INET6 if ":" in port.host else socket.AF_INET
        super().__init__((port.host, port.port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away."""


class _Handler(BaseHTTPRequestHandler):
    timeout = SLOW_CLIENT_SECONDS

    def do_GET(self) -> None:
        """Answer a request."""
        answer = cast("_Server", self.server).ops_port.answer(self.path)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Log nothing: every few seconds somebody asks."""
