"""The id of the request in hand: what a caller quotes, and what every log line carries."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from shared.ids import new_id

HEADER = "X-Request-Id"
# A log line and a header must hold it as it is: no spaces, no quotes, no end of line.
_WELL_FORMED = re.compile(r"[A-Za-z0-9._:+/=-]{1,128}", re.ASCII)

_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the id of the request in hand; empty outside of any."""
    return _current.get()


@contextmanager
def identified(sent: str) -> Iterator[str]:
    """Run a block as the answer to a request: under the id that was sent, if it is fit to be kept.

    Anything else than a short plain word is replaced, so that nobody writes lines of their own
    into our logs.
    """
    request_id = sent if _WELL_FORMED.fullmatch(sent) else str(new_id())
    token = _current.set(request_id)
    try:
        yield request_id
    finally:
        _current.reset(token)
