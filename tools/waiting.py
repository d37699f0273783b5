"""Waiting for a condition, with an end."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

INTERVAL_SECONDS = 0.05


class WaitedInVainError(Exception):
    """What was waited for did not come in time."""


def until(
    condition: Callable[[], T | None],
    what: str,
    *,
    timeout: float = 30.0,
    interval: float = INTERVAL_SECONDS,
) -> T:
    """Return the first truthy value; raise WaitedInVainError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise WaitedInVainError(f"Waited {timeout:g} s in vain until {what}; last: {value!r}")
        time.sleep(interval)
