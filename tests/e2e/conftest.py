"""The stack that all stories without a browser are told on, and what is watched of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.collector import Collector, collecting
from tests.support.metrics import Scraped, scrape
from tools.stack import Stack
from tools.story.acts import Stage
from tools.story.demo import stage_on
from tools.story.narrator import Silent
from tools.story.programs import ProgramTale
from tools.story.proofs import Proof, balance_of
from tools.story.tale import Tale


@pytest.fixture(scope="package")
def collector() -> Iterator[Collector]:
    """Whom all processes of the stack send their spans to."""
    with collecting() as listening:
        yield listening


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[Stack]:
    """Every process of every service, on real servers and the Stripe simulator."""
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        environ.setenv("OTEL_BSP_SCHEDULE_DELAY", "200")
        environ.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
        with Stack(tmp_path_factory.mktemp("stack"), record_stripe=True) as running:
            yield running


@pytest.fixture(scope="package")
def stage(stack: Stack) -> Iterator[Stage]:
    """A stage for stories on the stack."""
    with stage_on(stack, Silent()) as made:
        yield made


@dataclass(frozen=True)
class Told:
    """What a story has proved, and the trial balance before it and after."""

    proofs: list[Proof]
    before: Any
    after: Any

    def moved(self) -> dict[str, int]:
        """Return what each account moved by, debit less credit; without those at zero."""
        accounts = {line["account"] for line in self.after["accounts"]}
        moved = {
            account: balance_of(self.after, account) - balance_of(self.before, account)
            for account in accounts
        }
        return {account: amount for account, amount in moved.items() if amount}


@dataclass(frozen=True)
class Measured(Told):
    """A story, and what the processes' metrics said before it and after."""

    metrics: tuple[Scraped, Scraped]

    def counted(self, name: str, **labels: str) -> float:
        """Return by how much a counter grew: a process that starts again counts from zero."""
        before, after = (scraped.sum_of(name, **labels) for scraped in self.metrics)
        return after - before


@pytest.fixture(scope="package")
def told(stage: Stage, stack: Stack) -> Measured:
    """The story of a milestone's whole life, told once for all who look at its traces."""
    before, metrics = stage.operator.get("/payments/books/trial-balance"), scrape(stack)
    proofs = Tale(stage).tell()
    after = stage.operator.get("/payments/books/trial-balance")
    return Measured(proofs, before, after, (metrics, scrape(stack)))


@pytest.fixture(scope="package")
def program_told(stage: Stage) -> list[Proof]:
    """What the story of a town's program has proved."""
    return ProgramTale(stage).tell()
