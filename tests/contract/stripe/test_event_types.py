"""The events that an operator lets Stripe send are those that payments reads."""

import re
from pathlib import Path

from services.payments.adapters.stripe_event_types import SNAPSHOTS, THIN
from services.payments.adapters.stripe_news import READERS

DOCUMENT = Path(__file__).parents[3] / "deploy" / "README.md"


def test_every_snapshot_event_that_is_asked_for_is_read_and_no_other() -> None:
    assert set(SNAPSHOTS) == READERS.keys()


def test_the_document_for_operators_names_the_events_of_both_endpoints() -> None:
    rows = [line for line in DOCUMENT.read_text().splitlines() if "webhooks/stripe" in line]
    named = [set(re.findall(r"`([a-z0-9_]+\.[^`]+)`", row)) for row in rows]
    assert named == [set(SNAPSHOTS), set(THIN)]
