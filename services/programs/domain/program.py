"""Programs and their cohorts."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.errors import NotFound
from shared.messages.programs import (
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
