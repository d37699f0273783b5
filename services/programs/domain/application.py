"""Applications for a cohort, its places, and its waiting line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Self
from uuid import UUID

from services.programs.domain.program import Cohort, Program
from shared.errors import NotFound, Rejected
from shared.messages.program_people import ApplicationStatus, Apply, DeclineCause
from shared.messages.programs import ProgramStatus

STANDING: Final = frozenset({ApplicationStatus.MADE, ApplicationStatus.WAITING})


@dataclass(frozen=True)
class Application:
    """Somebody who wants to take part. `place` orders those who wait; later ones have higher."""

    application_id: UUID
    cohort_id: UUID
    person_id: UUID
    lives_in: str
    weekly_hours: int
    motivation: str
    outcomes_consent: bool
    applied_at: datetime
    status: ApplicationStatus = ApplicationStatus.MADE
    reason: str | None = None
    cause: DeclineCause | None = None
    place: int | None = None
    decided_at: datetime | None = None

    def must_stand(self, *statuses: ApplicationStatus) -> None:
        """Raise Rejected (`application_step_not_allowed`) unless it is in one of these."""
        if self.status not in statuses:
            raise Rejected(
                "application_step_not_allowed",
                "The application was decided on or withdrawn by now.",
                status=self.status,
            )

    def became(
        self,
        status: ApplicationStatus,
        at: datetime,
        *,
        place: int | None = None,
    ) -> Self:
        """Return it in another status, with a place in line if it waits."""
        return replace(self, status=status, decided_at=at, place=place)

    def declined(self, at: datetime, why: str | DeclineCause) -> Self:
        """Return it declined: for a reason in the partner's words, or a cause of our own."""
        declined = self.became(ApplicationStatus.DECLINED, at)
        if isinstance(why, DeclineCause):
            return replace(declined, cause=why)
        return replace(declined, reason=why)


def must_take(cohort: Cohort, program: Program, today: date) -> None:
    """Raise Rejected unless the cohort takes applications today (a day in Japan).

    Codes: `program_not_open`, `applications_over`.
    """
    if program.status is not ProgramStatus.OPEN:
        raise Rejected("program_not_open", "The program takes nobody now.", status=program.status)
    if today > cohort.apply_until:
        raise Rejected(
            "applications_over",
            "The last day to apply is over.",
            apply_until=cohort.apply_until.isoformat(),
        )


def must_be_eligible(
    apply: Apply, program: Program, municipality_code: str, *, had_contract: bool
) -> None:
    """Raise Rejected (`not_eligible`); `unmet` names all that isn't met, not only the first."""
    unmet = tuple(_unmet(apply, program, municipality_code, had_contract=had_contract))
    if unmet:
        raise Rejected(
            "not_eligible", "This program isn't for everybody: see what isn't met.", unmet=unmet
        )


def next_place(line: Sequence[Application]) -> int:
    """Return the place behind all who wait."""
    return max((each.place or 0 for each in line), default=0) + 1


def no_such_application() -> NotFound:
    """Return the refusal for who may not know of an application."""
    return NotFound("application_not_found", "There is no such application for you to see.")


def _unmet(
    apply: Apply, program: Program, municipality_code: str, *, had_contract: bool
) -> Sequence[str]:
    wanted = program.eligibility
    hours = wanted.min_weekly_hours <= apply.weekly_hours <= wanted.max_weekly_hours
    resident = _lives_in(apply.lives_in, municipality_code)
    checks = {
        "adult": apply.adult,
        "resident": resident or not wanted.residents_only,
        "newcomer": not had_contract or not wanted.newcomers_only,
        "weekly_hours": hours,
    }
    return [name for name, met in checks.items() if not met]


def _lives_in(code: str, sponsor_code: str) -> bool:
    """Tell whether somebody of this municipality is a sponsor's resident; prefectures have 000."""
    if sponsor_code[2:5] == "000":
        return code[:2] == sponsor_code[:2]
    return code == sponsor_code
