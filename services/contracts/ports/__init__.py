"""What the use cases of contracts need of the outside."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.contracts.domain.amendment import Amendment
from services.contracts.domain.clocks import Deadline
from services.contracts.domain.contract import Contract, Policy
from services.contracts.domain.dispute import Dispute
from services.contracts.domain.milestone import Milestone
from services.contracts.domain.terms import Consents
from services.contracts.ports.hand_overs import DateMoves, HandOvers
from services.contracts.ports.retainers import Hours, Retainers
from services.contracts.ports.talk import Blocks, Messages, Reports, Rounds
from shared.account_data import AccountData
from shared.clock import Clock
from shared.four_eyes import Approvals
from shared.messages.accounts import Locale
from shared.messages.amendments import AmendmentView
from shared.messages.base import Event
from shared.messages.contracts import (
    CommentView,
    ContractSummary,
    ContractView,
    DisputeView,
    MilestoneView,
    StatementView,
    TermsView,
)
from shared.messages.files import FileView
from shared.protection import ProtectedPeople


class Happened(StrEnum):
    """What a timeline tells of. `by` says who did it; a clock and other services are nobody."""

    AGREED = "agreed"
    FUNDING_STARTED = "funding_started"
    FUNDING_ABANDONED = "funding_abandoned"
    FUNDING_SHORT = "funding_short"
    FUNDED = "funded"
    BONUS_ADDED = "bonus_added"
    FILE_ADDED = "file_added"
    DELIVERED = "delivered"
    CHANGES_REQUESTED = "changes_requested"
    OVERDUE = "overdue"
    PARTLY_ACCEPTED = "partly_accepted"
    ACCEPTED = "accepted"
    PARTLY_RELEASED = "partly_released"
    RELEASED = "released"
    PAID_OUT = "paid_out"
    PAYOUT_RETURNED = "payout_returned"
    ENDING_ASKED = "ending_asked"
    ENDED = "ended"
    REFUNDED = "refunded"
    REFUND_MADE = "refund_made"
    REST_RETURNED = "rest_returned"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_ANSWERED = "dispute_answered"
    SETTLEMENT_PROPOSED = "settlement_proposed"
    DISPUTE_RESOLVED = "dispute_resolved"
    CHARGEBACK_OPENED = "chargeback_opened"
    CHARGEBACK_WON = "chargeback_won"
    CHARGEBACK_LOST = "chargeback_lost"
    CHARGED_BACK = "charged_back"
    STATEMENT_MADE = "statement_made"
    DELIVERY_COMMENTED = "delivery_commented"
    HOLD_NEAR = "hold_near"
    COMPLETED = "completed"
    RATINGS_REVEALED = "ratings_revealed"
    SETTLED = "settled"
    HAND_OVER_PROPOSED = "hand_over_proposed"
    HAND_OVER_CONSENTED = "hand_over_consented"
    HAND_OVER_REFUSED = "hand_over_refused"
    HANDED_OVER = "handed_over"
    DATES_MOVED = "dates_moved"
    PERIOD_ADDED = "period_added"
    WORK_STOPPED = "work_stopped"
    LAPSED = "lapsed"
    NOTICE_GIVEN = "notice_given"
    RESUMED = "resumed"
    REPLACED = "replaced"
    MILESTONE_ADDED = "milestone_added"
    AMENDMENT_OFFERED = "amendment_offered"
    AMENDMENT_DECLINED = "amendment_declined"
    AMENDMENT_WITHDRAWN = "amendment_withdrawn"
    TERMS_AMENDED = "terms_amended"


@dataclass(frozen=True)
class Delivery:
    """What an assistant hands in."""

    delivery_id: UUID
    milestone_id: UUID
    text: str
    file_ids: tuple[UUID, ...]
    delivered_at: datetime


class Outbox(Protocol):
    """Tells the other services, once the transaction is committed."""

    def emit(self, event: Event, *, subject: UUID) -> None:
        """Add an event about this object."""
        ...


class Contracts(Protocol):
    """All contracts with their terms."""

    def add(
        self,
        contract: Contract,
        terms: TermsView,
        consents: Consents,
        milestones: Sequence[Milestone],
    ) -> bool:
        """Keep a new contract; False when its proposal has one already."""
        ...

    def amend(self, contract_id: UUID, terms: TermsView, consents: Consents) -> None:
        """Keep a new version of the terms."""
        ...

    def get(self, contract_id: UUID) -> Contract:
        """Return the contract; raise NotFound (`contract_not_found`)."""
        ...

    def complete(self, contract_id: UUID, now: datetime) -> bool:
        """Note that nothing is to be done any more; False when it isn't so, or noted already."""
        ...

    def completed(self, contract_id: UUID) -> bool:
        """Tell whether nothing is to be done any more; what is true stays so in the transaction."""
        ...

    def terms(self, contract_id: UUID, version: int | None = None) -> TermsView:
        """Return the terms that hold, or this version; raise NotFound (`terms_not_found`)."""
        ...

    def document(self, contract_id: UUID, version: int) -> str:
        """Return the text of a version that was hashed; raise NotFound (`terms_not_found`)."""
        ...


