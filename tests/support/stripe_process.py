"""A running Stripe simulator and a listener for its webhooks, for tests."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
from stripe import StripeClient

from tests.support.stripe_spec import check_record
from tests.support.wait import eventually

ROOT = Path(__file__).parent.parent.parent
KEY = "sk_test_for_tests"
SNAPSHOT_SECRET = "whsec_snapshot"
THIN_SECRET = "whsec_thin"


@dataclass(frozen=True)
class Delivery:
    """One webhook as it arrived."""

    path: str
    signature: str
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """What the body says."""
        event: dict[str, Any] = json.loads(self.body)
        return event


@dataclass
class Listener:
    """Keeps the webhooks that come; the first of each type in `refused` is answered with 500."""

    url: str = ""
    deliveries: list[Delivery] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def types(self) -> list[str]:
        """Return the types of the events that came, in order."""
        return [each.event["type"] for each in self.deliveries]

    def events(self, kind: str, object_id: str) -> list[dict[str, Any]]:
        """Return the events of a type about an object."""
        found = [each.event for each in self.deliveries if each.event["type"] == kind]
        return [each for each in found if _subject(each) == object_id]

    def event(self, kind: str, object_id: str) -> dict[str, Any]:
        """Wait for an event of a type about an object."""
        return eventually(
            lambda: self.events(kind, object_id), message=f"{kind} about {object_id}"
        )[0]


def _subject(event: dict[str, Any]) -> str:
    subject = event["data"]["object"] if "data" in event else event["related_object"]
    return str(subject["id"])


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen for webhooks."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signature = self.headers["Stripe-Signature"]
            delivery = Delivery(self.path, signature, body)
            listener.deliveries.append(delivery)
            refused = delivery.event["type"] in listener.refused
            listener.refused.discard(delivery.event["type"])
            self.send_response(500 if refused else 200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its base's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class RunningSimulator:
    """A simulator process, and the ways to talk to it."""

    url: str
    listener: Listener
    record: Path
    process: "subprocess.Popen[str]"
    # One for all requests: each new one would read all certificates first.
    controls: httpx.Client

    @property
    def client(self) -> StripeClient:
        """The library's client, as the payments service makes it."""
        return StripeClient(KEY, base_addresses={"api": self.url})

    def control(self, method: str, path: str, /, **body: Any) -> Any:
        """Ask the control interface; the answer must be good."""
        url = f"{self.url}/_simulator/{path}"
        answer = self.controls.request(method, url, json=body or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def advance(self, seconds: int) -> None:
        """Turn the clock."""
        self.control("POST", "clock", advance=seconds)

    def fault(self, kind: str, path: str, **more: Any) -> None:
        """Order a fault."""
        self.control("POST", "faults", kind=kind, path=path, **more)

    def kill(self) -> None:
        """End the process at once (SIGKILL)."""
        self.process.kill()
        self.process.wait(10)


@contextmanager
def running(folder: Path, *options: str, check: bool = True) -> Iterator[RunningSimulator]:
    """Run a simulator on its own port; at the end everything it said must fit the specification."""
    record = folder / "record.jsonl"
    with listening() as listener, httpx.Client(timeout=10) as controls:
        command = [
            *(sys.executable, "-m", "tools.stripe_simulator", "--data", str(folder)),
            *("--api-key", KEY, "--record", str(record)),
            *("--webhook", f"{listener.url}/snapshot={SNAPSHOT_SECRET}"),
            *("--webhook", f"{listener.url}/thin={THIN_SECRET}=thin"),
            *options,
        ]
        environment = {name: each for name, each in os.environ.items() if name != "CLOCK_FILE"}
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[-1]
            simulator = RunningSimulator(url, listener, record, process, controls)
            eventually(lambda: _healthy(url), timeout=20)
            yield simulator
        finally:
            process.terminate()
            process.wait(10)
            if process.stdout is not None:
                process.stdout.close()
    if check:
        check_record(record)


def _healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/_simulator/health", timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
