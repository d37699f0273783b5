"""The report on a program as PDF, in Japanese: bars for all cohorts together, a table of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from services.programs.domain.outcomes import CHAIN
from services.programs.domain.wording import LABELS, MEANINGS, UNITS, band_in_words
from shared.calendar import day_in_japan
from shared.documents.typesetting import Typesetter
from shared.messages.outcomes import Cell, Measure, OutcomesDocument

TEMPLATE: Final = Path(__file__).parent / "report.typ"
# So many cohorts stand beside each other on a page.
COLUMNS: Final = 6
CHARTS: Final[tuple[tuple[str, tuple[Measure, ...]], ...]] = (
    ("どこまで進んだか", (*CHAIN, Measure.FREE_WORK)),
    (
        "続いているか",
        (
            Measure.WORKING_AFTER_3_MONTHS,
            Measure.WORKING_AFTER_6_MONTHS,
            Measure.WORKING_AFTER_12_MONTHS,
        ),
    ),
    ("月の収入", (Measure.INCOME,)),
    ("満足度", (Measure.SATISFACTION,)),
)


@dataclass(frozen=True)
class TypstReportPrinter:
    """Implements the port ReportPrinter."""

    typesetter: Typesetter = field(default_factory=Typesetter)

    def print(self, document: OutcomesDocument) -> bytes:
        """Return the report as PDF."""
        return self.typesetter.set(TEMPLATE, self._texts(document))

    def _texts(self, document: OutcomesDocument) -> Mapping[str, Any]:
        issued = day_in_japan(document.issued)
        day = document.temporal_end
        return {
            "title": self._text(document.title),
            "publisher": self._text(document.publisher),
            "date": [issued.year, issued.month, issued.day],
            "as_of": f"{day.year}年{day.month}月{day.day}日現在",
            "note": f"数えることに同意した人だけの値です。{document.min_cell}人未満の値と、そこから"
            "引き算で分かる値は「—」とし、公表しません。氏名は扱いません。",
            "charts": [
                {
                    "title": title,
                    "rows": [
                        _bar(each) for each in document.program.cells if each.measure in measures
                    ],
                }
                for title, measures in CHARTS
            ],
            "cohorts_title": "期ごとの値",
            "tables": self._tables(document),
            "meanings_title": "値の意味",
            "meanings": [[LABELS[each], MEANINGS[each]] for each in Measure],
        }

    def _tables(self, document: OutcomesDocument) -> Sequence[Mapping[str, Any]]:
        """Return tables of a few cohorts each; every one has the whole, too."""
        rows = [(each.measure, each.band) for each in document.program.cells]
        return [
            {
                "head": ["", "全体", *(self._text(each.cohort_name or "") for each in some)],
                "rows": [
                    [
                        _label(*row),
                        *(_value(view.cells, *row) for view in (document.program, *some)),
                    ]
                    for row in rows
                ],
            }
            for first in range(0, max(1, len(document.cohorts)), COLUMNS)
            for some in [document.cohorts[first : first + COLUMNS]]
        ]

    def _text(self, text: str) -> str:
        return self.typesetter.printable(text)


def _bar(cell: Cell) -> Mapping[str, Any]:
    return {"label": _label(cell.measure, cell.band), "value": cell.value, "shown": _shown(cell)}


def _label(measure: Measure, band: str) -> str:
    return f"{LABELS[measure]} {band_in_words(measure, band)}".strip()


def _value(cells: Sequence[Cell], measure: Measure, band: str) -> str:
    found = (each for each in cells if each.measure is measure and each.band == band)
    cell = next(found, None)
    return _shown(cell) if cell else "—"


def _shown(cell: Cell) -> str:
    if cell.value is None:
        return "—"
    number = f"{cell.value:,}{UNITS.get(cell.measure, '人')}"
    return number if cell.people in {None, cell.value} else f"{number}/{cell.people:,}人"