class Milestones(Protocol):
    """All milestones. Whoever changes one, its deadlines or its deliveries locks it first."""

    def lock(self, milestone_id: UUID) -> Milestone:
        """Return the milestone and keep others from changing it until the transaction ends.

        Raises NotFound (`milestone_not_found`).
        """
        ...

    def lock_all(self, contract_id: UUID) -> Sequence[Milestone]:
        """Return all milestones of a contract, locked, in order of their ids."""
        ...

    def get(self, milestone_id: UUID) -> Milestone:
        """Return the milestone, to be looked at; raise NotFound (`milestone_not_found`)."""
        ...

    def add(self, milestone: Milestone) -> None:
        """Keep a new milestone, after those that its contract has."""
        ...

    def save(self, milestone: Milestone) -> None:
        """Keep what may change of it by a step."""
        ...

    def amend(self, milestone: Milestone) -> None:
        """Keep what both agreed to change of it: its texts, dates and what is left of the price."""
        ...


class Amendments(Protocol):
    """All offers to change terms. Whoever answers one locks it first."""

    def add(self, amendment: Amendment) -> None:
        """Keep a new offer; raise Rejected (`amendment_standing`) while another one waits."""
        ...

    def lock(self, contract_id: UUID, amendment_id: UUID) -> Amendment:
        """Return an offer, locked until the transaction ends; raise NotFound."""
        ...

    def save(self, amendment: Amendment) -> None:
        """Keep what became of it."""
        ...

    def newest(
        self, contract_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[AmendmentView]:
        """Return the offers of a contract, newest first, from before the one `after`."""
        ...


class Disputes(Protocol):
    """All disputes; a milestone has one at the most. Whoever changes one locks its milestone."""

    def add(self, dispute: Dispute) -> None:
        """Keep a new dispute."""
        ...

    def get(self, contract_id: UUID, dispute_id: UUID) -> Dispute:
        """Return the dispute; raise NotFound (`dispute_not_found`)."""
        ...

    def of_milestone(self, milestone_id: UUID) -> Dispute:
        """Return the dispute of a milestone that has one."""
        ...

    def save(self, dispute: Dispute) -> None:
        """Keep what may change of it."""
        ...

    def state(self, dispute_id: UUID, statement: StatementView) -> None:
        """Keep what a party says to it."""
        ...

    def any_in(self, contract_id: UUID) -> bool:
        """Tell whether there is or was a dispute in this contract."""
        ...


class Deliveries(Protocol):
    """All deliveries."""

    def add(self, delivery: Delivery) -> None:
        """Keep a new delivery."""
        ...

    def files(self, milestone_id: UUID) -> Sequence[FileView]:
        """Return all files that were delivered for a milestone, each once."""
        ...

    def request_changes(
        self, milestone_id: UUID, comment: str, criterion: str | None = None
    ) -> None:
        """Note on the milestone's last delivery what must change, and which criterion isn't met."""
        ...

    def comment(self, milestone_id: UUID, delivery_id: UUID, comment: CommentView) -> None:
        """Keep a comment; raise NotFound (`delivery_not_found`)."""
        ...


class Drafts(Protocol):
    """What supporters have looked at, each draft under its own id."""

    def note_look(self, draft_id: UUID, milestone_id: UUID, looked_at: datetime) -> None:
        """Keep that somebody has looked at a draft of this milestone."""
        ...

    def use_look(self, milestone_id: UUID, now: datetime) -> bool:
        """Use up what was looked at since the milestone's last delivery; False without any."""
        ...


class Files(Protocol):
    """What is known of uploaded files; the bytes are in a FileStore."""

    def add(
        self, contract_id: UUID, file: FileView, uploaded_by: UUID, uploaded_at: datetime
    ) -> FileView:
        """Keep a file, or return the same one (name, bytes, person) that is there already."""
        ...

    def get(self, contract_id: UUID, file_id: UUID) -> FileView:
        """Return the file; raise NotFound (`file_not_found`)."""
        ...

    def known(self, contract_id: UUID, file_ids: Collection[UUID]) -> Mapping[UUID, FileView]:
        """Return those of them that are files of this contract, by their ids."""
        ...


class Deadlines(Protocol):
    """All clocks."""

    def replace(self, milestone_id: UUID, deadlines: Sequence[Deadline]) -> None:
        """Stop every clock of the milestone that still runs, and start these."""
        ...

    def running(self, milestone_id: UUID) -> Sequence[Deadline]:
        """Return the clocks of the milestone that still run."""
        ...

    def claim_due(self, now: datetime, but: Collection[UUID]) -> Deadline | None:
        """Return a clock that is due, its milestone locked; leave out those that others hold.

        Args:
            now: what the clocks are held against.
            but: deadlines to leave alone.
        """
        ...

    def note_fired(self, deadline: Deadline, now: datetime) -> None:
        """Keep that the clock has gone off."""
        ...


class Timeline(Protocol):
    """What happened, for both parties to read. Entries are only ever added."""

    def add(
        self,
        contract_id: UUID,
        what: Happened,
        at: datetime,
        *,
        milestone_id: UUID | None = None,
        by: UUID | None = None,
        once_for: UUID | None = None,
    ) -> bool:
        """Add an entry; no second one with the same `once_for`: False when there is one."""
        ...


class People(AccountData, Protocol):
    """The names of people, as accounts told them."""

    def remember(self, person_id: UUID, name: str, *, is_assistant: bool = False) -> None:
        """Keep a person's name."""
        ...

    def may_assist(self, person_id: UUID) -> bool:
        """Tell whether it is an assistant; of people known since long ago only that they are."""
        ...

    def name(self, person_id: UUID) -> str | None:
        """Return the name, or None while it isn't known."""
        ...


class Policies(Protocol):
    """Dated configuration."""

    def at(self, moment: datetime) -> Policy:
        """Return the policy that holds at this moment."""
        ...


class Views(Protocol):
    """What people are shown."""

    def contract(self, contract_id: UUID) -> ContractView:
        """Return the whole contract; raise NotFound (`contract_not_found`)."""
        ...

    def milestone(self, milestone_id: UUID) -> MilestoneView:
        """Return a milestone."""
        ...

    def dispute(self, dispute_id: UUID) -> DisputeView:
        """Return a dispute; raise NotFound (`dispute_not_found`)."""
        ...

    def open_disputes(self, *, after: UUID | None, limit: int) -> Sequence[DisputeView]:
        """Return the disputes that are to be decided, oldest first, from after this one."""
        ...

    def contracts_of(
        self, accounts: Collection[UUID], *, after: UUID | None, limit: int, running: bool
    ) -> Sequence[ContractSummary]:
        """Return the contracts of which one of these accounts is a party, newest first.

        `running` leaves out those in which nothing is to be done any more.
        """
        ...


@dataclass(frozen=True)
class Work:
    """Everything that a use case may touch, in one transaction."""

    contracts: Contracts
    milestones: Milestones
    amendments: Amendments
    disputes: Disputes
    deliveries: Deliveries
    files: Files
    deadlines: Deadlines
    timeline: Timeline
    hand_overs: HandOvers
    date_moves: DateMoves
    retainers: Retainers
    hours: Hours
    messages: Messages
    rounds: Rounds
    blocks: Blocks
    reports: Reports
    people: People
    protected_people: ProtectedPeople
    drafts: Drafts
    policies: Policies
    views: Views
    approvals: Approvals
    outbox: Outbox
    clock: Clock


class Transactions(Protocol):
    """Gives one transaction after another, to what needs several."""

    def begin(self) -> AbstractContextManager[Work]:
        """Begin a transaction: committed at the end of the block, rolled back on an exception."""
        ...


class TermsPrinter(Protocol):
    """Sets terms as PDF; used outside of any transaction."""

    def print(self, terms: TermsView, lang: Locale) -> bytes:
        """Return the PDF, in this language but for what the parties wrote themselves."""
        ...
