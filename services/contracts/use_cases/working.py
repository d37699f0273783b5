"""What the two parties do to a milestone."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.contracts.domain.clocks import ending_answer_until, review_ends_at
from services.contracts.domain.milestone import Milestone, Step
from services.contracts.domain.retainer import check_over
from services.contracts.ports import Delivery, Happened, Work
from services.contracts.use_cases.files import known_files
from services.contracts.use_cases.periods import log_of, settle
from services.contracts.use_cases.protecting import check_draft
from services.contracts.use_cases.steps import facts_of, keep, note
from shared.calendar import day_in_japan
from shared.errors import NotFound
from shared.ids import new_id
from shared.messages.contracts import (
    AcceptPart,
    AskToEnd,
    ChangesRequested,
    CommentDelivery,
    CommentView,
    Deliver,
    DeliveryCommented,
    EndingAsked,
    MilestoneAccepted,
    MilestoneDelivered,
    MilestoneEnded,
    MilestoneKind,
    MilestonePartlyAccepted,
    MilestoneView,
    RequestChanges,
)
from shared.messages.files import FileView
from shared.people import Person


@dataclass(frozen=True)
class Place:
    """Where a milestone is: what the path of a command says."""

    contract_id: UUID
    milestone_id: UUID


def deliver(place: Place, command: Deliver, by: Person, work: Work) -> MilestoneView:
    """Hand in the work (its assistant). The client's time to review begins."""
    before = locked(place, by, work)
    before.only_for(before.assistant_id, by)
    files = known_files(place.contract_id, command.file_ids, work)
    text = command.text
    if before.kind is MilestoneKind.PERIOD:
        check_over(before, day_in_japan(work.clock.now()))
        text = f"{log_of(before, work).text()}\n{text}"
    else:
        check_draft(before, work)
    hand_in(before, text, files, work, by=by.person_id)
    return work.views.milestone(before.milestone_id)


def hand_in(
    before: Milestone,
    text: str,
    files: Mapping[UUID, FileView],
    work: Work,
    *,
    by: UUID | None = None,
) -> None:
    """Deliver a milestone; `by` nobody, the hours of a period deliver themselves."""
    now = work.clock.now()
    after = before.delivered(day_in_japan(now))
    work.deliveries.add(Delivery(new_id(), after.milestone_id, text, tuple(files), now))
    keep(before, after, Step.DELIVER, work, by=by)
    delivered = MilestoneDelivered(
        **facts_of(after),
        review_until=review_ends_at(after, now),
        delivered_at=now,
        text=text,
        files=tuple(f"{file.name} (SHA-256 {file.sha256})" for file in files.values()),
    )
    work.outbox.emit(delivered, subject=after.milestone_id)


def request_changes(place: Place, command: RequestChanges, by: Person, work: Work) -> MilestoneView:
    """Say what must change (the client). The delivery clock goes on."""
    before = locked(place, by, work)
    before.only_for(before.client_id, by)
    after = before.changes_requested(command.criterion)
    criterion = after.criterion_text(command.criterion)
    work.deliveries.request_changes(after.milestone_id, command.comment, criterion)
    keep(before, after, Step.REQUEST_CHANGES, work, by=by.person_id)
    requested = ChangesRequested(
        **facts_of(after),
        comment=command.comment,
        requested_at=work.clock.now(),
        criterion=criterion or "",
    )
    work.outbox.emit(requested, subject=after.milestone_id)
    return work.views.milestone(after.milestone_id)


def comment_delivery(
    place: Place, delivery_id: UUID, command: CommentDelivery, by: Person, work: Work
) -> MilestoneView:
    """Say something about a delivery (either party; any member, for a company)."""
    milestone = locked(place, by, work)
    is_assistant = by.person_id == milestone.assistant_id
    from_id = milestone.assistant_id if is_assistant else milestone.client_id
    comment = CommentView(
        comment_id=new_id(),
        by_id=from_id,
        by=by.person_id,
        text=command.text,
        at=work.clock.now(),
    )
    work.deliveries.comment(milestone.milestone_id, delivery_id, comment)
    note(milestone, Happened.DELIVERY_COMMENTED, work, by=by.person_id)
    commented = DeliveryCommented(
        **facts_of(milestone),
        delivery_id=delivery_id,
        from_id=from_id,
        to_id=milestone.other_party(from_id),
    )
    work.outbox.emit(commented, subject=milestone.milestone_id)
    return work.views.milestone(milestone.milestone_id)


