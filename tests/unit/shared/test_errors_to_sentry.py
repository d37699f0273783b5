"""A process as it is started, beside a server that takes what Sentry's clients send."""

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from shared.observability.errors import stripped
from tools.processes import environment
from tools.stack import ROOT

PROCESS = """
import logging, sys
import shared.process
from shared.observability.requests import identified
from shared.observability.traces import continued

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

def fail(email):
    raise ValueError(f"what is {email}?")

def run():
    from shared.errors import Rejected
    with continued(TRACE, "a request"), identified("r-1"):
        for bug in (lambda: fail("hanako@example.com"), lambda: 1 / 0):
            try:
                bug()
            except Exception:
                logging.getLogger("shared.http.problems").exception("failed for hanako")
        try:
            raise Rejected("never")
        except Rejected:
            logging.getLogger("shared").exception("refused")
    print("sentry_sdk" in sys.modules)

shared.process.main("jobs", {KIND!r: run})
"""


@dataclass
class Sentry:
    """Keeps the events that were sent to it."""

    events: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    port: int = 0

    def take(self, envelope: bytes) -> None:
        """Read an envelope: a header, then a header and a payload for each item."""
        _, *lines = envelope.decode().splitlines()
        self.bodies.append(envelope.decode())
        pairs = zip(lines[::2], lines[1::2], strict=True)
        self.events += [
            json.loads(body) for head, body in pairs if json.loads(head)["type"] == "event"
        ]


@pytest.fixture
def sentry() -> Iterator[Sentry]:
    kept = Sentry()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            zipped = self.headers.get("Content-Encoding") == "gzip"
            kept.take(gzip.decompress(body) if zipped else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kept
    server.shutdown()
    server.server_close()


def run(kind: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROCESS.replace("KIND!r", repr(kind)), kind],
        env=environment(PYTHONPATH=str(ROOT), **settings),
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.mark.parametrize("kind", ["api", "events"])
def test_bugs_are_sent_with_their_trace_and_without_people_and_refusals_are_not(
    sentry: Sentry, kind: str
) -> None:
    done = run(kind, SENTRY_DSN=f"http://public@127.0.0.1:{sentry.port}/1")
    assert done.stdout == "True\n"
    kinds = [event["exception"]["values"][-1]["type"] for event in sentry.events]
    assert kinds == ["ValueError", "ZeroDivisionError"]
    for event in sentry.events:
        assert event["tags"] == {
            "service": "jobs",
            "kind": kind,
            "logger": "shared.http.problems",
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
            "request_id": "r-1",
        }
        assert event["release"].startswith("tasuki")
    said = "".join(sentry.bodies)
    assert "hanako" not in said
    assert '"vars"' not in said
    assert '"request"' not in said


def test_without_an_address_nothing_of_it_is_even_imported() -> None:
    assert run("api").stdout == "False\n"


def test_what_may_be_about_somebody_is_taken_out_of_an_event() -> None:
    frame = {"function": "f", "vars": {"email": "hanako@example.com"}}
    error = {"type": "E", "value": "no '佐藤花子'", "stacktrace": {"frames": [frame]}}
    event = {"user": {"ip": "203.0.113.1"}, "server_name": "x", "exception": {"values": [error]}}
    assert stripped(event, None) == {
        "exception": {
            "values": [
                {"type": "E", "value": "no '…'", "stacktrace": {"frames": [{"function": "f"}]}}
            ]
        }
    }
