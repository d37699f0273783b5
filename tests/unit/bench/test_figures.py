from functools import partial
from pathlib import Path

import pytest

from tests.bench import report
from tests.bench.figures import Bound, Figure, at_least, at_most, interleaved, percentile, ratio
from tests.bench.ledger import tps
from tests.bench.report import Run


def test_every_other_round_is_run_in_the_opposite_order() -> None:
    ran: list[str] = []

    def contestant(name: str) -> float:
        ran.append(name)
        return float(len(ran))

    rates = interleaved(3, {name: partial(contestant, name) for name in "ab"})
    assert ran == ["a", "b", "b", "a", "a", "b"]
    assert rates == {"a": [1, 4, 5], "b": [2, 3, 6]}


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    # The machine was twice as fast in the second round, for both; in the third only for the peer.
    rates = {"ours": [300.0, 600.0, 300.0], "peer": [100.0, 200.0, 200.0]}
    figure = ratio("ours / peer", rates, "ours", "peer", at_least(3))
    assert figure.value == 3
    assert not figure.missed
    assert figure.told == "300/s / 200/s; rounds 1.50 to 3.00"


@pytest.mark.parametrize(
    ("bound", "value", "missed"),
    [(at_least(3), 2.99, True), (at_least(3), 3, False), (at_most(6), 6.1, True), (None, 0, False)],
)
def test_a_bound_is_missed_only_on_its_wrong_side(
    bound: Bound | None, value: float, *, missed: bool
) -> None:
    assert Figure("", value, "x", bound=bound).missed is missed


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert [percentile(values, percent) for percent in (1, 50, 99, 100)] == [1, 50, 99, 100]
    assert percentile([7.0], 50) == 7


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([1.0], 0), ([1.0], 101)])
def test_there_is_no_percentile_of_nothing_or_beyond_all(
    values: list[float], percent: float
) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, percent)


def test_pgbenchs_rate_is_read_from_what_it_says() -> None:
    said = "latency average = 2.7 ms\ntps = 2866.991038 (without initial connection time)\n"
    assert tps(said) == 2866.991038
    with pytest.raises(ValueError, match="said nothing"):
        tps("pgbench: error: connection refused")


def test_the_document_has_what_ran_and_says_what_did_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "DOCUMENT", tmp_path / "benchmarks.md")
    figures = [
        Figure("one / other", 2.5, "x", "5/s / 2/s", at_least(4)),
        Figure("p99", 12.0, "ms", "", at_most(20)),
    ]
    titles = {"ledger": "Ledger", "events": "Events", "memory": "Memory"}
    report.write({"ledger": Run(figures, 3, "2026-04-01", "2 cores")}, titles)
    report.write({"events": Run([], 1, "2026-04-02", "2 cores")}, titles)
    document = report.DOCUMENT.read_text(encoding="utf-8")
    assert "### Ledger\n\n2026-04-01, 2 cores; rounds: 3\n" in document
    assert "### Events\n\n2026-04-02, 2 cores; rounds: 1\n" in document
    assert "| one / other | 2.50 x | ≥ 4 x | **missed**: 5/s / 2/s |" in document
    assert "| p99 | 12.00 ms | ≤ 20 ms |  |" in document
    assert "### Memory\n\nNot measured. `python -m tests.bench memory`" in document
