"""What every peer's handler does: one insert of one event, in the table that ours writes to too."""

import json
from typing import Any

HANDLED = """
    CREATE TABLE handled (
        number bigint NOT NULL,
        milestone_id uuid NOT NULL,
        assistant_id uuid NOT NULL,
        amount bigint NOT NULL,
        title text NOT NULL
    )
"""
INSERT = (
    "INSERT INTO handled (number, milestone_id, assistant_id, amount, title)"
    " VALUES (%s, %s, %s, %s, %s)"
)


def body(number: int) -> bytes:
    """Return an event as JSON: as many bytes as ours."""
    return json.dumps(facts(number), ensure_ascii=False).encode()


def facts(number: int) -> dict[str, Any]:
    """Return an event as JSON values."""
    return {
        "number": number,
        "milestone_id": "0199e7a2-7d2b-7c11-9a57-3c1f62a8f001",
        "assistant_id": "0199e7a2-7d2b-7c11-9a57-3c1f62a8f002",
        "amount": {"amount": 55_000, "currency": "JPY"},
        "title": "第1回 案内文を書く",
    }


def row(event: dict[str, Any]) -> tuple[int, str, str, int, str]:
    """Return the values of INSERT."""
    return (
        event["number"],
        event["milestone_id"],
        event["assistant_id"],
        event["amount"]["amount"],
        event["title"],
    )
