"""Somebody else goes on with a milestone, with the consent of client, assistant and substitute."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.contracts.domain.clocks import check_hold
from services.contracts.domain.contract import Contract
from services.contracts.domain.hand_over import (
    HandOver,
    check_open,
    contract_that_follows,
    handed_over,
    milestone_that_follows,
)
from services.contracts.domain.milestone import Milestone, Step
from services.contracts.domain.terms import Consent, terms_of
from services.contracts.ports import Happened, Work
from services.contracts.use_cases.agreeing import (
    agreed_milestone,
    draft_of,
    make_contract,
    milestone_of,
)
from services.contracts.use_cases.protecting import protected_if_needed
from services.contracts.use_cases.steps import facts_of, keep, note
from services.contracts.use_cases.working import Place, locked
from shared.calendar import day_in_japan
from shared.errors import Invalid, NotFound, Rejected
from shared.ids import new_id
from shared.messages.contracts import TermsView
from shared.messages.files import FileView
from shared.messages.handovers import (
    ConsentToHandOver,
    HandOverParty,
    HandOverProposed,
    HandOverRefused,
    HandOverStatus,
    HandOverView,
    MilestoneHandedOver,
    OfferedHandOver,
    ProposeHandOver,
)
from shared.messages.jobs import MilestoneOffer
from shared.people import Person


@dataclass(frozen=True)
class HandOverPlace:
    """Where a hand-over is: what the path of a command says."""

    contract_id: UUID
    hand_over_id: UUID


def propose(place: Place, command: ProposeHandOver, by: Person, work: Work) -> HandOverView:
    """Propose a hand-over (either party). Refused at once when it could not be agreed to."""
    milestone = locked(place, by, work)
    party = _party(milestone, by)
    if command.share_deliveries:
        milestone.only_for(milestone.assistant_id, by)
    to_assistant = command.to_assistant.as_money()
    check_open(milestone, to_assistant)
    _check_substitute(milestone, command.substitute_id, work)
    now = work.clock.now()
    hand_over = HandOver(
        hand_over_id=new_id(),
        contract_id=milestone.contract_id,
        milestone_id=milestone.milestone_id,
        substitute_id=command.substitute_id,
        to_assistant=to_assistant,
        price=milestone.left - to_assistant,
        due_on=command.due_on or milestone.due_on,
        note=command.note,
        proposed_by=party,
        proposed_at=now,
        shares_deliveries=command.share_deliveries,
        consents={party: Consent(by.person_id, now)},
        to_milestone_id=new_id(),
    )
    _follow(hand_over, milestone, work)
    work.hand_overs.add(hand_over)
    note(milestone, Happened.HAND_OVER_PROPOSED, work, by=by.person_id)
    proposed = HandOverProposed(
        **_facts(hand_over, milestone), proposed_by=_account(party, hand_over, milestone)
    )
    work.outbox.emit(proposed, subject=milestone.milestone_id)
    return _view(hand_over, work)


def consent(
    place: HandOverPlace, command: ConsentToHandOver, by: Person, work: Work
) -> HandOverView:
    """Consent (a party of the contract). With the third consent the milestone is handed over."""
    milestone, hand_over = _of_party(place, by, work)
    party = _party(milestone, by)
    if command.share_deliveries:
        milestone.only_for(milestone.assistant_id, by)
    shares = command.share_deliveries
    return _view(_consent(hand_over, milestone, party, by, work, shares=shares), work)


def consent_as_substitute(hand_over_id: UUID, by: Person, work: Work) -> OfferedHandOver:
    """Consent (the substitute). With the third consent there is a contract with the client."""
    milestone, hand_over = _of_substitute(hand_over_id, by, work)
    party = HandOverParty.SUBSTITUTE
    return _offered(_consent(hand_over, milestone, party, by, work), work)


def refuse(place: HandOverPlace, by: Person, work: Work) -> HandOverView:
    """Refuse, or take one's own proposal back (a party of the contract)."""
    milestone, hand_over = _of_party(place, by, work)
    return _view(_refuse(hand_over, milestone, _party(milestone, by), by, work), work)


def refuse_as_substitute(hand_over_id: UUID, by: Person, work: Work) -> OfferedHandOver:
    """Refuse (the substitute)."""
    milestone, hand_over = _of_substitute(hand_over_id, by, work)
    return _offered(_refuse(hand_over, milestone, HandOverParty.SUBSTITUTE, by, work), work)


