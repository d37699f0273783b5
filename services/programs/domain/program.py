"""Programs and their cohorts."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from shared.errors import NotFound, Rejected
from shared.messages.programs import (
    DescribeProgram,
    Eligibility,
    PracticeJob,
    ProgramStatus,
    Session,
    Unit,
    WalletTerms,
)


@dataclass(frozen=True)
class Program:
    """What a sponsor offers its people, and how the partner runs it.

    `wallet_change` counts what was told of the wallet's caps.
    """

    program_id: UUID
    sponsor_id: UUID
    partner_id: UUID
    title: str
    about: str
    eligibility: Eligibility
    help_hours: int
    silence_days: int
    wallet: WalletTerms | None
    made_by: UUID
    made_at: datetime
    wallet_change: int = 0
    units: tuple[Unit, ...] = ()
    practice: PracticeJob | None = None
    status: ProgramStatus = ProgramStatus.DRAFT
    opened_at: datetime | None = None


@dataclass(frozen=True)
class Cohort:
    """People who are trained together."""

    cohort_id: UUID
    program_id: UUID
    name: str
    capacity: int
    apply_until: date
    starts_on: date
    ends_on: date
    sessions: tuple[Session, ...]
    announced_at: datetime


def no_such_program() -> NotFound:
    """Return the refusal for who may not know of a program."""
    return NotFound("program_not_found", "There is no such program, or it isn't for you to see.")


def no_such_cohort() -> NotFound:
    """Return the refusal for who may not know of a cohort."""
    return NotFound("cohort_not_found", "There is no such cohort, or it isn't for you to see.")


def must_be_open(program: Program) -> None:
    """Raise Rejected (`program_not_open`) unless the program is open."""
    if program.status is not ProgramStatus.OPEN:
        raise Rejected("program_not_open", "The program is not open.", status=program.status)


def opened(program: Program, at: datetime) -> Program:
    """Return a draft as open.

    Raises Rejected (`program_step_not_allowed`, `curriculum_missing`).
    """
    if program.status is not ProgramStatus.DRAFT:
        raise step_not_allowed(program)
    if not program.units or program.practice is None:
        raise Rejected("curriculum_missing", "The partner has to set the curriculum first.")
    agreed = 1 if program.wallet else 0
    return replace(program, status=ProgramStatus.OPEN, opened_at=at, wallet_change=agreed)


def described(program: Program, by: DescribeProgram) -> Program:
    """Return a program as it is described now; `wallet_change` counts when caps have changed.

    Raises Rejected (`program_step_not_allowed`, `program_runner_fixed`, `caps_only_raised`).
    """
    if program.status is ProgramStatus.CLOSED:
        raise step_not_allowed(program)
    is_open = program.status is ProgramStatus.OPEN
    if by.sponsor_id != program.sponsor_id or (is_open and by.partner_id != program.partner_id):
        raise Rejected("program_runner_fixed", "Who sponsors and who runs it stays as it is.")
    change = program.wallet_change
    if is_open and _caps(by.wallet) != _caps(program.wallet):
        _must_be_raised(program.wallet, by.wallet)
        change += 1
    return replace(
        program,
        partner_id=by.partner_id,
        title=by.title,
        about=by.about,
        eligibility=by.eligibility,
        help_hours=by.help_hours,
        silence_days=by.silence_days,
        wallet=by.wallet,
        wallet_change=change,
    )


def step_not_allowed(program: Program) -> Rejected:
    """Return the refusal of what can't be done with a program as it stands."""
    return Rejected(
        "program_step_not_allowed",
        "This can't be done with the program as it stands.",
        status=program.status,
    )


def _caps(wallet: WalletTerms | None) -> tuple[int, int]:
    """Return both caps in yen; without a wallet nothing may be paid."""
    return (wallet.total_cap.amount, wallet.person_cap.amount) if wallet else (0, 0)


def _must_be_raised(before: WalletTerms | None, after: WalletTerms | None) -> None:
    if any(new < old for old, new in zip(_caps(before), _caps(after), strict=True)):
        raise Rejected("caps_only_raised", "While the program is open, caps can only be raised.")


def no_such_client() -> Rejected:
    """Return the refusal where nobody has told of an account."""
    return Rejected("client_unknown", "There is no such account.")


def no_such_session() -> NotFound:
    """Return the refusal where a cohort has no session of this number."""
    return NotFound("meeting_not_found", "The cohort has no session of this number.")
