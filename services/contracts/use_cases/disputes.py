"""Disputes: opened and answered by the parties, then settled, decided, or lost by silence."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.contracts.domain.clocks import dispute_answer_until
from services.contracts.domain.dispute import Dispute, ResolvedBy, Split
from services.contracts.domain.milestone import Milestone, Step
from services.contracts.ports import Happened, Work
from services.contracts.use_cases.files import known_files
from services.contracts.use_cases.steps import (
    HAPPENED,
    facts_of,
    keep,
    note,
    stop_answer_clock,
)
from services.contracts.use_cases.working import Place, locked
from shared.four_eyes import Approval, Wanted, held
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.contracts import (
    AnswerDispute,
    DecideDispute,
    DisputeOpened,
    DisputeResolved,
    DisputeView,
    MakeStatement,
    MilestoneView,
    OpenDispute,
    ProposeSettlement,
    StatementView,
)
from shared.messages.operations import ApprovalView
from shared.people import Person

DECISION = "dispute_decision"


@dataclass(frozen=True)
class DisputePlace:
    """Where a dispute is: what the path of a command says."""

    contract_id: UUID
    dispute_id: UUID


def open_dispute(place: Place, command: OpenDispute, by: Person, work: Work) -> MilestoneView:
    """Open a dispute about what is left (either party). The other has some days to answer."""
    before = locked(place, by, work)
    party_id = before.party_of(by)
    by_client = party_id == before.client_id
    after = before.disputed(command.criterion, by_client=by_client)
    now = work.clock.now()
    dispute = Dispute(
        dispute_id=new_id(),
        milestone_id=after.milestone_id,
        opened_by=party_id,
        reason=command.reason,
        criterion=after.criterion_text(command.criterion),
        opened_at=now,
        answer_until=dispute_answer_until(now, work.policies.at(now)),
    )
    work.disputes.add(dispute)
    keep(before, after, Step.DISPUTE, work, by=by.person_id)
    opened = DisputeOpened(
        **facts_of(after),
        dispute_id=dispute.dispute_id,
        opened_by=dispute.opened_by,
        reason=dispute.reason,
        answer_until=dispute.answer_until,
        criterion=dispute.criterion or "",
    )
    work.outbox.emit(opened, subject=after.milestone_id)
    return work.views.milestone(after.milestone_id)


def answer(place: DisputePlace, command: AnswerDispute, by: Person, work: Work) -> MilestoneView:
    """Answer a dispute (the party who didn't open it): silence no longer decides it."""
    milestone, dispute = _of_party(place, by, work)
    milestone.only_for(milestone.other_party(dispute.opened_by), by)
    milestone.moved(Step.ANSWER)
    work.disputes.save(dispute.answered(command.text, work.clock.now()))
    stop_answer_clock(milestone, work)
    note(milestone, HAPPENED[Step.ANSWER], work, by=by.person_id)
    return work.views.milestone(milestone.milestone_id)


def make_statement(
    place: DisputePlace, command: MakeStatement, by: Person, work: Work
) -> DisputeView:
    """Say more about a dispute that isn't decided yet (a party), with files if there are any.

    The first statement of the party who didn't open it stops the clock as an answer does.
    """
    milestone, dispute = _of_party(place, by, work)
    party_id = milestone.party_of(by)
    milestone.moved(Step.ANSWER)
    statement = StatementView(
        statement_id=new_id(),
        by_id=party_id,
        by=by.person_id,
        text=command.text,
        files=tuple(known_files(place.contract_id, command.file_ids, work).values()),
        at=work.clock.now(),
    )
    work.disputes.state(dispute.dispute_id, statement)
    after = dispute.spoken(party_id, statement.at)
    if after != dispute:
        work.disputes.save(after)
        stop_answer_clock(milestone, work)
    note(milestone, Happened.STATEMENT_MADE, work, by=by.person_id)
    return work.views.dispute(dispute.dispute_id)


def settle(
    place: DisputePlace, command: ProposeSettlement, by: Person, work: Work
) -> MilestoneView:
    """Propose how to divide the rest, or agree by proposing what the other party has (a party).

    A proposal stands until the next one takes its place. Who proposes has spoken: the proposal of
    the party who didn't open the dispute stops the clock as an answer does.
    """
    milestone, dispute = _of_party(place, by, work)
    party_id = milestone.party_of(by)
    milestone.moved(Step.PROPOSE)
    to_assistant = command.to_assistant.as_money()
    split = Split.of(milestone, to_assistant)
    if dispute.is_agreed(to_assistant, party_id):
        _resolve(milestone, dispute, split, work, how="agreement", by=by.person_id)
        return work.views.milestone(milestone.milestone_id)
    after = dispute.proposed(to_assistant, party_id, work.clock.now())
    work.disputes.save(after)
    if after.answered_at:
        stop_answer_clock(milestone, work)
    note(milestone, HAPPENED[Step.PROPOSE], work, by=by.person_id)
    return work.views.milestone(milestone.milestone_id)


def decide(
    place: DisputePlace, command: DecideDispute, by: Person, work: Work
) -> DisputeView | ApprovalView:
    """Divide what is left (an operator): any split that adds up.

    What is left may be so much that a second operator has to approve of it.
    """
    by.must_be(Role.OPERATOR)
    milestone, dispute, split = _divided(place, command, work)
    order = {
        "contract_id": str(place.contract_id),
        "dispute_id": str(place.dispute_id),
        "decision": command.model_dump(mode="json"),
    }
    wanted = Wanted(DECISION, dispute.dispute_id, milestone.left, command.reason, order)
    if waits := held(wanted, by, work):
        return waits
    why = command.reason
    _resolve(milestone, dispute, split, work, how="operator", by=by.person_id, reason=why)
    return work.views.dispute(dispute.dispute_id)


def carry_out(approval: Approval, work: Work) -> None:
    """Divide what is left as an operator has decided, now that a second one approves of it."""
    order = approval.wanted.order
    place = DisputePlace(UUID(order["contract_id"]), UUID(order["dispute_id"]))
    command = DecideDispute.model_validate(order["decision"])
    milestone, dispute, split = _divided(place, command, work)
    asked_by, why = approval.asked_by, command.reason
    _resolve(milestone, dispute, split, work, how="operator", by=asked_by, reason=why)


def _divided(
    place: DisputePlace, command: DecideDispute, work: Work
) -> tuple[Milestone, Dispute, Split]:
    milestone, dispute = _locked(place, work)
    milestone.moved(Step.RESOLVE)
    return milestone, dispute, Split.of(milestone, command.to_assistant.as_money())


def decide_by_silence(milestone: Milestone, work: Work) -> None:
    """Give what is left to the party who did speak: the other had time to answer."""
    dispute = work.disputes.of_milestone(milestone.milestone_id)
    split = Split.all_to(milestone, dispute.opened_by)
    _resolve(milestone, dispute, split, work, how="silence")


def list_open(
    by: Person, work: Work, *, after: UUID | None = None, limit: int
) -> Sequence[DisputeView]:
    """Return the disputes that are to be decided, oldest first (an operator)."""
    by.must_be(Role.OPERATOR)
    return work.views.open_disputes(after=after, limit=limit)


def get_dispute(dispute_id: UUID, by: Person, work: Work) -> DisputeView:
    """Return a dispute, open or decided (an operator); raise NotFound (`dispute_not_found`)."""
    by.must_be(Role.OPERATOR)
    return work.views.dispute(dispute_id)


def _of_party(place: DisputePlace, by: Person, work: Work) -> tuple[Milestone, Dispute]:
    work.contracts.get(place.contract_id).must_concern(by)
    return _locked(place, work)


def _locked(place: DisputePlace, work: Work) -> tuple[Milestone, Dispute]:
    """Return the milestone, locked, and its dispute as it is since then."""
    milestone_id = work.disputes.get(place.contract_id, place.dispute_id).milestone_id
    milestone = work.milestones.lock(milestone_id)
    return milestone, work.disputes.of_milestone(milestone_id)


def _resolve(
    before: Milestone,
    dispute: Dispute,
    split: Split,
    work: Work,
    *,
    how: ResolvedBy,
    by: UUID | None = None,
    reason: str = "",
) -> None:
    now = work.clock.now()
    after = before.moved(Step.RESOLVE)
    work.disputes.save(dispute.resolved(split, how, reason, now))
    keep(before, after, Step.RESOLVE, work, by=by)
    resolved = DisputeResolved(
        **facts_of(after),
        dispute_id=dispute.dispute_id,
        to_assistant=split.to_assistant,
        to_client=split.to_client,
        by=how,
        reason=reason,
        resolved_at=now,
    )
    work.outbox.emit(resolved, subject=after.milestone_id)