def list_of_contract(
    contract_id: UUID, by: Person, work: Work, *, after: UUID | None = None, limit: int
) -> Sequence[HandOverView]:
    """Return the hand-overs of a contract, newest first (a party)."""
    work.contracts.get(contract_id).must_concern(by)
    found = work.hand_overs.of_contract(contract_id, after=after, limit=limit)
    return [_view(each, work) for each in found]


def list_offered(
    by: Person, work: Work, *, after: UUID | None = None, limit: int
) -> Sequence[OfferedHandOver]:
    """Return what one is to go on with oneself, newest first."""
    found = work.hand_overs.offered_to(by.person_id, after=after, limit=limit)
    return [_offered(each, work) for each in found]


def get_offered(hand_over_id: UUID, by: Person, work: Work) -> OfferedHandOver:
    """Return what is offered (the substitute)."""
    return _offered(_for_substitute(hand_over_id, by, work), work)


def get_file(hand_over_id: UUID, file_id: UUID, by: Person, work: Work) -> FileView:
    """Return what is known of a file that was delivered and is shared (the substitute)."""
    hand_over = _for_substitute(hand_over_id, by, work)
    shown = {each.file_id: each for each in _files(hand_over, work)}
    if file_id not in shown:
        raise NotFound("file_not_found", "No such file is shared with you.")
    return shown[file_id]


def _consent(
    hand_over: HandOver,
    milestone: Milestone,
    party: HandOverParty,
    by: Person,
    work: Work,
    *,
    shares: bool = False,
) -> HandOver:
    now = work.clock.now()
    after = hand_over.consented(party, Consent(by.person_id, now), shares=shares)
    if party not in hand_over.consents:
        note(milestone, Happened.HAND_OVER_CONSENTED, work, by=by.person_id)
    if after.complete:
        return _hand_over(after, milestone, by, work)
    work.hand_overs.save(after)
    return after


def _hand_over(complete: HandOver, before: Milestone, by: Person, work: Work) -> HandOver:
    """Make the contract that follows, and end the milestone in this one."""
    contract, offer, terms = _follow(complete, before, work)
    hand_over = complete.agreed(contract.contract_id)
    # The processor's hold goes on: it began when the client paid.
    new = replace(milestone_of(offer, contract), funded_at=before.funded_at)
    make_contract(contract, terms, hand_over.consents_to_terms(), [new], work, told=())
    work.hand_overs.save(hand_over)
    after = handed_over(before, hand_over.to_assistant)
    keep(before, after, Step.HAND_OVER, work, by=by.person_id)
    told = MilestoneHandedOver(
        **facts_of(before),
        hand_over_id=hand_over.hand_over_id,
        to_assistant=hand_over.to_assistant,
        substitute_id=hand_over.substitute_id,
        to_contract_id=contract.contract_id,
        to_milestone=agreed_milestone(new),
        handed_over_at=contract.agreed_at,
    )
    work.outbox.emit(told, subject=before.milestone_id)
    return hand_over


def _refuse(
    hand_over: HandOver, milestone: Milestone, party: HandOverParty, by: Person, work: Work
) -> HandOver:
    after = hand_over.refused()
    work.hand_overs.save(after)
    note(milestone, Happened.HAND_OVER_REFUSED, work, by=by.person_id)
    refused = HandOverRefused(
        **_facts(hand_over, milestone), refused_by=_account(party, hand_over, milestone)
    )
    work.outbox.emit(refused, subject=milestone.milestone_id)
    return after


def _follow(
    hand_over: HandOver, milestone: Milestone, work: Work
) -> tuple[Contract, MilestoneOffer, TermsView]:
    """Return the contract that would follow, as of now; raise when it can't be offered."""
    now = work.clock.now()
    today = day_in_japan(now)
    if hand_over.due_on < today:
        raise Invalid("due_date_past", "A new due date is today at the earliest.", earliest=today)
    policy = work.policies.at(now)
    check_hold(replace(milestone, due_on=hand_over.due_on), policy)
    old = work.contracts.get(hand_over.contract_id)
    following = contract_that_follows(old, milestone, hand_over, now, policy)
    contract = protected_if_needed(following, policy, work)
    offer = milestone_that_follows(milestone, hand_over)
    return contract, offer, terms_of(draft_of(contract, (offer,), work), policy)


