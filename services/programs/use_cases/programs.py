"""Programs: described by the sponsor, run by the partner, open to who may apply."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.programs.domain import program as rules
from services.programs.domain.municipality import municipality
from services.programs.domain.program import Program, no_such_program
from services.programs.domain.sponsor import Sponsor
from services.programs.ports import Work
from services.programs.use_cases import filling, sponsoring
from services.programs.use_cases.rights import run_program, runs
from services.programs.use_cases.units_shown import shown_units
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.programs import (
    DescribeProgram,
    LocalClientView,
    ProgramClosed,
    ProgramOpened,
    ProgramStatus,
    ProgramView,
    SetCurriculum,
    WalletAgreed,
)
from shared.people import Person, Right


def describe_program(asked: DescribeProgram, by: Person, work: Work) -> ProgramView:
    """Begin a program as a draft (the sponsor's right `post`).

    Raises NotAllowed (`right_required`), Rejected (`sponsor_not_registered`, `partner_unknown`).
    """
    by.must(Right.POST, asked.sponsor_id)
    sponsor_of(asked.sponsor_id, work)
    _must_be_known(asked.partner_id, work)
    program = Program(
        program_id=new_id(),
        made_by=by.person_id,
        made_at=work.clock.now(),
        **{name: getattr(asked, name) for name in type(asked).model_fields},
    )
    work.programs.add(program)
    return view(program, by, work)


def change_program(program_id: UUID, asked: DescribeProgram, by: Person, work: Work) -> ProgramView:
    """Describe a program anew; while it is open, caps are only raised (the sponsor's `post`).

    Raises NotFound (`program_not_found`), NotAllowed (`right_required`), Rejected
    (`program_step_not_allowed`, `program_runner_fixed`, `caps_only_raised`, `partner_unknown`).
    """
    before = _sponsored(program_id, by, work)
    _must_be_known(asked.partner_id, work)
    program = rules.described(before, asked)
    work.programs.save(program)
    if program.wallet_change > before.wallet_change:
        _tell_wallet(program, work)
        sponsoring.on_raised(program_id, work)
    return view(program, by, work)


def set_curriculum(program_id: UUID, asked: SetCurriculum, by: Person, work: Work) -> ProgramView:
    """Set the units and the practice job (the partner's right `post`).

    While the program is open, units may be added and worded anew, but none is taken away: a unit
    is known by its place, and somebody may have passed it.

    Raises NotFound (`program_not_found`), NotAllowed (`right_required`), Rejected
    (`program_step_not_allowed`, `units_only_added`).
    """
    run_program(program_id, Right.POST, by, work)
    program = work.programs.lock(program_id)
    if program.status is ProgramStatus.CLOSED:
        raise rules.step_not_allowed(program)
    if program.status is ProgramStatus.OPEN and len(asked.units) < len(program.units):
        raise Rejected("units_only_added", "While the program is open, no unit is taken away.")
    program = replace(program, units=asked.units, practice=asked.practice)
    work.programs.save(program)
    return view(program, by, work)


def open_program(program_id: UUID, by: Person, work: Work) -> ProgramView:
    """Open a draft (the sponsor's right `post`), once an operator has confirmed the sponsor.

    Raises NotFound (`program_not_found`), NotAllowed (`right_required`), Rejected
    (`program_step_not_allowed`, `sponsor_not_confirmed`, `curriculum_missing`).
    """
    draft = _sponsored(program_id, by, work)
    sponsor = sponsor_of(draft.sponsor_id, work)
    sponsor.must_be_confirmed()
    at = work.clock.now()
    program = rules.opened(draft, at)
    work.programs.save(program)
    opened = ProgramOpened(
        program_id=program_id,
        sponsor_id=program.sponsor_id,
        partner_id=program.partner_id,
        municipality_code=sponsor.municipality_code,
        title=program.title,
        opened_at=at,
    )
    work.outbox.emit(opened, subject=program_id)
    if program.wallet:
        _tell_wallet(program, work)
    return view(program, by, work)


def close_program(program_id: UUID, by: Person, work: Work) -> ProgramView:
    """Take nobody any more (the sponsor's right `post`); standing applications are declined.

    Raises NotFound (`program_not_found`), NotAllowed (`right_required`), Rejected
    (`program_step_not_allowed`).
    """
    program = _sponsored(program_id, by, work)
    if program.status is not ProgramStatus.OPEN:
        raise rules.step_not_allowed(program)
    program = replace(program, status=ProgramStatus.CLOSED)
    work.programs.save(program)
    filling.decline_all(program, work)
    closed = ProgramClosed(program_id=program_id, closed_at=work.clock.now())
    work.outbox.emit(closed, subject=program_id)
    return view(program, by, work)


def list_programs(
    by: Person, work: Work, *, mine: bool, after: UUID | None, limit: int
) -> Sequence[ProgramView]:
    """Return programs, newest first: the open ones, or all that one's accounts sponsor or run."""
    found = work.programs.listed(by.accounts if mine else None, after, limit)
    return [view(each, by, work) for each in found]


def get_program(program_id: UUID, by: Person, work: Work) -> ProgramView:
    """Return a program to whoever may see it; raise NotFound (`program_not_found`)."""
    return view(seen_program(program_id, by, work), by, work)


def list_local_clients(program_id: UUID, by: Person, work: Work) -> list[LocalClientView]:
    """Return the clients that the partner knows to be local (the partner's right `post`)."""
    run_program(program_id, Right.POST, by, work)
    accounts = work.local_clients.of(program_id)
    names = work.people.names(accounts)
    return [LocalClientView(account_id=each, name=names.get(each, "")) for each in accounts]


def add_local_client(
    program_id: UUID, account_id: UUID, by: Person, work: Work
) -> list[LocalClientView]:
    """Count the jobs of an account as local (the partner's right `post`).

    Raises NotFound (`program_not_found`), NotAllowed (`right_required`), Rejected
    (`client_unknown`).
    """
    run_program(program_id, Right.POST, by, work)
    if not work.people.name(account_id):
        raise rules.no_such_client()
    work.local_clients.add(program_id, account_id)
    return list_local_clients(program_id, by, work)


def remove_local_client(
    program_id: UUID, account_id: UUID, by: Person, work: Work
) -> list[LocalClientView]:
    """Count the jobs of an account as local no more (the partner's right `post`)."""
    run_program(program_id, Right.POST, by, work)
    work.local_clients.remove(program_id, account_id)
    return list_local_clients(program_id, by, work)


def sponsor_of(account_id: UUID, work: Work) -> Sponsor:
    """Return what an account is registered as; raise Rejected (`sponsor_not_registered`)."""
    sponsor = work.sponsors.find(account_id)
    if sponsor is None:
        raise Rejected("sponsor_not_registered", "Say first which municipality this account is.")
    return sponsor


def seen_program(program_id: UUID, by: Person, work: Work) -> Program:
    """Return a program to whoever may see it; raise NotFound (`program_not_found`).

    An open one is for everybody who signed in; others for who runs it, and who is in it.
    """
    program = work.programs.get(program_id)
    if program.status is ProgramStatus.OPEN or runs(program, by):
        return program
    current = work.participants.current(by.person_id)
    takes_part = current is not None and current.program_id == program_id
    if takes_part or work.participants.supports(by.person_id, program_id):
        return program
    raise no_such_program()


def view(program: Program, by: Person, work: Work) -> ProgramView:
    """Return a program as somebody sees it: answers for who runs it, money for who sees money."""
    money = any(by.may(Right.SEE_MONEY, each) for each in (program.sponsor_id, program.partner_id))
    return ProgramView(
        program_id=program.program_id,
        sponsor_id=program.sponsor_id,
        sponsor_name=work.people.name(program.sponsor_id),
        municipality=municipality(sponsor_of(program.sponsor_id, work).municipality_code),
        partner_id=program.partner_id,
        partner_name=work.people.name(program.partner_id),
        title=program.title,
        about=program.about,
        eligibility=program.eligibility,
        help_hours=program.help_hours,
        silence_days=program.silence_days,
        wallet=program.wallet if money else None,
        units=shown_units(program, answers=runs(program, by)),
        practice=program.practice,
        status=program.status,
        opened_at=program.opened_at,
    )


def _sponsored(program_id: UUID, by: Person, work: Work) -> Program:
    """Return a program, locked, that somebody may act on for its sponsor."""
    program = work.programs.lock(program_id)
    if not runs(program, by):
        raise no_such_program()
    by.must(Right.POST, program.sponsor_id)
    return program


def _must_be_known(partner_id: UUID, work: Work) -> None:
    if not work.people.is_company(partner_id):
        raise Rejected("partner_unknown", "The partner has to be a company with an account here.")


def _tell_wallet(program: Program, work: Work) -> None:
    wallet = program.wallet
    if wallet is None:
        return
    agreed = WalletAgreed(
        program_id=program.program_id,
        sponsor_id=program.sponsor_id,
        partner_id=program.partner_id,
        title=program.title,
        total_cap=wallet.total_cap,
        person_cap=wallet.person_cap,
        change=program.wallet_change,
    )
    work.outbox.emit(agreed, subject=program.program_id)
