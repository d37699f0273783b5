"""What a process counts and measures, for Prometheus: docs/metrics.md is made of this.

    MESSAGES.labels(queue, "done").inc()
    with call_to("smtp", "send") as call:
        ...
        call.outcome = "declined"

Labels take their values from the code (operations, queues, kinds), never from what people send.
Every metric has the label `service` too, which costs nothing where things are counted: it is put
in when they are asked for.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from prometheus_client import (
    REGISTRY,
    Counter,
    Gauge,
    Histogram,
    Metric,
    disable_created_metrics,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

disable_created_metrics()  # type: ignore[no-untyped-call]

Kind = Literal["counter", "gauge", "histogram"]
Outcome = Literal["done", "declined", "failed"]

# Of requests and of handlers; of calls to others, who take longer; of how long messages waited.
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_CALL_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
_LAG_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0)


@dataclass(frozen=True)
class Described:
    """A metric in words: its name, without `_bucket` and their like, and what it says."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    what: str


CATALOGUE: Final[list[Described]] = []


def _counter(name: str, what: str, *labels: str) -> Counter:
    CATALOGUE.append(Described(name, "counter", labels, what))
    return Counter(name, what, labels)


def _histogram(name: str, what: str, buckets: Sequence[float], *labels: str) -> Histogram:
    CATALOGUE.append(Described(name, "histogram", labels, what))
    return Histogram(name, what, labels, buckets=buckets)


def _gauge(name: str, what: str, *labels: str) -> Described:
    """Describe a gauge that an api reads when it is asked (shared/observability/gauges.py)."""
    described = Described(name, "gauge", labels, what)
    CATALOGUE.append(described)
    return described


REQUESTS: Final = _counter(
    "tasuki_http_requests_total",
    "Answers to requests, by operation (`other`: refused before it was known, or a path unknown).",
    "operation",
    "method",
    "status",
)
REQUEST_SECONDS: Final = _histogram(
    "tasuki_http_request_seconds", "How long answers took, to their end.", _SECONDS, "operation"
)
MESSAGES: Final = _counter(
    "tasuki_messages_total",
    "Messages by what became of them: done, duplicate, retried, dead.",
    "queue",
    "outcome",
)
MESSAGE_SECONDS: Final = _histogram(
    "tasuki_message_seconds",
    "How long a handler's transaction took: of a message, or of a batch.",
    _SECONDS,
    "queue",
)
MESSAGE_LAG_SECONDS: Final = _histogram(
    "tasuki_message_lag_seconds",
    "From an event's time until it was handled.",
    _LAG_SECONDS,
    "queue",
)
PUBLISHED: Final = _counter(
    "tasuki_published_total", "Events that the broker has confirmed to the relay."
)
CATALOGUE.append(
    Described("tasuki_outbox_held", "gauge", (), "1 in the relay that holds the outbox.")
)
OUTBOX_HELD: Final = Gauge(CATALOGUE[-1].name, CATALOGUE[-1].what)
CALLS: Final = _counter(
    "tasuki_calls_total",
    "Calls to the outside (stripe, smtp, line, webhook): done, declined, failed.",
    "target",
    "operation",
    "outcome",
)
CALL_SECONDS: Final = _histogram(
    "tasuki_call_seconds",
    "How long calls to the outside took.",
    _CALL_SECONDS,
    "target",
    "operation",
)

OUTBOX_EVENTS: Final = _gauge("tasuki_outbox_events", "Events waiting in the outbox.")
OUTBOX_AGE: Final = _gauge("tasuki_outbox_age_seconds", "Age of the oldest of them.")
QUEUE_MESSAGES: Final = _gauge(
    "tasuki_queue_messages",
    "Messages ready in each queue of the service; those waiting for another try as `delayed`.",
    "queue",
)
DEAD_LETTERS: Final = _gauge("tasuki_dead_letters", "Messages that could not be handled.")
DEADLINES_OVERDUE: Final = _gauge(
    "tasuki_deadlines_overdue", "Deadlines that have passed and nothing happened yet.", "clock"
)
DEADLINE_OVERDUE_SECONDS: Final = _gauge(
    "tasuki_deadline_overdue_seconds", "How long the oldest of them has been overdue.", "clock"
)
OPERATIONS_PENDING: Final = _gauge(
    "tasuki_operations_pending", "Calls to the outside that are committed, not finished.", "kind"
)
OPERATION_AGE: Final = _gauge("tasuki_operation_age_seconds", "Age of the oldest of them.", "kind")
ESCROW: Final = _gauge(
    "tasuki_escrow_minor_units", "What is held for milestones altogether.", "currency"
)
IMBALANCE: Final = _gauge(
    "tasuki_ledger_imbalance_minor_units",
    "By how much entries of the journal don't balance, since the last closed month: must be 0.",
    "currency",
)
UNMATCHED: Final = _gauge(
    "tasuki_reconciliation_unmatched",
    "What had no partner, in Stripe's statement or in the books, at the last reconciliation.",
)
RECONCILIATION_AGE: Final = _gauge(
    "tasuki_reconciliation_age_seconds", "Since the last reconciliation ended."
)
SEAL_AGE: Final = _gauge("tasuki_seal_age_seconds", "Since the newest seal of the books.")
DATABASE_UP: Final = _gauge("tasuki_database_up", "1 when a statement gets through.")


@dataclass
class Call:
    """A call under way; whoever makes it says what came of it, unless it was done."""

    outcome: Outcome = "done"


@contextmanager
def call_to(target: str, operation: str) -> Iterator[Call]:
    """Count and time a call to the outside; one that raises has failed."""
    call, began = Call(), time.perf_counter()
    try:
        yield call
    except BaseException:
        call.outcome = "failed"
        raise
    finally:
        CALL_SECONDS.labels(target, operation).observe(time.perf_counter() - began)
        CALLS.labels(target, operation, call.outcome).inc()


def rendered(service: str, *collectors: Collector) -> tuple[str, bytes]:
    """Return the content type and the text of all metrics of this process, and of collectors."""
    ours = _OfService(service, (REGISTRY, *collectors))
    return CONTENT_TYPE_PLAIN_0_0_4, generate_latest(ours)


class _OfService(Collector):
    """All metrics, with the name of the service."""

    def __init__(self, service: str, collectors: Sequence[Collector]) -> None:
        self._label = {"service": service}
        self._collectors = collectors

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        for collector in self._collectors:
            for metric in collector.collect():
                metric.samples = [
                    sample._replace(labels=self._label | sample.labels) for sample in metric.samples
                ]
                yield metric
