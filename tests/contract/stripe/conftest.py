"""A simulator that was asked for everything that it can do, and what was said."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.contract.stripe.desk import Desk
from tests.contract.stripe.walk import walk
from tests.support.stripe_process import running


@dataclass(frozen=True)
class Record:
    """What was said while the simulator was asked for everything."""

    file: Path

    @property
    def lines(self) -> list[dict[str, Any]]:
        """All of it, in order."""
        return [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The requests that went well, with their answers."""
        return [
            line for line in self.lines if line["record"] == "request" and line["status"] == 200
        ]

    @property
    def webhooks(self) -> list[dict[str, Any]]:
        """The bodies of the webhooks."""
        return [line["body"] for line in self.lines if line["record"] == "webhook"]


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    with running(tmp_path_factory.mktemp("walk"), check=False) as simulator:
        walk(simulator)
        return Record(simulator.record)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A gateway over a Stripe where money is available at once and payouts wait to be told."""
    options = ("--funds-available-after", "0", "--payout-after", "-1")
    with running(tmp_path_factory.mktemp("desk"), *options) as simulator:
        yield Desk(simulator)
