"""What all processes of a stack say on their ops ports."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tools.stack import Stack


@dataclass(frozen=True)
class Scraped:
    """What all processes said: the samples by name, each as its labels and its value."""

    samples: Mapping[str, list[tuple[dict[str, str], float]]]

    def sum_of(self, name: str, **labels: str) -> float:
        """Return the sum of the samples with these labels."""
        found = self.samples.get(name, [])
        return sum(value for at, value in found if labels.items() <= at.items())

    def most_of(self, name: str, **labels: str) -> float:
        """Return the largest of the samples with these labels; there must be one."""
        found = self.samples.get(name, [])
        return max(value for at, value in found if labels.items() <= at.items())


def scrape(stack: Stack) -> Scraped:
    """Ask all processes."""
    samples: defaultdict[str, list[tuple[dict[str, str], float]]] = defaultdict(list)
    for name in stack.names:
        answer = httpx.get(f"{stack.ops_url(name)}/metrics", timeout=10).raise_for_status()
        for family in text_string_to_metric_families(answer.text):
            for sample in family.samples:
                samples[sample.name].append((sample.labels, sample.value))
                assert sample.labels["service"] == name.partition("-")[0]
    return Scraped(samples)
