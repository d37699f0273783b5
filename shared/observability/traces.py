"""W3C trace context, carried through HTTP, the outbox and events by OpenTelemetry."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from opentelemetry.context import Context
from opentelemetry.sdk.trace import Tracer, TracerProvider
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR = TraceContextTextMapPropagator()


@cache
def _tracer() -> Tracer:
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("tasuki")
    assert isinstance(tracer, Tracer)  # noqa: S101  (a provider without a sampler gives no other)
    return tracer


def current_traceparent() -> str | None:
    """Return the `traceparent` of what is going on now, or None outside of any trace."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def continued(
    traceparent: str | None, name: str, kind: SpanKind = SpanKind.INTERNAL
) -> Iterator[None]:
    """Run a block as a span of the given trace, or as the root of a new one."""
    context = _PROPAGATOR.extract({"traceparent": traceparent} if traceparent else {}, Context())
    with _tracer().start_as_current_span(name, context=context, kind=kind):
        yield
