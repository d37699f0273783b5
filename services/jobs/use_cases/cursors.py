"""Cursors of lists that have an order of their own: opaque texts, checked when they come back."""

import base64
import binascii
import json
from typing import Any

from shared.errors import Invalid


def cursor_of(*parts: object) -> str:
    """Return a cursor that says where a page has ended."""
    text = json.dumps([None if part is None else str(part) for part in parts])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def parts_of(cursor: str, count: int) -> list[Any]:
    """Return the parts of a cursor, each a text or None; raise Invalid (`cursor_invalid`)."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, binascii.Error) as error:
        raise wrong_cursor() from error
    texts = isinstance(parts, list) and all(isinstance(part, str | None) for part in parts)
    if not texts or len(parts) != count:
        raise wrong_cursor()
    return list(parts)


def wrong_cursor() -> Invalid:
    """Return the refusal of what is no cursor of this list."""
    return Invalid("cursor_invalid", "Take the cursor from the page before, in the same order.")
