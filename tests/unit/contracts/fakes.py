"""The outside of contracts in memory."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.contracts.domain.amendment import Amendment
from services.contracts.domain.clocks import Deadline
from services.contracts.domain.contract import Contract, Policy
from services.contracts.domain.dispute import Dispute, no_such_dispute
from services.contracts.domain.milestone import OVER, Milestone
from services.contracts.domain.parties import no_such_contract
from services.contracts.domain.retainer import Retainer
from services.contracts.domain.terms import Consents, canonical
from services.contracts.ports import Delivery, Happened, Work
from shared.calendar import PayCycle
from shared.errors import NotFound, Rejected
from shared.messages.amendments import AmendmentStatus, AmendmentView
from shared.messages.base import Event
from shared.messages.contracts import (
    CommentView,
    ConsentView,
    ContractCompleted,
    ContractSummary,
    ContractView,
    DeadlineKind,
    DeadlineView,
    DeliveryView,
    DisputeView,
    MilestoneView,
    StatementView,
    TermsView,
    TimelineEntry,
)
from shared.messages.files import FileView
from shared.messages.retainers import HoursEntryView
from tests.support.fakes import (
    FakeAccountData,
    FakeApprovals,
    FakeOutbox,
    FakeProtectedPeople,
    SetClock,
)
from tests.unit.contracts.fakes_hand_overs import FakeDateMoves, FakeHandOvers
from tests.unit.contracts.fakes_retainers import FakeHours, FakeRetainers
from tests.unit.contracts.fakes_talk import (
    FakeBlocks,
    FakeMessages,
    FakeReports,
    FakeRounds,
    Talk,
)

POLICY = Policy(
    pay_cycle=PayCycle(first_cutoff=15),
    payday_limit_days=60,
    ending_days=7,
    reminder_days=1,
    dispute_days=5,
    care_days=7,
    max_revisions=3,
    protected_revisions=2,
    notice_days=30,
    long_months=6,
    hold_days=90,
    hold_warning_days=(),
    rating_days=14,
    period_ahead_days=7,
    period_cutoff_hours=24,
    payment_method="Bank transfer",
)


@dataclass
class Market:
    """Everything that contracts keeps, in one place; it is its own ports."""

    contracts: dict[UUID, Contract] = field(default_factory=dict)
    agreed: dict[UUID, list[TermsView]] = field(default_factory=dict)
    milestones: dict[UUID, Milestone] = field(default_factory=dict)
    amendments: dict[UUID, Amendment] = field(default_factory=dict)
    disputes: dict[UUID, Dispute] = field(default_factory=dict)
    completed: dict[UUID, datetime] = field(default_factory=dict)
    statements: dict[UUID, tuple[StatementView, ...]] = field(default_factory=dict)
    deliveries: list[DeliveryView] = field(default_factory=list)
    delivered: list[Delivery] = field(default_factory=list)
    files: dict[UUID, tuple[UUID, FileView]] = field(default_factory=dict)
    deadlines: list[Deadline] = field(default_factory=list)
    fired: list[Deadline] = field(default_factory=list)
    entries: list[TimelineEntry] = field(default_factory=list)
    once: set[tuple[str, UUID]] = field(default_factory=set)
    names: dict[UUID, str] = field(default_factory=dict)
    assistants: set[UUID] = field(default_factory=set)
    hand_overs: FakeHandOvers = field(default_factory=FakeHandOvers)
    date_moves: FakeDateMoves = field(default_factory=FakeDateMoves)
    retainers: dict[UUID, Retainer] = field(default_factory=dict)
    hours: dict[UUID, list[HoursEntryView]] = field(default_factory=dict)
    protected_people: FakeProtectedPeople = field(default_factory=FakeProtectedPeople)
    looks: dict[UUID, tuple[UUID, datetime]] = field(default_factory=dict)
    used_looks: set[UUID] = field(default_factory=set)
    policy: Policy = POLICY
    talk: Talk = field(default_factory=Talk)
    clock: SetClock = field(default_factory=SetClock)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    approvals: FakeApprovals = field(default_factory=FakeApprovals)

    def work(self) -> Work:
        return Work(
            contracts=FakeContracts(self),
            milestones=FakeMilestones(self),
            amendments=FakeAmendments(self),
            disputes=FakeDisputes(self),
            deliveries=FakeDeliveries(self),
            files=FakeFiles(self),
            deadlines=FakeDeadlines(self),
            timeline=FakeTimeline(self),
            hand_overs=self.hand_overs,
            date_moves=self.date_moves,
            retainers=FakeRetainers(self.retainers, self.milestones),
            hours=FakeHours(self.hours, self.milestones),
            messages=FakeMessages(self.talk),
            rounds=FakeRounds(self.talk),
            blocks=FakeBlocks(self.talk),
            reports=FakeReports(self.talk),
            people=FakePeople(self),
            protected_people=self.protected_people,
            drafts=FakeDrafts(self),
            policies=FakePolicies(self),
            views=FakeViews(self),
            approvals=self.approvals,
            outbox=self.outbox,
            clock=self.clock,
        )

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """Be the port Transactions, without rolling back."""
        yield self.work()

    def told(self) -> list[Event]:
        """Return the events since the last time somebody asked, but for that of the completion."""
        events = [each for each in self.outbox.events if not isinstance(each, ContractCompleted)]
        self.outbox.events.clear()
        return events

    def happened(self) -> list[str]:
        """Return what the timeline tells of, but for the completion of the contract."""
        return [entry.what for entry in self.entries if entry.what != Happened.COMPLETED]


@dataclass
class FakeContracts:
    market: Market

    def add(
        self,
        contract: Contract,
        terms: TermsView,
        consents: Consents,
        milestones: Iterable[Milestone],
    ) -> bool:
        if any(c.proposal_id == contract.proposal_id for c in self.market.contracts.values()):
            return False
        self.market.contracts[contract.contract_id] = contract
        self.amend(contract.contract_id, terms, consents)
        self.market.milestones |= {each.milestone_id: each for each in milestones}
        return True

    def complete(self, contract_id: UUID, now: datetime) -> bool:
        over = all(
            each.status in OVER
            for each in self.market.milestones.values()
            if each.contract_id == contract_id
        )
        if not over or contract_id in self.market.completed:
            return False
        self.market.completed[contract_id] = now
        return True

    def completed(self, contract_id: UUID) -> bool:
        return contract_id in self.market.completed

    def amend(self, contract_id: UUID, terms: TermsView, consents: Consents) -> None:
        shown = (
            ConsentView(party="client", person_id=consents.client.by, at=consents.client.at),
            ConsentView(
                party="assistant", person_id=consents.assistant.by, at=consents.assistant.at
            ),
        )
        versions = self.market.agreed.setdefault(contract_id, [])
        versions.append(terms.model_copy(update={"consents": shown}))

    def document(self, contract_id: UUID, version: int) -> str:
        return canonical(self.terms(contract_id, version))

    def get(self, contract_id: UUID) -> Contract:
        try:
            return self.market.contracts[contract_id]
        except KeyError:
            raise no_such_contract() from None

    def terms(self, contract_id: UUID, version: int | None = None) -> TermsView:
        return self.market.agreed[contract_id][version - 1 if version else -1]


@dataclass
class FakeMilestones:
    market: Market

    def lock(self, milestone_id: UUID) -> Milestone:
        try:
            return self.market.milestones[milestone_id]
        except KeyError:
            raise NotFound("milestone_not_found") from None

    get = lock

    def lock_all(self, contract_id: UUID) -> Sequence[Milestone]:
        found = (e for e in self.market.milestones.values() if e.contract_id == contract_id)
        return sorted(found, key=lambda each: each.milestone_id)

    def add(self, milestone: Milestone) -> None:
        assert milestone.milestone_id not in self.market.milestones
        self.save(milestone)

    def save(self, milestone: Milestone) -> None:
        self.market.milestones[milestone.milestone_id] = milestone

    amend = save


@dataclass
class FakeAmendments:
    market: Market

    def add(self, amendment: Amendment) -> None:
        if any(
            each.contract_id == amendment.contract_id and each.status is AmendmentStatus.OFFERED
            for each in self.market.amendments.values()
        ):
            raise Rejected("amendment_standing")
        self.save(amendment)

    def lock(self, contract_id: UUID, amendment_id: UUID) -> Amendment:
        amendment = self.market.amendments.get(amendment_id)
        if amendment is None or amendment.contract_id != contract_id:
            raise NotFound("amendment_not_found")
        return amendment

    def save(self, amendment: Amendment) -> None:
        self.market.amendments[amendment.amendment_id] = amendment

    def newest(
        self, contract_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[AmendmentView]:
        assert after is None
        return [
            AmendmentView.model_validate(each, from_attributes=True)
            for each in self.market.amendments.values()
            if each.contract_id == contract_id
        ][:limit]


@dataclass
class FakeDisputes:
    """Keyed by milestone, of which each has one at the most."""

    market: Market

    def add(self, dispute: Dispute) -> None:
        assert dispute.milestone_id not in self.market.disputes
        self.save(dispute)

    def get(self, contract_id: UUID, dispute_id: UUID) -> Dispute:
        for dispute in self.market.disputes.values():
            milestone = self.market.milestones[dispute.milestone_id]
            if (milestone.contract_id, dispute.dispute_id) == (contract_id, dispute_id):
                return dispute
        raise no_such_dispute()

    def of_milestone(self, milestone_id: UUID) -> Dispute:
        return self.market.disputes[milestone_id]

    def save(self, dispute: Dispute) -> None:
        self.market.disputes[dispute.milestone_id] = dispute

    def state(self, dispute_id: UUID, statement: StatementView) -> None:
        said = self.market.statements.get(dispute_id, ())
        self.market.statements[dispute_id] = (*said, statement)

    def any_in(self, contract_id: UUID) -> bool:
        return any(
            self.market.milestones[each].contract_id == contract_id for each in self.market.disputes
        )


@dataclass
class FakeDeliveries:
    market: Market

    def add(self, delivery: Delivery) -> None:
        self.market.delivered.append(delivery)
        view = DeliveryView(
            delivery_id=delivery.delivery_id,
            text=delivery.text,
            files=tuple(self.market.files[file_id][1] for file_id in delivery.file_ids),
            delivered_at=delivery.delivered_at,
            version=1
            + sum(
                each.milestone_id == delivery.milestone_id for each in self.market.delivered[:-1]
            ),
        )
        self.market.deliveries.append(view)

    def files(self, milestone_id: UUID) -> Sequence[FileView]:
        ids = {
            file_id
            for each in self.market.delivered
            if each.milestone_id == milestone_id
            for file_id in each.file_ids
        }
        return [self.market.files[each][1] for each in sorted(ids)]

    def request_changes(
        self, milestone_id: UUID, comment: str, criterion: str | None = None
    ) -> None:
        last = next(
            at
            for at in reversed(range(len(self.market.delivered)))
            if self.market.delivered[at].milestone_id == milestone_id
        )
        said = {"change_request": comment, "criterion": criterion}
        changed = self.market.deliveries[last].model_copy(update=said)
        self.market.deliveries[last] = changed

    def comment(self, milestone_id: UUID, delivery_id: UUID, comment: CommentView) -> None:
        for at, delivery in enumerate(self.market.delivered):
            if (delivery.milestone_id, delivery.delivery_id) == (milestone_id, delivery_id):
                view = self.market.deliveries[at]
                comments = (*view.comments, comment)
                self.market.deliveries[at] = view.model_copy(update={"comments": comments})
                return
        raise NotFound("delivery_not_found")


@dataclass
class FakeDrafts:
    market: Market

    def note_look(self, draft_id: UUID, milestone_id: UUID, looked_at: datetime) -> None:
        self.market.looks.setdefault(draft_id, (milestone_id, looked_at))

    def use_look(self, milestone_id: UUID, now: datetime) -> bool:
        assert now
        delivered = [
            each.delivered_at for each in self.market.delivered if each.milestone_id == milestone_id
        ]
        fresh = {
            draft_id
            for draft_id, (about, at) in self.market.looks.items()
            if about == milestone_id
            and draft_id not in self.market.used_looks
            and all(at > each for each in delivered)
        }
        self.market.used_looks |= fresh
        return bool(fresh)


@dataclass
class FakeFiles:
    market: Market

    def add(
        self, contract_id: UUID, file: FileView, uploaded_by: UUID, uploaded_at: datetime
    ) -> FileView:
        assert uploaded_by
        assert uploaded_at
        for known_in, known in self.market.files.values():
            if (known_in, known.name, known.sha256) == (contract_id, file.name, file.sha256):
                return known
        self.market.files[file.file_id] = (contract_id, file)
        return file

    def get(self, contract_id: UUID, file_id: UUID) -> FileView:
        known_in, file = self.market.files.get(file_id, (None, None))
        if file is None or known_in != contract_id:
            raise NotFound("file_not_found")
        return file

    def known(self, contract_id: UUID, file_ids: Collection[UUID]) -> Mapping[UUID, FileView]:
        return {
            file_id: self.market.files[file_id][1]
            for file_id in file_ids
            if file_id in self.market.files and self.market.files[file_id][0] == contract_id
        }


@dataclass
class FakeDeadlines:
    market: Market

    def replace(self, milestone_id: UUID, deadlines: Sequence[Deadline]) -> None:
        others = [each for each in self.market.deadlines if each.milestone_id != milestone_id]
        self.market.deadlines = [*others, *deadlines]

    def running(self, milestone_id: UUID) -> Sequence[Deadline]:
        return [each for each in self.market.deadlines if each.milestone_id == milestone_id]

    def claim_due(self, now: datetime, but: Collection[UUID]) -> Deadline | None:
        due = (
            each
            for each in self.market.deadlines
            if each.due_at <= now and each.deadline_id not in but
        )
        return min(due, key=lambda each: each.due_at, default=None)

    def note_fired(self, deadline: Deadline, now: datetime) -> None:
        assert deadline.due_at <= now
        self.market.deadlines.remove(deadline)
        self.market.fired.append(deadline)


@dataclass
class FakeTimeline:
    market: Market

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
        assert contract_id
        if once_for and (what, once_for) in self.market.once:
            return False
        if once_for:
            self.market.once.add((what, once_for))
        entry = TimelineEntry(at=at, what=what, milestone_id=milestone_id, by=by)
        self.market.entries.append(entry)
        return True


@dataclass
class FakePeople(FakeAccountData):
    market: Market

    def remember(self, person_id: UUID, name: str, *, is_assistant: bool = False) -> None:
        self.market.names.setdefault(person_id, name)
        if is_assistant:
            self.market.assistants.add(person_id)

    def may_assist(self, person_id: UUID) -> bool:
        return person_id in self.market.assistants

    def name(self, person_id: UUID) -> str | None:
        return self.market.names.get(person_id)


@dataclass
class FakePolicies:
    market: Market

    def at(self, moment: datetime) -> Policy:
        assert moment
        return self.market.policy


@dataclass
class FakeViews:
    market: Market

    def contract(self, contract_id: UUID) -> ContractView:
        contract = FakeContracts(self.market).get(contract_id)
        return ContractView(
            contract_id=contract_id,
            job_id=contract.job_id,
            client_id=contract.client_id,
            assistant_id=contract.assistant_id,
            title=contract.title,
            mode=contract.mode,
            terms=self.market.agreed[contract_id][-1],
            milestones=tuple(self.milestone(each) for each in self.market.milestones),
            timeline=tuple(self.market.entries),
            agreed_at=contract.agreed_at,
        )

    def milestone(self, milestone_id: UUID) -> MilestoneView:
        milestone = self.market.milestones[milestone_id]
        running = FakeDeadlines(self.market).running(milestone_id)
        deliveries = [
            view
            for delivery, view in zip(self.market.delivered, self.market.deliveries, strict=True)
            if delivery.milestone_id == milestone_id
        ]
        return MilestoneView(
            milestone_id=milestone_id,
            title=milestone.title,
            description=milestone.description,
            price=milestone.price,
            due_on=milestone.due_on,
            status=milestone.status,
            overdue=milestone.overdue,
            deliveries=tuple(deliveries),
            deadlines=tuple(
                DeadlineView(kind=each.kind, due_at=each.due_at)
                for each in running
                if isinstance(each.kind, DeadlineKind)
            ),
            ending_asked_by=milestone.ending_asked_by,
            ending_reason=milestone.ending_reason,
            kind=milestone.kind,
            accepted_price=milestone.accepted_price,
            left=milestone.left,
            dispute=self._dispute(milestone_id),
            criteria=milestone.criteria,
            revisions_left=milestone.revisions_left,
        )

    def dispute(self, dispute_id: UUID) -> DisputeView:
        [found] = [
            milestone_id
            for milestone_id, dispute in self.market.disputes.items()
            if dispute.dispute_id == dispute_id
        ]
        view = self._dispute(found)
        assert view
        return view

    def open_disputes(self, *, after: UUID | None, limit: int) -> Sequence[DisputeView]:
        assert after is None
        disputes = [self._dispute(milestone_id) for milestone_id in self.market.disputes]
        return [view for view in disputes if view and view.resolved_at is None][:limit]

    def _dispute(self, milestone_id: UUID) -> DisputeView | None:
        dispute = self.market.disputes.get(milestone_id)
        if dispute is None:
            return None
        milestone = self.market.milestones[milestone_id]
        return DisputeView(
            **{name: value for name, value in vars(dispute).items() if name != "split"},
            contract_id=milestone.contract_id,
            title=milestone.title,
            client_id=milestone.client_id,
            assistant_id=milestone.assistant_id,
            left=milestone.left,
            statements=self.market.statements.get(dispute.dispute_id, ()),
            to_assistant=dispute.split and dispute.split.to_assistant,
            to_client=dispute.split and dispute.split.to_client,
        )

    def contracts_of(
        self, accounts: Collection[UUID], *, after: UUID | None, limit: int, running: bool
    ) -> Sequence[ContractSummary]:
        assert after is None
        assert not running
        return [
            ContractSummary.model_validate(contract, from_attributes=True)
            for contract in self.market.contracts.values()
            if {contract.client_id, contract.assistant_id} & set(accounts)
        ][:limit]
