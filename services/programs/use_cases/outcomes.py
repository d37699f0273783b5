"""What came of a program, in figures: never a name, and no group of fewer than five."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from services.programs.domain.figures import figures_of
from services.programs.domain.municipality import municipality
from services.programs.domain.outcomes import last_month_end, outcomes_of
from services.programs.domain.program import Program, no_such_cohort, no_such_program
from services.programs.domain.suppression import MIN_CELL
from services.programs.domain.wording import MEANINGS
from services.programs.ports import Work
from services.programs.use_cases.rights import runs
from shared.calendar import day_in_japan
from shared.csv_lines import csv_line
from shared.messages.outcomes import OutcomesDocument, OutcomesView
from shared.messages.programs import ProgramStatus
from shared.people import Person

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
COLUMNS = (
    "program_id",
    "program",
    "municipality",
    "cohort_id",
    "cohort",
    "as_of",
    "measure",
    "band",
    "value",
    "people",
)


def get_outcomes(program_id: UUID, by: Person, work: Work) -> OutcomesView:
    """Return the figures of a program to its sponsor's and its partner's members.

    Raises NotFound (`program_not_found`) for others.
    """
    return _document(_own_program(program_id, by, work), work).program


def get_cohort_outcomes(cohort_id: UUID, by: Person, work: Work) -> OutcomesView:
    """Return the figures of a cohort to the sponsor's and the partner's members.

    Raises NotFound (`cohort_not_found`) for others.
    """
    cohort = work.programs.cohort(cohort_id)
    program = work.programs.get(cohort.program_id)
    if not runs(program, by):
        raise no_such_cohort()
    document = _document(program, work)
    return next(each for each in document.cohorts if each.cohort_id == cohort_id)


def get_report(program_id: UUID, by: Person, work: Work) -> OutcomesDocument:
    """Return all the figures to the sponsor's and the partner's members.

    Raises NotFound (`program_not_found`) for others.
    """
    return _document(_own_program(program_id, by, work), work)


def get_open_data(program_id: UUID, by: Person, work: Work) -> OutcomesDocument:
    """Return all the figures to anybody who signed in, once the program has been opened.

    Raises NotFound (`program_not_found`) before.
    """
    program = work.programs.get(program_id)
    if program.status is ProgramStatus.DRAFT and not runs(program, by):
        raise no_such_program()
    return _document(program, work)


def as_csv(document: OutcomesDocument) -> str:
    """Return a line for each figure: the program's first, then each cohort's."""
    return csv_line(COLUMNS) + "".join(
        csv_line(
            (
                view.program_id,
                view.program_title,
                view.municipality,
                view.cohort_id,
                view.cohort_name,
                view.as_of,
                cell.measure.value,
                cell.band,
                cell.value,
                cell.people,
            )
        )
        for view in (document.program, *document.cohorts)
        for cell in view.cells
    )


def _own_program(program_id: UUID, by: Person, work: Work) -> Program:
    program = work.programs.get(program_id)
    if not runs(program, by):
        raise no_such_program()
    return program


def _document(program: Program, work: Work) -> OutcomesDocument:
    now = work.clock.now()
    as_of = last_month_end(now)
    sponsor = work.sponsors.find(program.sponsor_id)
    code = sponsor.municipality_code if sponsor else ""
    place = _place(code) if code else work.people.name(program.sponsor_id)
    whole, *cohorts = _views(program, place, as_of, work)
    begun = day_in_japan(program.opened_at or program.made_at)
    return OutcomesDocument(
        title=f"{program.title} 成果指標",
        description=f"{place}の「{program.title}」で何が達成されたか。{MIN_CELL}人未満の値は伏せます。",
        publisher=place,
        municipality_code=code,
        issued=now,
        temporal_start=min(begun, as_of),
        temporal_end=as_of,
        licence=LICENCE,
        language="ja",
        min_cell=MIN_CELL,
        measures=dict(MEANINGS),
        program=whole,
        cohorts=tuple(cohorts),
    )


def _views(program: Program, place: str, as_of: date, work: Work) -> Iterable[OutcomesView]:
    """Yield the program's figures, then those of each cohort."""
    names: dict[UUID | None, str | None] = {None: None}
    cohorts = work.programs.cohorts_of(program.program_id)
    names |= {each.cohort_id: each.name for each in cohorts}
    facts = work.outcomes.facts(program.program_id)
    people = outcomes_of(facts, as_of, work.local_clients.of(program.program_id))
    figures = figures_of(people, [each.cohort_id for each in cohorts], as_of)
    for cohort_id, name in names.items():
        cells = figures.cells[cohort_id]
        yield OutcomesView(
            program_id=program.program_id,
            program_title=program.title,
            municipality=place,
            cohort_id=cohort_id,
            cohort_name=name,
            as_of=as_of,
            made_at=work.clock.now(),
            cells=cells,
            suppressed=sum(each.value is None for each in cells),
        )


def _place(code: str) -> str:
    """Return a municipality with its prefecture, as it is written in Japan."""
    found = municipality(code)
    return found.name if found.name == found.prefecture else f"{found.prefecture}{found.name}"
