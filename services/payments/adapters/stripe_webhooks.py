"""Opens Stripe's webhooks: the signature on the raw bytes, bounds on its time, then what it is.

stripe's own check takes timestamps from the future, goes by the machine's clock and decodes the
body first; ours is bounded on both sides by the clock that the service goes by.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from services.payments.adapters.stripe_event_types import SNAPSHOTS, THIN
from services.payments.adapters.stripe_marks import operation_of
from services.payments.domain.news import EventStatus, ProcessorEvent
from shared.errors import Invalid, NotAllowed

TOLERANCE: Final = timedelta(minutes=5)
SCHEME: Final = "v1"

# What we act on; everything else is kept and ignored.
HEARD: Final = frozenset((*SNAPSHOTS, *THIN))


@dataclass(frozen=True)
class StripeWebhooks:
    """Implements the port Webhooks. Any of the secrets will do, so that they can be changed."""

    secrets: tuple[str, ...]

    def open(self, body: bytes, signature: str, now: datetime) -> ProcessorEvent:
        """Return the event, which is to be ignored when its type is none of ours."""
        self._verify(body, signature, now)
        try:
            event = json.loads(body)
            event_id, kind = str(event["id"]), str(event["type"])
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid("webhook_malformed", "The body is no event.") from error
        ignored = kind not in HEARD
        return ProcessorEvent(
            event_id=event_id,
            type=kind,
            body=body,
            received_at=now,
            next_attempt_at=now,
            status=EventStatus.IGNORED if ignored else EventStatus.RECEIVED,
            reason="type of no interest" if ignored else None,
            operation_id=None if ignored else _operation_of(event),
        )

    def _verify(self, body: bytes, signature: str, now: datetime) -> None:
        parts = [part.strip().partition("=") for part in signature.split(",")]
        stamps = [value for name, _, value in parts if name == "t"]
        signed = [value for name, _, value in parts if name == SCHEME]
        if len(stamps) != 1 or not stamps[0].isascii() or not stamps[0].isdigit():
            raise _unsigned()
        expected = [_sign(secret, stamps[0], body) for secret in self.secrets]
        # All pairs are compared, so that the time taken tells nothing.
        fits = [
            hmac.compare_digest(mine.encode(), theirs.encode())
            for mine in expected
            for theirs in signed
        ]
        if not any(fits):
            raise _unsigned()
        try:
            sent_at = datetime.fromtimestamp(int(stamps[0]), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise _unsigned() from error
        if abs(now - sent_at) > TOLERANCE:
            raise NotAllowed(
                "webhook_timestamp_invalid", "The signature is too old, or from the future."
            )


def _operation_of(event: Any) -> UUID | None:
    try:
        return operation_of(event["data"]["object"])
    except (KeyError, TypeError):
        return None  # thin events have no object in them


def _sign(secret: str, stamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _unsigned() -> NotAllowed:
    return NotAllowed("webhook_signature_invalid", "The body is not signed with a secret of ours.")
