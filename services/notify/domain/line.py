"""What LINE tells us of people there (Messaging API webhooks), as far as it concerns us."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Said:
    """A user of LINE has sent us a text."""

    line_user_id: str
    text: str


@dataclass(frozen=True)
class Left:
    """A user of LINE has blocked our account there, or removed it."""

    line_user_id: str


def happened(body: bytes) -> Iterator[Said | Left]:
    """Yield what concerns us of a webhook's body; what we don't know is left out.

    https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects
    """
    try:
        events = json.loads(body)["events"]
    except (ValueError, KeyError, TypeError):
        return
    for event in events if isinstance(events, list) else ():
        if isinstance(event, dict) and (read := _read(event)):
            yield read


def _read(event: dict[str, Any]) -> Said | Left | None:
    source, message = event.get("source"), event.get("message")
    user_id = source.get("userId") if isinstance(source, dict) else None
    if not isinstance(user_id, str):
        return None
    if event.get("type") == "unfollow":
        return Left(user_id)
    text = message.get("text") if isinstance(message, dict) else None
    if event.get("type") == "message" and isinstance(text, str):
        return Said(user_id, text)
    return None