def accept_part(place: Place, command: AcceptPart, by: Person, work: Work) -> MilestoneView:
    """Accept a part of the work (the client), and say what the rest still needs.

    payments releases that part; the rest stays in escrow, to be delivered again.
    """
    before = locked(place, by, work)
    before.only_for(before.client_id, by)
    price = command.price.as_money()
    after = before.accepted_in_part(price, command.criterion)
    criterion = after.criterion_text(command.criterion)
    work.deliveries.request_changes(after.milestone_id, command.comment, criterion)
    keep(before, after, Step.ACCEPT_PART, work, by=by.person_id)
    accepted = MilestonePartlyAccepted(
        **facts_of(after),
        acceptance_id=new_id(),
        price=price,
        accepted_at=work.clock.now(),
        comment=command.comment,
    )
    work.outbox.emit(accepted, subject=after.milestone_id)
    return work.views.milestone(after.milestone_id)


def accept(place: Place, by: Person, work: Work) -> MilestoneView:
    """Accept the work (the client), or the rest of it: payments hears it and releases that."""
    before = locked(place, by, work)
    before.only_for(before.client_id, by)
    take(before, work, by=by.person_id)
    return work.views.milestone(before.milestone_id)


def take(before: Milestone, work: Work, *, by: UUID | None = None) -> None:
    """Accept what was delivered; `by` nobody, the client's silence does so.

    Of a period, what wasn't worked goes back.
    """
    after = before.moved(Step.ACCEPT)
    if before.kind is MilestoneKind.PERIOD and settle(before, work, by=by):
        return
    keep(before, after, Step.ACCEPT, work, by=by)
    accepted = MilestoneAccepted(
        **facts_of(after),
        by="client" if by else "silence",
        accepted_at=work.clock.now(),
        late=after.late,
    )
    work.outbox.emit(accepted, subject=after.milestone_id)


def ask_to_end(place: Place, command: AskToEnd, by: Person, work: Work) -> MilestoneView:
    """Propose to end the milestone (either party). Silence of the other agrees, after some days."""
    before = locked(place, by, work)
    party_id = before.party_of(by)
    after = before.asked_to_end(party_id, command.reason)
    keep(before, after, Step.ASK_TO_END, work, by=by.person_id)
    now = work.clock.now()
    asked = EndingAsked(
        **facts_of(after),
        asked_by=party_id,
        reason=command.reason,
        answer_until=ending_answer_until(now, work.policies.at(now)),
    )
    work.outbox.emit(asked, subject=after.milestone_id)
    return work.views.milestone(after.milestone_id)


def agree_to_end(place: Place, by: Person, work: Work) -> MilestoneView:
    """End the milestone (the party who did not ask): payments returns what is in escrow."""
    before = locked(place, by, work)
    before.party_of(by)
    after = before.moved(Step.END)
    [other] = {before.client_id, before.assistant_id} - {before.ending_asked_by}
    before.only_for(other, by)
    keep(before, after, Step.END, work, by=by.person_id)
    ended = MilestoneEnded(**facts_of(after), by="agreement", ended_at=work.clock.now())
    work.outbox.emit(ended, subject=after.milestone_id)
    return work.views.milestone(after.milestone_id)


def locked(place: Place, by: Person, work: Work) -> Milestone:
    """Return a milestone to one of its parties, locked; raise NotFound to others."""
    work.contracts.get(place.contract_id).must_concern(by)
    milestone = work.milestones.lock(place.milestone_id)
    if milestone.contract_id != place.contract_id:
        raise NotFound("milestone_not_found", "The contract has no such milestone.")
    return milestone
