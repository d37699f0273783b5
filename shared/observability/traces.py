"""W3C trace context through HTTP, the outbox, events and calls; its spans by OTLP, where wanted.

Without OTEL_EXPORTER_OTLP_ENDPOINT (or …_TRACES_ENDPOINT) no span is made: the trace's id still
goes along, so that log lines, problems and other processes agree on it. With it, OpenTelemetry's
own variables say the rest: OTEL_TRACES_SAMPLER, OTEL_RESOURCE_ATTRIBUTES, OTEL_BSP_….

Spans say what was done by names, ids and numbers. Never a path with what was typed in it, a query,
a body, or an error's text: those may speak of people.
"""

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

Attributes = Mapping[str, str | int | bool | float]

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
FLUSH_SECONDS: Final = 5

_PROPAGATOR = TraceContextTextMapPropagator()
_IDS = RandomIdGenerator()
_SAMPLED = trace.TraceFlags(trace.TraceFlags.SAMPLED)


class _Exporting:
    """How spans leave this process; None of it while nobody wants them."""

    provider: TracerProvider | None = None
    tracer: trace.Tracer | None = None


def export(service: str, kind: str) -> None:
    """Send this process's spans as `tasuki-<service>-<kind>`, if the environment names a collector.

    A collector that is away costs spans, never work: they are sent from a thread (in an events
    process a green one) and dropped when too many wait.
    """
    if not any(os.environ.get(name) for name in ENDPOINTS):
        return
    # Loaded where it is used only: it brings protobuf and requests.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    name = os.environ.get("OTEL_SERVICE_NAME") or f"tasuki-{service}-{kind}"
    provider = TracerProvider(
        resource=Resource.create({"service.name": name, "service.namespace": "tasuki"}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    send_to(provider)


def send_to(provider: TracerProvider | None) -> None:
    """Make spans with this provider from now on; None: make none."""
    _Exporting.provider = provider
    _Exporting.tracer = provider.get_tracer("tasuki") if provider else None


def are_exported() -> bool:
    """Tell whether anybody wants spans."""
    return _Exporting.tracer is not None


def flush() -> None:
    """Send what was not sent yet, before the process ends; a few seconds at most."""
    if provider := _Exporting.provider:
        send_to(None)
        # The library would wait for half a minute for a collector that is away.
        last = threading.Thread(target=provider.shutdown, name="last spans", daemon=True)
        last.start()
        last.join(FLUSH_SECONDS)


def current_traceparent() -> str | None:
    """Return the `traceparent` of what is going on now, or None outside of any trace."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def continued(
    traceparent: str | None,
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Attributes | None = None,
    others: Iterable[str | None] = (),
) -> Iterator[Span]:
    """Run a block as a span of the given trace, or as the root of a new one.

    `others` are the traceparents of other traces that it does the work of: they are linked.
    """
    parent = _context(traceparent)
    if _Exporting.tracer is None:
        token = contexts.attach(_passed_on(parent))
        try:
            yield trace.get_current_span()
        finally:
            contexts.detach(token)
        return
    with _recording(name, kind, attributes, parent, _links(others)) as span:
        yield span


@contextmanager
def step(
    name: str, kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes | None = None
) -> Iterator[Span]:
    """Run a block as a span of what is going on: a call to somebody else, mostly."""
    if _Exporting.tracer is None:
        yield trace.INVALID_SPAN
        return
    with _recording(name, kind, attributes, None, ()) as span:
        yield span


def sent(
    traceparent: str | None, name: str, kind: SpanKind, attributes: Attributes
) -> tuple[str | None, Span]:
    """Begin a span of the trace that the caller ends; return what to pass on, and the span."""
    if _Exporting.tracer is None or traceparent is None:
        return traceparent, trace.INVALID_SPAN
    span = _Exporting.tracer.start_span(
        name, context=_context(traceparent), kind=kind, attributes=attributes
    )
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier, trace.set_span_in_context(span, Context()))
    return carrier.get("traceparent"), span


def failed(span: Span, error: BaseException | str) -> None:
    """Mark a span as failed, by the error's type: its text may speak of people."""
    span.set_status(StatusCode.ERROR)
    told = error if isinstance(error, str) else type(error).__qualname__
    span.set_attribute("error.type", told)


def _context(traceparent: str | None) -> Context:
    return _PROPAGATOR.extract({"traceparent": traceparent} if traceparent else {}, Context())


def _passed_on(parent: Context) -> Context:
    """Return a context of the trace, or of a new one, in which no span is made."""
    if trace.get_current_span(parent).get_span_context().is_valid:
        return parent
    new = SpanContext(_IDS.generate_trace_id(), _IDS.generate_span_id(), False, _SAMPLED)  # noqa: FBT003  (positional in OpenTelemetry)
    return trace.set_span_in_context(NonRecordingSpan(new), parent)


def _links(others: Iterable[str | None]) -> list[Link]:
    found = (trace.get_current_span(_context(each)).get_span_context() for each in others if each)
    return [Link(each) for each in found if each.is_valid]


@contextmanager
def _recording(
    name: str,
    kind: SpanKind,
    attributes: Attributes | None,
    parent: Context | None,
    links: Iterable[Link],
) -> Iterator[Span]:
    assert _Exporting.tracer  # noqa: S101  (asked for by the caller)
    with _Exporting.tracer.start_as_current_span(
        name,
        context=parent,
        kind=kind,
        attributes=attributes,
        links=list(links),
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
        except BaseException as error:
            failed(span, error)
            raise
