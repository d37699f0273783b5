"""Counts and times each request to Stripe, also those that are tried again at once."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from stripe import RequestsClient

from shared.observability.metrics import Outcome, call_to

# An id of Stripe's: `pi_3Ok…`; no word of a path has a digit or a capital behind a low line.
_ID: Final = re.compile(r"[a-z]+_(?=\w*[0-9A-Z])\w+", re.ASCII)
# Of ours, or passing: not a refusal of what was asked for.
_FAILED: Final = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.CONFLICT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)


class Measured(RequestsClient):
    """The client of HTTP that Stripe's own library uses, with a count of its requests."""

    def request(  # type: ignore[override]  # as RequestsClient does
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Send a request; return the body, the status and the headers of the answer."""
        with call_to("stripe", operation_of(method, url)) as call:
            answer = super().request(method, url, headers, post_data)
            call.outcome = _outcome(answer[1])
        return answer


def operation_of(method: str, url: str) -> str:
    """Return what a request asks for, without the ids in it: `POST /v1/payouts/:id/cancel`."""
    steps = urlsplit(url).path.split("/")
    return f"{method.upper()} {'/'.join(':id' if _ID.fullmatch(step) else step for step in steps)}"


def _outcome(status: int) -> Outcome:
    if status < HTTPStatus.BAD_REQUEST:
        return "done"
    failed = status in _FAILED or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return "failed" if failed else "declined"
