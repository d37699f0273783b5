"""What a process counts and measures, for Prometheus."""

from collections.abc import Iterator

from prometheus_client import REGISTRY, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector


def rendered(service: str) -> tuple[str, bytes]:
    """Return the content type and the text of all metrics of this process."""
    return CONTENT_TYPE_PLAIN_0_0_4, generate_latest(_OfService(service))


class _OfService(Collector):
    """All metrics of the process, with the name of its service.

    A label that is the same for the whole process costs nothing where things are counted.
    """

    def __init__(self, service: str) -> None:
        self._label = {"service": service}

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        for metric in REGISTRY.collect():
            metric.samples = [
                sample._replace(labels=self._label | sample.labels) for sample in metric.samples
            ]
            yield metric
