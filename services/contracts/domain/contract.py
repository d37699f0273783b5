"""A contract: who agreed with whom on what."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.contracts.domain.parties import Parties
from shared.calendar import PayCycle
from shared.messages.jobs import Category, Mode


@dataclass(frozen=True)
class Contract(Parties):
    """What stays the same for as long as the contract lives."""

    contract_id: UUID
    proposal_id: UUID
    job_id: UUID
    client_id: UUID
    assistant_id: UUID
    title: str
    category: Category
    mode: Mode
    review_days: int
    agreed_at: datetime
    place: str = "online"
    weekly_hours: int = 0
    """Hours of the assistant's week that it takes; 0 when they aren't stated."""
    care_days: int = 0
    """Days by which the assistant may move dates."""
    max_revisions: int | None = None
    """Changes that may be asked for of a milestone; None without a cap."""
    protected: bool = False
    """Whether it is somebody's protected job: what isn't met is named, and drafts are shown."""


@dataclass(frozen=True)
class Policy:
    """The numbers that hold at a time; a new row of the policy table changes them, not the code."""

    pay_cycle: PayCycle
    """When what has been accepted is paid; payments pays by the same cycle."""
    payday_limit_days: int
    """Days in which the law wants work paid; the day of delivery is the first of them."""
    ending_days: int
    """Days that the other party has to answer a wish to end."""
    reminder_days: int
    """Days before a deadline on which the one who has to act is reminded."""
    dispute_days: int
    """Days on which banks are open that the other party has to answer a dispute."""
    care_days: int
    """Days by which an assistant may move the dates of one contract."""
    max_revisions: int
    """Changes that may be asked for, unless something else was agreed."""
    protected_revisions: int
    """Changes that may be asked for at most where the contract is protected."""
    notice_days: int
    """Days of notice that end what goes on for `long_months` or more."""
    long_months: int
    hold_days: int
    """Days for which the processor holds what was captured."""
    hold_warning_days: tuple[int, ...]
    """Days after the capture on which the parties are warned of the end of the hold."""
    rating_days: int
    """Days in which the parties may rate each other once the work is over."""
    period_ahead_days: int
    """Days before the end of a retainer's period from which the next one can be paid for."""
    period_cutoff_hours: int
    """Hours after a period, and after a wish for changes, in which hours may still be put right."""
    payment_method: str
    """How it is paid, since not in cash: a sentence for the terms."""
