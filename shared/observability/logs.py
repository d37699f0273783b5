"""One JSON object per line on standard error: time, level, logger, message, ids and extras.

No personal data: see privacy.py.
"""

import json
import logging
import sys
from datetime import UTC, datetime

from shared.observability.privacy import impersonal, told
from shared.observability.requests import current_request_id
from shared.observability.traces import current_traceparent

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}
_CHATTY = ("alembic", "amqp", "httpx", "kombu", "nameko", "pika", "stripe", "uvicorn.access")


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON; what was passed as `extra` becomes members of it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": impersonal(record.getMessage()),
        }
        if traceparent := current_traceparent():
            line["trace_id"] = traceparent.split("-")[1]
        if request_id := current_request_id():
            line["request_id"] = request_id
        line |= {
            key: _impersonal(value) for key, value in vars(record).items() if key not in _STANDARD
        }
        if record.exc_info and (error := record.exc_info[1]):
            line["exception"] = told(error)
        return json.dumps(line, ensure_ascii=False, default=str)


def _impersonal(value: object) -> object:
    """Return a value of `extra`: texts without persons, and lists of such."""
    if isinstance(value, list | tuple | set):
        return [_impersonal(each) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return impersonal(str(value))


def log_to_stderr(level: str = "INFO") -> None:
    """Send all logging to standard error, as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # The libraries tell of every frame and request at INFO; what matters of it we log ourselves.
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
