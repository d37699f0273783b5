"""The figures as files."""

import csv
import io
from datetime import UTC, date, datetime

import pytest

from services.programs.adapters.report import TypstReportPrinter
from services.programs.domain.wording import LABELS, MEANINGS, band_in_words
from services.programs.use_cases.outcomes import COLUMNS, as_csv
from shared.ids import new_id
from shared.messages.outcomes import Cell, Measure, OutcomesDocument, OutcomesView

DAY = date(2026, 10, 31)
NOW = datetime(2026, 11, 3, tzinfo=UTC)


def view(cohort: str | None, *cells: Cell) -> OutcomesView:
    return OutcomesView(
        program_id=new_id(),
        program_title="=1+1",
        municipality="北海道函館市",
        cohort_id=new_id() if cohort else None,
        cohort_name=cohort,
        as_of=DAY,
        made_at=NOW,
        cells=cells,
        suppressed=0,
    )


def document(*cohorts: str) -> OutcomesDocument:
    told = Cell(measure=Measure.APPLIED, value=12, people=12)
    hidden = Cell(measure=Measure.JOINED, value=None, people=None)
    return OutcomesDocument(
        title="成果指標",
        description="",
        publisher="北海道函館市",
        municipality_code="012025",
        issued=NOW,
        temporal_start=DAY,
        temporal_end=DAY,
        licence="",
        language="ja",
        min_cell=5,
        measures=dict(MEANINGS),
        program=view(None, told, hidden),
        cohorts=tuple(view(each, hidden, told) for each in cohorts),
    )


def test_csv_has_a_line_for_each_figure_and_no_formula() -> None:
    head, *lines = csv.reader(io.StringIO(as_csv(document("第1期"))))

    assert tuple(head) == COLUMNS
    assert [line[6:] for line in lines] == [
        ["applied", "", "12", "12"],
        ["joined", "", "", ""],
        ["joined", "", "", ""],
        ["applied", "", "12", "12"],
    ]
    assert {line[1] for line in lines} == {"'=1+1"}


@pytest.mark.parametrize("cohorts", [0, 1, 7])
def test_the_report_is_set_whatever_the_number_of_cohorts(cohorts: int) -> None:
    printed = TypstReportPrinter().print(document(*(f"第{each}期" for each in range(cohorts))))

    assert printed.startswith(b"%PDF")


def test_every_measure_has_its_words() -> None:
    assert set(LABELS) == set(MEANINGS) == set(Measure)


def test_bands_are_said_in_words() -> None:
    assert band_in_words(Measure.INCOME, "1-29999") == "1〜29,999円"
    assert band_in_words(Measure.INCOME, "150000-") == "150,000円以上"
    assert band_in_words(Measure.SATISFACTION, "5") == "5つ星"
    assert not band_in_words(Measure.JOINED, "")
