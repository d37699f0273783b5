"""What a trace says of the way from an outbox to the broker: a span for each event."""

from collections.abc import Collection, Sequence

from opentelemetry.trace import Span, SpanKind

from shared.messaging.stored import StoredEvent
from shared.messaging.topology import events_exchange
from shared.observability import traces


def begun(service: str, events: Sequence[StoredEvent]) -> tuple[list[StoredEvent], list[Span]]:
    """Return the events, each with the traceparent to be passed on, and their spans."""
    if not traces.are_exported():
        return list(events), []
    exchange = events_exchange(service)
    told, spans = [], []
    for event in events:
        known = {
            "messaging.system": "rabbitmq",
            "messaging.operation.type": "send",
            "messaging.destination.name": exchange,
            "messaging.rabbitmq.destination.routing_key": event.routing_key,
            "messaging.message.id": str(event.id),
        }
        traceparent, span = traces.sent(
            event.traceparent, f"send {exchange}", SpanKind.PRODUCER, known
        )
        told.append(event._replace(traceparent=traceparent))
        spans.append(span)
    return told, spans


def ended(spans: Sequence[Span], confirmed: Collection[int]) -> None:
    """End the spans: the broker has these messages, and refused the others."""
    for index, span in enumerate(spans):
        if index not in confirmed:
            traces.failed(span, "refused")
        span.end()
