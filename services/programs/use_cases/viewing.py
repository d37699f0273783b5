"""What participants, their supporters and the partner see of those who take part."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.programs.domain.participant import Participant, no_such_participant
from services.programs.domain.program import Program, no_such_cohort
from services.programs.ports import Work
from services.programs.ports.people import Standing
from services.programs.use_cases import cohorts
from services.programs.use_cases.rights import seen_participant
from services.programs.use_cases.units_shown import shown_units
from shared.messages.program_people import (
    MateView,
    ParticipantView,
    Step,
    UnitStanding,
)
from shared.messages.programs import CohortView
from shared.people import Person

_WORKING = frozenset({Step.PROTECTED_JOB, Step.FREE_WORK})


def own(by: Person, work: Work) -> ParticipantView:
    """Return as whom one takes part now; raise NotFound (`participant_not_found`)."""
    return view(_current(by, work), by, work)


def get_participant(participant_id: UUID, by: Person, work: Work) -> ParticipantView:
    """Return a participant to themselves, their supporter and the partner.

    Raises NotFound (`participant_not_found`).
    """
    return view(seen_participant(participant_id, by, work), by, work)


def list_participants(cohort_id: UUID, by: Person, work: Work) -> list[ParticipantView]:
    """Return who takes part in a cohort, or did: all to the partner, to a supporter their own.

    Raises NotFound (`cohort_not_found`).
    """
    cohort = work.programs.cohort(cohort_id)
    program = work.programs.get(cohort.program_id)
    found = work.participants.of_cohort(cohort_id)
    if not by.stands_for(program.partner_id):
        found = [each for each in found if each.supporter_id == by.person_id]
        if not found:
            raise no_such_cohort()
    shown = cohorts.view(cohort, by, work)
    return _views(found, shown, program, work)


def mates(by: Person, work: Work) -> list[MateView]:
    """Return those of one's own cohort who have come as far as to work.

    Raises NotFound (`participant_not_found`) for who takes part in nothing.
    """
    me = _current(by, work)
    found = [
        each
        for each in work.participants.of_cohort(me.cohort_id)
        if each.takes_part and each.step in _WORKING and each.person_id != by.person_id
    ]
    names = work.people.names([each.person_id for each in found])
    return [
        MateView(
            person_id=each.person_id,
            person_name=names.get(each.person_id, ""),
            step=each.step,
        )
        for each in found
    ]


def view(participant: Participant, by: Person, work: Work) -> ParticipantView:
    """Return a participant as they, their supporters and the partner see them."""
    cohort = work.programs.cohort(participant.cohort_id)
    program = work.programs.get(participant.program_id)
    return _views([participant], cohorts.view(cohort, by, work), program, work)[0]


def _views(
    found: Sequence[Participant], cohort: CohortView, program: Program, work: Work
) -> list[ParticipantView]:
    people = {each.person_id for each in found}
    supporters = {each.supporter_id for each in found if each.supporter_id}
    names = work.people.names(people | supporters)
    attended = work.attendance.of([each.participant_id for each in found])
    standings = work.paths.standings(found)
    return [
        _view(
            each,
            cohort,
            names,
            attended.get(each.participant_id, ()),
            standings[each.participant_id],
            _units(program, standings[each.participant_id]),
        )
        for each in found
    ]


def _view(  # noqa: PLR0917  (what a view is made of)
    participant: Participant,
    cohort: CohortView,
    names: Mapping[UUID, str],
    attended: tuple[int, ...],
    standing: Standing,
    units: tuple[UnitStanding, ...],
) -> ParticipantView:
    supporter = participant.supporter_id
    return ParticipantView(
        participant_id=participant.participant_id,
        person_id=participant.person_id,
        person_name=names.get(participant.person_id, ""),
        cohort=cohort,
        supporter_id=supporter,
        supporter_name=names.get(supporter, "") if supporter else None,
        step=participant.step,
        steps=standing.steps,
        units=units,
        attended=attended,
        weekly_hours=participant.weekly_hours,
        outcomes_consent=participant.outcomes_consent,
        protected=participant.protected,
        open_helps=standing.open_helps,
        last_sign_at=participant.last_sign_at,
        joined_at=participant.joined_at,
        left_at=participant.left_at,
    )


def _units(program: Program, standing: Standing) -> tuple[UnitStanding, ...]:
    units = []
    for unit in shown_units(program):
        tried = standing.units.get(unit.number)
        passed_at, tries = (tried.passed_at, tried.tries) if tried else (None, 0)
        units.append(UnitStanding(unit=unit, passed_at=passed_at, tries=tries))
    return tuple(units)


def _current(by: Person, work: Work) -> Participant:
    current = work.participants.current(by.person_id)
    if current is None:
        raise no_such_participant()
    return current
