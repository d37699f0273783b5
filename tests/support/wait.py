"""Waiting for a condition instead of sleeping."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def eventually(
    condition: Callable[[], Value],
    timeout: float = 10,
    interval: float = 0.02,
    message: str = "",
) -> Value:
    """Return the first truthy value of the condition; seconds for timeout and interval.

    An AssertionError inside the condition means "not yet". Raises AssertionError with the last
    value (or the last failed assertion) when the time is over.
    """
    deadline = time.monotonic() + timeout
    while True:
        failed: AssertionError | None = None
        value: object = None
        try:
            value = result = condition()
            if result:
                return result
        except AssertionError as error:
            failed = error
        if time.monotonic() > deadline:
            what = message or getattr(condition, "__name__", "the condition")
            last = failed or repr(value)
            raise AssertionError(f"not within {timeout} s: {what}; last: {last}") from failed
        time.sleep(interval)
