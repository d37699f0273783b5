"""The published language of programs, on what comes of them: figures, never people.

Only who has consented is counted. A figure that fewer than five people stand behind is null, and
so are others from which it could be found by subtraction.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.messages.base import View


class Measure(StrEnum):
    """What is counted: people, unless it says otherwise."""

    APPLIED = "applied"
    JOINED = "joined"
    TRAINED = "trained"
    PRACTISED = "practised"
    FIRST_CONTRACT = "first_contract"
    FREE_WORK = "free_work"
    WORKING_AFTER_3_MONTHS = "working_after_3_months"
    WORKING_AFTER_6_MONTHS = "working_after_6_months"
    WORKING_AFTER_12_MONTHS = "working_after_12_months"
    HOURS = "hours"
    INCOME = "income"
    LOCAL_JOBS = "local_jobs"
    SATISFACTION = "satisfaction"


class Cell(View):
    """A figure. `band` divides a measure: of income a range in yen a month, of satisfaction stars.

    `value` is null where it is suppressed. `people` is the number behind it, null likewise.
    """

    measure: Measure
    band: str = ""
    value: int | None
    people: int | None


class OutcomesView(View):
    """The figures of a cohort, or of a program over all its cohorts (`cohort_id` null)."""

    program_id: UUID
    program_title: str
    municipality: str
    cohort_id: UUID | None
    cohort_name: str | None
    as_of: date
    made_at: datetime
    cells: tuple[Cell, ...]
    suppressed: Annotated[int, Field(description="How many cells are")]


class OutcomesDocument(View):
    """The figures of a program as open data, with metadata after DCAT (W3C)."""

    title: str
    description: str
    publisher: str
    municipality_code: str
    issued: datetime
    temporal_start: date
    temporal_end: date
    licence: str
    language: str
    min_cell: Annotated[int, Field(description="People behind a figure, at least")]
    measures: Annotated[dict[Measure, str], Field(description="What each means")]
    program: OutcomesView
    cohorts: tuple[OutcomesView, ...]
