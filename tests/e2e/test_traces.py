"""One trace from the click to the bank: what a collector of OpenTelemetry gets to see."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest

from tests.support.collector import Collector, Span
from tools.stack import Stack
from tools.story import acts
from tools.story.acts import Agreed, Stage
from tools.waiting import WaitedInVainError, until

pytestmark = pytest.mark.timeout(300)

PRICE = 50_000
CLICK = "00f067aa0ba902b7"
# What a person types, or is told of: none of it belongs into a span.
PERSONAL = re.compile(
    r"@|\bHanako\b|\bMisaki\b|[\u3040-\u30ff\u4e00-\u9fff]|correct horse|Bearer |\?|secret=|"
    r"127\.0\.0\.1|python-httpx"
)


@dataclass(frozen=True)
class Traced:
    """A stack whose processes send their spans to a collector."""

    stage: Stage
    stack: Stack
    collector: Collector

    def spans_of(self, trace_id: str, *wanted: tuple[str, str]) -> list[Span]:
        """Wait until the trace has spans of these processes and names; return all of its spans."""

        def found() -> list[Span] | None:
            spans = self.collector.of_trace(trace_id)
            seen = {(span.process, span.name) for span in spans}
            # Each process sends for itself: a child's span may be there before its parent's.
            whole = seen.issuperset(wanted) and causes(spans) == {CLICK}
            return spans if whole else None

        with suppress(WaitedInVainError):
            return until(found, "the trace is complete", timeout=30)
        seen = {(span.process, span.name) for span in self.collector.of_trace(trace_id)}
        begun = causes(self.collector.of_trace(trace_id))
        raise AssertionError(
            f"missing {set(wanted) - seen}, seen {sorted(seen)}, begun by {begun}, not {CLICK}"
        )


@pytest.fixture(scope="module")
def traced(stage: Stage, stack: Stack, collector: Collector) -> Traced:
    """The stack, and whom its processes send their spans to."""
    return Traced(stage, stack, collector)


@pytest.fixture(scope="module")
def agreed(traced: Traced) -> Agreed:
    """A funded and delivered milestone of two people."""
    stage = traced.stage
    client = acts.register(stage, stage.member("Hanako", "client"))
    assistant = acts.register(stage, stage.member("Misaki", "assistant"))
    acts.become_payee(stage, assistant)
    made = acts.agree(stage, client, assistant, "案内文", (PRICE,))
    [milestone_id] = made.milestone_ids
    acts.fund(stage, made, milestone_id)
    acts.deliver(stage, made, milestone_id)
    return made


@contextmanager
def clicked(stage: Stage) -> Iterator[str]:
    """Send what is asked for in the block as one trace; yield the trace's id."""
    trace_id = secrets.token_hex(16)
    stage.http.headers["traceparent"] = f"00-{trace_id}-{CLICK}-01"
    try:
        yield trace_id
    finally:
        del stage.http.headers["traceparent"]


def causes(spans: list[Span]) -> set[str]:
    """Return the parents that are no spans of the trace: the beginnings of it."""
    return {span.parent_id for span in spans} - {span.span_id for span in spans}


def test_accepting_is_one_trace_through_the_services_to_the_bank_on_the_payday(
    traced: Traced, agreed: Agreed
) -> None:
    [milestone_id] = agreed.milestone_ids
    with clicked(traced.stage) as trace_id:
        acts.accept(traced.stage, agreed, milestone_id)
    acts.wait_for_release(traced.stage, agreed, milestone_id)
    acts.wait_for_payday(traced.stage, agreed.assistant)
    traced.spans_of(
        trace_id,
        ("tasuki-web-api", "POST contracts"),
        ("tasuki-contracts-relay", "send contracts.events"),
        ("tasuki-payments-events", "process payments.contracts.milestone_accepted.v1"),
        ("tasuki-payments-relay", "send payments.events"),
        ("tasuki-payments-events", "stripe create_transfer"),
        ("tasuki-payments-events", "stripe create_payout"),
        ("tasuki-payments-events", "webhook payout.paid"),
        ("tasuki-notify-events", "send mail"),
    )


def test_funding_is_one_trace_from_the_page_to_what_everybody_is_told(
    traced: Traced, agreed: Agreed
) -> None:
    stage = traced.stage
    made = acts.agree(stage, agreed.client, agreed.assistant, "ちらし", (PRICE,))
    [milestone_id] = made.milestone_ids
    path = f"/payments/milestones/{milestone_id}"
    stage.wait("payments knows the milestone", lambda: made.client.find(path))
    with clicked(stage) as trace_id:
        asked = {"milestone_ids": [milestone_id], "method": "card"}
        checkout = made.client.post("/payments/checkouts", asked)
    stage.pages.pay(checkout["url"])
    acts.wait_for_status(stage, made, milestone_id, "funded")
    traced.spans_of(
        trace_id,
        ("tasuki-payments-api", "stripe create_checkout"),
        ("tasuki-payments-events", "webhook checkout.session.completed"),
        ("tasuki-payments-relay", "send payments.events"),
        ("tasuki-contracts-events", "process contracts.payments.milestone_funded.v1"),
        ("tasuki-notify-events", "send mail"),
    )
    # Nothing stays in escrow for the stories that follow.
    acts.deliver(stage, made, milestone_id)
    acts.accept(stage, made, milestone_id)
    acts.wait_for_release(stage, made, milestone_id)


def test_no_span_speaks_of_people(traced: Traced, agreed: Agreed) -> None:
    assert agreed
    spans = traced.collector.spans
    said = {
        f"{name}={value}"
        for span in spans
        for name, value in {"name": span.name, "status": span.status, **span.attributes}.items()
    }
    assert len(spans) > 100
    assert [each for each in said if PERSONAL.search(each)] == []
    assert [span for span in spans if span.events] == []


def test_a_process_that_ends_sends_its_last_spans(traced: Traced, agreed: Agreed) -> None:
    assert agreed
    stack = traced.stack
    for name in ("contracts-api", "contracts-relay", "contracts-events"):
        stack.restart(name)
    with clicked(traced.stage) as trace_id:
        agreed.client.get("/contracts")
    stack.restart("contracts-api")
    spans = traced.collector.of_trace(trace_id)
    assert ("tasuki-contracts-api", "GET /api/v1/contracts") in {
        (span.process, span.name) for span in spans
    }
