"""What the two parties do to a milestone."""

from dataclasses import dataclass
from uuid import UUID

from services.contracts.domain.clocks import ending_answer_until, review_ends_at
from services.contracts.domain.milestone import Milestone, Step
from services.contracts.ports import Delivery, Work
from services.contracts.use_cases.steps import facts_of, keep
from shared.errors import Invalid, NotFound
from shared.ids import new_id
from shared.messages.contracts import (
    AskToEnd,
    ChangesRequested,
    Deliver,
    EndingAsked,
    MilestoneAccepted,
    MilestoneDelivered,
    MilestoneEnded,
    MilestoneView,
    RequestChanges,
)
from shared.people import Person


@dataclass(frozen=True)
class Place:
    """Where a milestone is: what the path of a command says."""

    contract_id: UUID
    milestone_id: UUID


def deliver(place: Place, command: Deliver, by: Person, work: Work) -> MilestoneView:
    """Hand in the work (its assistant). The client's time to review begins."""
    before = _locked(place, by, work)
    before.only_for(before.assistant_id, by.person_id)
    after = before.moved(Step.DELIVER)
    wanted = tuple(dict.fromkeys(command.file_ids))
    unknown = set(wanted) - work.files.known(place.contract_id, wanted)
    if unknown:
        raise Invalid(
            "file_not_in_contract",
            "Upload these files to this contract first.",
            file_ids=sorted(unknown),
        )
    now = work.clock.now()
    work.deliveries.add(Delivery(new_id(), after.milestone_id, command.text, wanted, now))
    keep(before, after, Step.DELIVER, work, by=by.person_id)
    delivered = MilestoneDelivered(**facts_of(after), review_until=review_ends_at(after, now))
    work.outbox.emit(delivered, subject=after.milestone_id)
    return work.views.milestone(after.milestone_id)


def request_changes(place: Place, command: RequestChanges, by: Person, work: Work) -> MilestoneView:
    """Say what must change (the client). The delivery clock goes on."""
    before = _locked(place, by, work)
    before.only_for(before.client_id, by.person_id)
    after = before.moved(Step.REQUEST_CHANGES)
    work.deliveries.request_changes(after.milestone_id, command.comment)
    keep(before, after, Step.REQUEST_CHANGES, work, by=by.person_id)
    requested = ChangesRequested(**facts_of(after), comment=command.comment)
    work.outbox.emit(requested, subject=after.milestone_id)
    return work.views.milestone(after.milestone_id)


def accept(place: Place, by: Person, work: Work) -> MilestoneView:
    """Accept the work (the client): payments hears it and releases the escrow."""
    before = _locked(place, by, work)
    before.only_for(before.client_id, by.person_id)
    after = before.moved(Step.ACCEPT)
    keep(before, after, Step.ACCEPT, work, by=by.person_id)
    accepted = MilestoneAccepted(**facts_of(after), by="client", accepted_at=work.clock.now())
    work.outbox.emit(accepted, subject=after.milestone_id)
    return work.views.milestone(after.milestone_id)


def ask_to_end(place: Place, command: AskToEnd, by: Person, work: Work) -> MilestoneView:
    """Propose to end the milestone (either party). Silence of the other agrees, after some days."""
    before = _locked(place, by, work)
    after = before.asked_to_end(by.person_id, command.reason)
    keep(before, after, Step.ASK_TO_END, work, by=by.person_id)
    now = work.clock.now()
    asked = EndingAsked(
        **facts_of(after),
        asked_by=by.person_id,
        reason=command.reason,
        answer_until=ending_answer_until(now, work.policies.at(now)),
    )
    work.outbox.emit(asked, subject=after.milestone_id)
    return work.views.milestone(after.milestone_id)


def agree_to_end(place: Place, by: Person, work: Work) -> MilestoneView:
    """End the milestone (the party who did not ask): payments returns what is in escrow."""
    before = _locked(place, by, work)
    after = before.moved(Step.END)
    parties = {before.client_id, before.assistant_id}
    [other] = parties - {before.ending_asked_by}
    before.only_for(other, by.person_id)
    keep(before, after, Step.END, work, by=by.person_id)
    ended = MilestoneEnded(**facts_of(after), by="agreement", ended_at=work.clock.now())
    work.outbox.emit(ended, subject=after.milestone_id)
    return work.views.milestone(after.milestone_id)


def _locked(place: Place, by: Person, work: Work) -> Milestone:
    work.contracts.get(place.contract_id).must_concern(by.person_id)
    milestone = work.milestones.lock(place.milestone_id)
    if milestone.contract_id != place.contract_id:
        raise NotFound("milestone_not_found", "The contract has no such milestone.")
    return milestone
