"""Delivers events: signed, at least once, tried again for three days; in disorder when asked to."""

import asyncio
import hashlib
import hmac
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial

import urllib3

from tools.stripe_simulator.config import DAY
from tools.stripe_simulator.recorder import Recorder
from tools.stripe_simulator.simulator import Simulator

GIVE_UP_AFTER = 3 * DAY
TIMEOUT_SECONDS = 5
AT_ONCE = 8
# How often the clock is looked at, as it can be turned from outside.
POLL_SECONDS = 0.1
SUCCESS = range(200, 300)


@dataclass
class Disorder:
    """What happens to webhooks on their way; all off by default.

    `duplicates`: how many times more each delivery is sent. `delay`: seconds that each waits.
    `shuffle`: waiting deliveries go out in random order. `paused`: none goes out.
    `drop`: so many of the next attempts are not sent at all, and count as failed.
    """

    duplicates: int = 0
    delay: float = 0.0
    shuffle: bool = False
    paused: bool = False
    drop: int = 0

    def as_json(self) -> dict[str, object]:
        """Return the settings."""
        return asdict(self)


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one destination."""

    id: int
    url: str
    secret: str
    body: str
    created: float
    attempts: int


def signature(secret: str, body: str, timestamp: int) -> str:
    """Return the Stripe-Signature header of a body."""
    signed = f"{timestamp}.{body}".encode()
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class Deliverer:
    """Sends what is due, and does what timers say meanwhile."""

    def __init__(
        self,
        simulator: Simulator,
        recorder: Recorder,
        disorder: Disorder,
        run_timers: Callable[[], object],
    ) -> None:
        self._disorder = disorder
        self._simulator = simulator
        self._recorder = recorder
        self._run_timers = run_timers
        self._woken = asyncio.Event()
        self._in_flight: dict[int, asyncio.Task[None]] = {}
        # Threads with urllib3: a fraction of the work that an asynchronous client makes of it.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        self._client = urllib3.PoolManager(
            maxsize=AT_ONCE, timeout=urllib3.Timeout(TIMEOUT_SECONDS), retries=False
        )
        simulator.wake = self._woken.set

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            while True:
                self._woken.clear()
                self._run_timers()
                if not self._disorder.paused:
                    self._start_due()
                try:
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._woken.wait()
                except TimeoutError:
                    pass
        finally:
            for task in self._in_flight.values():
                task.cancel()
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._client.clear()

    def _start_due(self) -> None:
        room = AT_ONCE - len(self._in_flight)
        due = [each for each in self._due(room + AT_ONCE) if each.id not in self._in_flight]
        if self._disorder.shuffle:
            random.shuffle(due)
        for delivery in due[: max(room, 0)]:
            task = asyncio.create_task(self._send(delivery))
            self._in_flight[delivery.id] = task
            task.add_done_callback(partial(self._landed, delivery.id))

    def _landed(self, delivery_id: int, _task: asyncio.Task[None]) -> None:
        self._in_flight.pop(delivery_id, None)
        self._woken.set()

    def _due(self, limit: int) -> list[Delivery]:
        rows = self._simulator.store.db.execute(
            "SELECT id, url, secret, body, created, attempts FROM deliveries"
            " WHERE status = 'pending' AND due_at <= ? ORDER BY due_at, id LIMIT ?",
            (self._simulator.clock.seconds(), limit),
        )
        return [Delivery(*row) for row in rows]

    async def _send(self, delivery: Delivery) -> None:
        if self._disorder.delay:
            await asyncio.sleep(self._disorder.delay)
        statuses = [await self._attempt(delivery) for _ in range(1 + self._disorder.duplicates)]
        status = statuses[0]
        if status in SUCCESS:
            self._set(delivery, "delivered", status, self._simulator.clock.seconds())
            return
        pauses = self._simulator.config.webhook_retries
        pause = pauses[min(delivery.attempts, len(pauses) - 1)]
        due_at = self._simulator.clock.seconds() + pause
        given_up = due_at > delivery.created + GIVE_UP_AFTER and delivery.attempts > 0
        self._set(delivery, "failed" if given_up else "pending", status, due_at)

    async def _attempt(self, delivery: Delivery) -> int | None:
        """Return the status of the answer; None when there was none."""
        if self._disorder.drop > 0:
            self._disorder.drop -= 1
            return None
        header = signature(delivery.secret, delivery.body, self._simulator.now)
        loop = asyncio.get_running_loop()
        status = await loop.run_in_executor(self._threads, self._post, delivery, header)
        self._recorder.webhook(delivery.url, delivery.body, status)
        return status

    def _post(self, delivery: Delivery, header: str) -> int | None:
        try:
            answer = self._client.request(
                "POST",
                delivery.url,
                body=delivery.body.encode(),
                redirect=False,
                headers={
                    "Content-Type": "application/json; charset=utf-8",
                    "Stripe-Signature": header,
                    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
                },
            )
        except urllib3.exceptions.HTTPError:
            return None
        return int(answer.status)

    def _set(self, delivery: Delivery, status: str, answer: int | None, due_at: float) -> None:
        with self._simulator.store.transaction():
            self._simulator.store.db.execute(
                "UPDATE deliveries SET status = ?, answer = ?, due_at = ?, attempts = attempts + 1"
                " WHERE id = ?",
                (status, answer if answer is None else str(answer), due_at, delivery.id),
            )
