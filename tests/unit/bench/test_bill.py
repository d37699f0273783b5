from dataclasses import replace

import pytest

from tests.bench import bill
from tests.bench.bill import ASSUMED, Part

TAKEN = {
    "milestones": 100,
    "processor_seconds": {"payments-api": 10.0, "postgres": 5.0, "rabbitmq": 1.0},
    "memory": {"payments-api": 100 * bill.MIB, "postgres": bill.MIB, "rabbitmq": bill.MIB},
    "disk": {"payments": 1_000_000},
    "wal": 5_000_000,
    "traffic": 1_000_000,
    "mails": 500,
}


def test_the_document_says_what_was_measured_and_assumed() -> None:
    assert bill.DOCUMENT.read_text(encoding="utf-8") == bill.document(), "make scale-doc"


def test_nothing_of_the_template_is_left_unfilled() -> None:
    assert "{{" not in bill.document()


def test_a_part_has_replicas_for_the_peak() -> None:
    part = Part("payments-api", 0.1, 0)
    # 2,592,000 milestones a month are one a second.
    calm = replace(ASSUMED, milestones=2_592_000, peak_factor=3, busy=0.5)
    assert part.cores(calm) == pytest.approx(0.6)
    assert part.replicas(calm) == ASSUMED.fewest_replicas
    assert part.replicas(replace(calm, peak_factor=60)) == 12


def test_the_bill_grows_with_the_milestones_where_it_is_paid_by_them() -> None:
    once = {what: dollars for what, _, dollars in bill.bill(TAKEN, ASSUMED)}
    ten = replace(ASSUMED, milestones=10 * ASSUMED.milestones)
    tenfold = {what: dollars for what, _, dollars in bill.bill(TAKEN, ten)}
    for what in ("letters", "files, each month more", "to the internet, without files"):
        assert tenfold[what] == pytest.approx(10 * once[what])
    assert tenfold["processes: cores"] < 10 * once["processes: cores"]


def test_letters_are_paid_by_the_thousand() -> None:
    rows = {what: (amount, dollars) for what, amount, dollars in bill.bill(TAKEN, ASSUMED)}
    amount, dollars = rows["letters"]
    assert amount == "5,000 thousand"
    assert dollars == pytest.approx(500)
