"""Bugs to Sentry, or to what speaks its language; imported only where SENTRY_DSN is set.

Sent is what is logged with an exception that is no refusal: its type, where in the code it was
raised, the trace id by which the logs have the rest. No requests, no variables, no people.
"""

import atexit
import logging
import warnings
from typing import Any, Final

from opentelemetry.trace import format_trace_id, get_current_span

from shared.errors import DomainError
from shared.observability.privacy import impersonal
from shared.observability.requests import current_request_id
from shared.version import VERSION

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for eventlet, which says that it is old
    import sentry_sdk

FLUSH_SECONDS: Final = 2.0
# Of an event, what can be about nobody.
_KEPT: Final = frozenset(
    {
        *("event_id", "timestamp", "level", "logger", "platform", "release", "environment"),
        *("exception", "tags", "sdk", "type", "fingerprint"),
    }
)


def report_errors(dsn: str, service: str, kind: str) -> None:
    """Send every bug that is logged from now on. Raises sentry_sdk's BadDsn."""
    sentry_sdk.init(
        dsn=dsn,
        release=f"tasuki@{VERSION}",
        default_integrations=False,
        auto_enabling_integrations=False,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        server_name="",
        before_send=stripped,
    )
    sentry_sdk.set_tags({"service": service, "kind": kind})
    logging.getLogger().addHandler(_Bugs(logging.ERROR))
    atexit.register(sentry_sdk.flush, FLUSH_SECONDS)


class _Bugs(logging.Handler):
    """Sends the exceptions of what is logged, but for refusals."""

    def emit(self, record: logging.LogRecord) -> None:
        """Send one."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None or isinstance(error, DomainError):
            return
        trace = get_current_span().get_span_context()
        with sentry_sdk.new_scope() as scope:
            scope.set_tag("logger", record.name)
            scope.set_tag("trace_id", format_trace_id(trace.trace_id))
            scope.set_tag("request_id", current_request_id())
            scope.capture_exception(error)


def stripped(event: Any, _hint: object) -> Any:
    """Return an event with nothing in it that may be about a person."""
    event = {name: value for name, value in event.items() if name in _KEPT}
    for error in event.get("exception", {}).get("values", ()):
        error["value"] = impersonal(str(error.get("value", "")))
        for frame in error.get("stacktrace", {}).get("frames", ()):
            frame.pop("vars", None)
    return event
