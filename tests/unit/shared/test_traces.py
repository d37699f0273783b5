"""Traces: passed on always, sent only where wanted, at nobody's expense."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import INVALID_SPAN, SpanKind

from shared.observability import traces
from tests.support.collector import collecting

TRACE = "0af7651916cd43dd8448eb211c80319c"
GIVEN = f"00-{TRACE}-b7ad6b7169203331-01"
OTHER = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203332-01"

# What an events process does, with a collector that takes the connection and never answers.
TURNING = """
import shared.messaging.bootstrap
import json, time
import eventlet
from shared.observability import traces
traces.export("tried", "events")
with traces.continued(None, "a span"):
    pass
longest = 0.0
for _ in range(40):
    before = time.monotonic()
    eventlet.sleep(0.05)
    longest = max(longest, time.monotonic() - before)
before = time.monotonic()
traces.flush()
print(json.dumps({"longest": longest, "flush": time.monotonic() - before}))
"""


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    """What is sent while a test runs."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    traces.send_to(provider)
    yield exporter
    traces.send_to(None)


def test_without_a_collector_the_trace_goes_on_and_no_span_is_made() -> None:
    with traces.continued(GIVEN, "a request") as span:
        assert not span.is_recording()
        assert traces.current_traceparent() == GIVEN
        with traces.step("a call") as call:
            assert call is INVALID_SPAN
            assert traces.current_traceparent() == GIVEN
    assert traces.sent(GIVEN, "send", SpanKind.PRODUCER, {})[0] == GIVEN
    assert traces.current_traceparent() is None


def test_without_a_collector_what_nobody_asked_for_begins_a_trace() -> None:
    with traces.continued(None, "a request"):
        first = traces.current_traceparent()
    with traces.continued("no traceparent", "a request"):
        second = traces.current_traceparent()
    assert first
    assert second
    assert first.split("-")[1] != second.split("-")[1]


def test_a_call_is_a_span_of_what_goes_on(exporter: InMemorySpanExporter) -> None:
    route = {"http.route": "/x"}
    with (
        traces.continued(GIVEN, "a request", SpanKind.SERVER, route, [OTHER, None]),
        traces.step("a call", SpanKind.CLIENT),
    ):
        told = traces.current_traceparent()
    call, request = exporter.get_finished_spans()
    assert request.context.trace_id == call.context.trace_id == int(TRACE, 16)
    assert call.parent is not None
    assert call.parent.span_id == request.context.span_id
    assert told == f"00-{TRACE}-{call.context.span_id:016x}-01"
    assert [f"{link.context.trace_id:032x}" for link in request.links] == [OTHER.split("-")[1]]


def test_a_failed_span_names_the_error_and_never_says_its_text(
    exporter: InMemorySpanExporter,
) -> None:
    with pytest.raises(ValueError, match="Hanako"), traces.continued(GIVEN, "a request"):
        raise ValueError("Hanako lives here")
    [span] = exporter.get_finished_spans()
    assert span.attributes == {"error.type": "ValueError"}
    assert span.events == ()
    assert "Hanako" not in span.to_json()


def test_a_process_sends_its_spans_under_its_own_name_before_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "60000")
        traces.export("jobs", "api")
        with traces.continued(GIVEN, "a request"):
            pass
        traces.flush()
        [span] = collector.spans
    assert (span.process, span.name, span.trace_id) == ("tasuki-jobs-api", "a request", TRACE)
    assert not traces.are_exported()


def test_a_collector_that_never_answers_holds_up_neither_the_hub_nor_the_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_BSP_SCHEDULE_DELAY": "100"}
        done = subprocess.run(
            [sys.executable, "-c", TURNING],
            env=dict(os.environ) | environ,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    found = json.loads(done.stdout)
    assert found["longest"] < 1
    assert found["flush"] < traces.FLUSH_SECONDS + 1