def _check_substitute(milestone: Milestone, substitute_id: UUID, work: Work) -> None:
    """Raise NotFound for nobody, a party, no assistant, and who wants none of the two."""
    parties = {milestone.client_id, milestone.assistant_id}
    blocked = any(work.blocks.between(each, substitute_id) for each in parties)
    if substitute_id in parties or blocked or not work.people.may_assist(substitute_id):
        raise NotFound("substitute_not_found", "There is no such assistant to go on with it.")


def _of_party(place: HandOverPlace, by: Person, work: Work) -> tuple[Milestone, HandOver]:
    work.contracts.get(place.contract_id).must_concern(by)
    milestone, hand_over = _locked(place.hand_over_id, work)
    if hand_over.contract_id != place.contract_id:
        raise NotFound("hand_over_not_found", "There is no such hand-over of yours.")
    return milestone, hand_over


def _of_substitute(hand_over_id: UUID, by: Person, work: Work) -> tuple[Milestone, HandOver]:
    _for_substitute(hand_over_id, by, work)
    return _locked(hand_over_id, work)


def _for_substitute(hand_over_id: UUID, by: Person, work: Work) -> HandOver:
    hand_over = work.hand_overs.get(hand_over_id)
    if by.person_id != hand_over.substitute_id:
        raise NotFound("hand_over_not_found", "There is no such hand-over of yours.")
    return hand_over


def _locked(hand_over_id: UUID, work: Work) -> tuple[Milestone, HandOver]:
    """Lock the milestone; only what is read after that is true."""
    milestone = work.milestones.lock(work.hand_overs.get(hand_over_id).milestone_id)
    return milestone, work.hand_overs.get(hand_over_id)


def _party(milestone: Milestone, by: Person) -> HandOverParty:
    is_client = milestone.party_of(by) == milestone.client_id
    return HandOverParty.CLIENT if is_client else HandOverParty.ASSISTANT


def _account(party: HandOverParty, hand_over: HandOver, milestone: Milestone) -> UUID:
    return {
        HandOverParty.CLIENT: milestone.client_id,
        HandOverParty.ASSISTANT: milestone.assistant_id,
        HandOverParty.SUBSTITUTE: hand_over.substitute_id,
    }[party]


def _facts(hand_over: HandOver, milestone: Milestone) -> dict[str, Any]:
    return facts_of(milestone) | {
        "hand_over_id": hand_over.hand_over_id,
        "substitute_id": hand_over.substitute_id,
    }


def _files(hand_over: HandOver, work: Work) -> Sequence[FileView]:
    return work.deliveries.files(hand_over.milestone_id) if hand_over.shows_files else ()


def _view(hand_over: HandOver, work: Work) -> HandOverView:
    return HandOverView(
        hand_over_id=hand_over.hand_over_id,
        contract_id=hand_over.contract_id,
        milestone_id=hand_over.milestone_id,
        substitute_id=hand_over.substitute_id,
        substitute_name=work.people.name(hand_over.substitute_id) or "",
        to_assistant=hand_over.to_assistant,
        price=hand_over.price,
        due_on=hand_over.due_on,
        note=hand_over.note,
        shares_deliveries=hand_over.shares_deliveries,
        proposed_by=hand_over.proposed_by,
        proposed_at=hand_over.proposed_at,
        consents=_who(hand_over),
        status=hand_over.status,
    )


def _offered(hand_over: HandOver, work: Work) -> OfferedHandOver:
    return OfferedHandOver(
        hand_over_id=hand_over.hand_over_id,
        status=hand_over.status,
        client_id=work.contracts.get(hand_over.contract_id).client_id,
        note=hand_over.note,
        terms=_terms(hand_over, work),
        files=tuple(_files(hand_over, work)),
        consents=_who(hand_over),
        contract_id=hand_over.to_contract_id,
    )


def _terms(hand_over: HandOver, work: Work) -> TermsView | None:
    if hand_over.to_contract_id:
        return work.contracts.terms(hand_over.to_contract_id)
    if hand_over.status is not HandOverStatus.PROPOSED:
        return None
    try:
        _, _, terms = _follow(hand_over, work.milestones.get(hand_over.milestone_id), work)
    except (Invalid, Rejected):
        return None  # its due date has passed in the meantime
    return terms


def _who(hand_over: HandOver) -> tuple[HandOverParty, ...]:
    return tuple(each for each in HandOverParty if each in hand_over.consents)
