"""What a program may become, and what of an open one may change."""

from dataclasses import replace
from typing import Any

import pytest

from services.programs.use_cases import programs, sponsors
from shared.errors import NotAllowed, Rejected
from shared.messages.programs import (
    DecideOnSponsor,
    DescribeProgram,
    ProgramOpened,
    ProgramStatus,
    SetCurriculum,
    SponsorStatus,
    WalletAgreed,
    WalletTerms,
)
from shared.money import PositiveMoney
from shared.people import Person
from tests.unit.programs.fakes import a_program, fake_work

OPERATOR = Person(a_program(fake_work()).made_by, frozenset({"operator"}))


def terms(total: int, person: int) -> WalletTerms:
    return WalletTerms(
        total_cap=PositiveMoney(amount=total), person_cap=PositiveMoney(amount=person)
    )


def told(work: Any, kind: type) -> list[Any]:
    return [each for each in work.outbox.events if isinstance(each, kind)]


def described(program: Any, **changed: Any) -> DescribeProgram:
    values = {name: getattr(program, name) for name in DescribeProgram.model_fields}
    return DescribeProgram(**values | changed)


def test_a_program_opens_once_its_sponsor_is_confirmed_and_its_curriculum_set() -> None:
    work = fake_work()
    draft = a_program(work, status=ProgramStatus.DRAFT, units=(), practice=None, opened_at=None)
    sponsor = Person(draft.sponsor_id, frozenset())
    partner = Person(draft.partner_id, frozenset())
    confirmed = work.sponsors.find(draft.sponsor_id)
    work.sponsors.put(replace(confirmed, status=SponsorStatus.WAITING))
    with pytest.raises(Rejected, match="sponsor_not_confirmed"):
        programs.open_program(draft.program_id, sponsor, work)
    sponsors.decide(draft.sponsor_id, DecideOnSponsor(confirmed=True), OPERATOR, work)
    with pytest.raises(Rejected, match="sponsor_already_decided"):
        sponsors.decide(draft.sponsor_id, DecideOnSponsor(confirmed=True), OPERATOR, work)
    with pytest.raises(Rejected, match="curriculum_missing"):
        programs.open_program(draft.program_id, sponsor, work)
    ready = a_program(fake_work())
    curriculum = SetCurriculum(units=ready.units, practice=ready.practice)
    programs.set_curriculum(draft.program_id, curriculum, partner, work)
    with pytest.raises(NotAllowed, match="right_required"):
        programs.open_program(draft.program_id, partner, work)
    opened = programs.open_program(draft.program_id, sponsor, work)
    assert opened.status is ProgramStatus.OPEN
    assert len(told(work, ProgramOpened)) == 1
    assert told(work, WalletAgreed) == []


def test_caps_of_an_open_program_are_only_raised_and_each_change_is_counted() -> None:
    work = fake_work()
    program = a_program(work, wallet=terms(1000, 100), wallet_change=1)
    sponsor = Person(program.sponsor_id, frozenset())

    def change(**changed: Any) -> None:
        asked = described(program, **changed)
        programs.change_program(program.program_id, asked, sponsor, work)

    for lower in (terms(999, 100), terms(2000, 99), None):
        with pytest.raises(Rejected, match="caps_only_raised"):
            change(wallet=lower)
    change(title="Another title")
    assert told(work, WalletAgreed) == []
    change(wallet=terms(1000, 200))
    change(wallet=terms(2000, 200))
    assert [each.change for each in told(work, WalletAgreed)] == [2, 3]


def test_who_runs_an_open_program_stays_and_its_units_are_not_taken_away() -> None:
    work = fake_work()
    program = a_program(work)
    program = a_program(work, units=program.units * 2)
    sponsor = Person(program.sponsor_id, frozenset())
    partner = Person(program.partner_id, frozenset())
    asked = described(program, partner_id=program.sponsor_id)
    with pytest.raises(Rejected, match="program_runner_fixed"):
        programs.change_program(program.program_id, asked, sponsor, work)
    fewer = SetCurriculum(units=program.units[:1], practice=program.practice)
    with pytest.raises(Rejected, match="units_only_added"):
        programs.set_curriculum(program.program_id, fewer, partner, work)
