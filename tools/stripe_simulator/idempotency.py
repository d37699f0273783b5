"""Idempotency-Key, as Stripe documents it for v1 and v2.

v1: the first answer is kept for 24 hours, whatever it was once the operation had begun (a 500
too), and is given again. v2: an answer that succeeded is kept for 30 days; after a failure the
request is carried out anew. Both refuse a key that comes with another request.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from tools.stripe_simulator.config import DAY
from tools.stripe_simulator.errors import key_in_use, key_reused
from tools.stripe_simulator.simulator import Simulator

KEPT_V1 = DAY
KEPT_V2 = 30 * DAY
MAX_LENGTH = 255


@dataclass(frozen=True)
class Answer:
    """An HTTP status and the JSON that went with it."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True)
class Key:
    """A key of an account, with a digest of the request that it came with."""

    account: str
    key: str
    request: str
    v2: bool


def digest(method: str, path: str, parameters: dict[str, Any]) -> str:
    """Return what makes two requests the same."""
    text = json.dumps([method, path, parameters], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


class Keys:
    """The keys that came, and those whose request is still at work."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._busy: set[tuple[str, str]] = set()

    def kept(self, key: Key) -> Answer | None:
        """Return the answer that the key got before; raises when it came with another request."""
        if (key.account, key.key) in self._busy:
            raise key_in_use(key.key)
        oldest = self._simulator.clock.seconds() - (KEPT_V2 if key.v2 else KEPT_V1)
        row = self._simulator.store.db.execute(
            "SELECT request, status, answer FROM idempotency"
            " WHERE account = ? AND key = ? AND created > ?",
            (key.account, key.key, oldest),
        ).fetchone()
        if not row:
            return None
        if row[0] != key.request:
            raise key_reused(key.key)
        return Answer(row[1], json.loads(row[2]))

    def keep(self, key: Key, answer: Answer) -> None:
        """Keep an answer, within the transaction of the effect."""
        self._simulator.store.db.execute(
            "INSERT OR REPLACE INTO idempotency (account, key, request, status, answer, created)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                key.account,
                key.key,
                key.request,
                answer.status,
                json.dumps(answer.body),
                self._simulator.clock.seconds(),
            ),
        )

    def begin(self, key: Key) -> None:
        """Note that a request is at work: others with its key get 409."""
        self._busy.add((key.account, key.key))

    def end(self, key: Key) -> None:
        """Note that it isn't any more."""
        self._busy.discard((key.account, key.key))
