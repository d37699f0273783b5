"""Changes of the terms: one party offers, the other accepts, declines or lets it be withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.contracts.domain.amendment import Amendment, Change, Plan, plan
from services.contracts.domain.clocks import check_hold, clocks_of
from services.contracts.domain.contract import Contract
from services.contracts.domain.milestone import Milestone, Step
from services.contracts.domain.terms import Consent, Consents
from services.contracts.ports import Happened, Work
from services.contracts.use_cases.agreeing import agreed_milestone
from services.contracts.use_cases.reading import check_reader
from services.contracts.use_cases.steps import facts_of, keep, note
from shared.calendar import day_in_japan
from shared.errors import NotFound, Rejected
from shared.ids import new_id
from shared.messages.amendments import (
    AmendmentDeclined,
    AmendmentOffered,
    AmendmentStatus,
    AmendmentView,
    MilestoneReplaced,
    OfferAmendment,
    PriceReduced,
    TermsAmended,
)
from shared.messages.contracts import MilestoneAdded, TermsView
from shared.people import Person


@dataclass(frozen=True)
class AmendmentPlace:
    """Where an amendment is: what the path of a command says."""

    contract_id: UUID
    amendment_id: UUID


def offer(contract_id: UUID, command: OfferAmendment, by: Person, work: Work) -> AmendmentView:
    """Offer to change the terms (either party). Refused at once when it could not be accepted."""
    contract = work.contracts.get(contract_id)
    party_id = contract.party_of(by)
    now = work.clock.now()
    planned = _plan(contract, command, work)
    planned.terms(work.contracts.terms(contract_id), work.policies.at(now))
    amendment = Amendment(new_id(), contract_id, party_id, by.person_id, now, command)
    work.amendments.add(amendment)
    work.timeline.add(contract_id, Happened.AMENDMENT_OFFERED, now, by=by.person_id)
    offered = AmendmentOffered(**_facts(amendment, contract))
    work.outbox.emit(offered, subject=contract_id)
    return _view(amendment)


def accept(place: AmendmentPlace, by: Person, work: Work) -> AmendmentView:
    """Make the changes that the other party offered: a new version of the terms holds."""
    contract = work.contracts.get(place.contract_id)
    contract.must_concern(by)
    amendment = work.amendments.lock(place.contract_id, place.amendment_id)
    contract.only_for(contract.other_party(amendment.offered_by), by)
    now = work.clock.now()
    after = amendment.answered(AmendmentStatus.ACCEPTED, now)
    planned = _plan(contract, amendment.changes, work)
    terms = planned.terms(work.contracts.terms(contract.contract_id), work.policies.at(now))
    work.amendments.save(after)
    for change in planned.changes:
        _make(change, amendment, work, by=by.person_id)
    for milestone in planned.added:
        _add(milestone, work, by=by.person_id)
    offerer = Consent(amendment.offered_by_person, amendment.offered_at)
    acceptor = Consent(by.person_id, now)
    by_client = amendment.offered_by == contract.client_id
    consents = Consents(*(offerer, acceptor) if by_client else (acceptor, offerer))
    work.contracts.amend(contract.contract_id, terms, consents)
    work.timeline.add(contract.contract_id, Happened.TERMS_AMENDED, now, by=by.person_id)
    amended = TermsAmended(
        **_facts(amendment, contract),
        terms_version=terms.version,
        terms_sha256=terms.sha256,
        milestones=tuple(
            agreed_milestone(each.after) for each in planned.changes if not each.replaced
        ),
        amended_at=now,
    )
    work.outbox.emit(amended, subject=contract.contract_id)
    return _view(after)


def decline(place: AmendmentPlace, by: Person, work: Work) -> AmendmentView:
    """Leave the terms as they are (the party to whom it was offered)."""
    contract = work.contracts.get(place.contract_id)
    contract.must_concern(by)
    amendment = work.amendments.lock(place.contract_id, place.amendment_id)
    contract.only_for(contract.other_party(amendment.offered_by), by)
    after = _answer(amendment, AmendmentStatus.DECLINED, Happened.AMENDMENT_DECLINED, by, work)
    work.outbox.emit(AmendmentDeclined(**_facts(amendment, contract)), subject=place.contract_id)
    return _view(after)


def withdraw(place: AmendmentPlace, by: Person, work: Work) -> AmendmentView:
    """Take an offer back (the party who made it)."""
    contract = work.contracts.get(place.contract_id)
    contract.must_concern(by)
    amendment = work.amendments.lock(place.contract_id, place.amendment_id)
    contract.only_for(amendment.offered_by, by)
    return _view(
        _answer(amendment, AmendmentStatus.WITHDRAWN, Happened.AMENDMENT_WITHDRAWN, by, work)
    )


def list_amendments(
    contract_id: UUID, by: Person, work: Work, *, after: UUID | None = None, limit: int
) -> Sequence[AmendmentView]:
    """Return the offers of a contract, newest first (a party)."""
    work.contracts.get(contract_id).must_concern(by)
    return work.amendments.newest(contract_id, after=after, limit=limit)


def get_terms(contract_id: UUID, by: Person, work: Work, version: int | None = None) -> TermsView:
    """Return the terms that hold, or this version (who may read the contract)."""
    check_reader(contract_id, by, work)
    return work.contracts.terms(contract_id, version)


def get_document(contract_id: UUID, version: int, by: Person, work: Work) -> str:
    """Return a version of the terms as the text that was hashed (who may read the contract)."""
    check_reader(contract_id, by, work)
    return work.contracts.document(contract_id, version)


def _plan(contract: Contract, offered: OfferAmendment, work: Work) -> Plan:
    # In the order of their ids, so that two never wait for each other's milestones.
    ids = sorted({each.milestone_id for each in offered.milestones})
    locked = {each: _locked(each, contract, work) for each in ids}
    if work.contracts.completed(contract.contract_id):
        raise Rejected(
            "contract_completed", "All that was agreed is done. Agree on another contract."
        )
    held = work.contracts.terms(contract.contract_id)
    now = work.clock.now()
    planned = plan(offered, locked, held, contract, day_in_japan(now))
    for change in planned.changes:
        check_hold(change.after, work.policies.at(now))
    return planned


def _locked(milestone_id: UUID, contract: Contract, work: Work) -> Milestone:
    milestone = work.milestones.lock(milestone_id)
    if milestone.contract_id != contract.contract_id:
        raise NotFound("milestone_not_found", "The contract has no such milestone.")
    return milestone


def _make(change: Change, amendment: Amendment, work: Work, *, by: UUID) -> None:
    before, after, now = change.before, change.after, work.clock.now()
    if change.replaced:
        # Added first, so that the contract isn't over in between.
        work.milestones.add(after)
        keep(before, before.moved(Step.REPLACE), Step.REPLACE, work, by=by)
        replaced = MilestoneReplaced(
            **facts_of(before),
            amendment_id=amendment.amendment_id,
            milestone=agreed_milestone(after),
            replaced_at=now,
        )
        work.outbox.emit(replaced, subject=before.milestone_id)
        return
    work.milestones.amend(after)
    work.hand_overs.void(after.milestone_id)
    if after.due_on != before.due_on:
        clocks = clocks_of(after, now, work.policies.at(now))
        work.deadlines.replace(after.milestone_id, clocks)
    if change.reduced:
        reduced = PriceReduced(
            **facts_of(after),
            amendment_id=amendment.amendment_id,
            price=change.price,
            reduced_at=now,
        )
        work.outbox.emit(reduced, subject=after.milestone_id)


def _add(milestone: Milestone, work: Work, *, by: UUID) -> None:
    work.milestones.add(milestone)
    note(milestone, Happened.MILESTONE_ADDED, work, by=by)
    added = MilestoneAdded(
        contract_id=milestone.contract_id,
        milestone=agreed_milestone(milestone),
        added_at=work.clock.now(),
    )
    work.outbox.emit(added, subject=milestone.milestone_id)


def _answer(
    amendment: Amendment, status: AmendmentStatus, what: Happened, by: Person, work: Work
) -> Amendment:
    now = work.clock.now()
    after = amendment.answered(status, now)
    work.amendments.save(after)
    work.timeline.add(amendment.contract_id, what, now, by=by.person_id)
    return after


def _facts(amendment: Amendment, contract: Contract) -> dict[str, Any]:
    return {
        "amendment_id": amendment.amendment_id,
        "contract_id": contract.contract_id,
        "title": contract.title,
        "client_id": contract.client_id,
        "assistant_id": contract.assistant_id,
        "offered_by": amendment.offered_by,
    }


def _view(amendment: Amendment) -> AmendmentView:
    return AmendmentView.model_validate(amendment, from_attributes=True)
