"""From what two parties agreed to a contract with terms in writing."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.contracts.domain.clocks import clocks_of
from services.contracts.domain.contract import Contract
from services.contracts.domain.milestone import Milestone
from services.contracts.domain.retainer import Retainer
from services.contracts.domain.terms import Consent, Consents, Draft, terms_of
from services.contracts.ports import Happened, Work
from services.contracts.use_cases.protecting import protected_if_needed
from shared.calendar import day_in_japan
from shared.errors import Transient
from shared.ids import new_id
from shared.messages.accounts import PersonRegistered, Role
from shared.messages.companies import CompanyFounded
from shared.messages.contracts import AgreedMilestone, ContractAgreed, MilestoneKind, TermsView
from shared.messages.jobs import MilestoneOffer, ProposalAccepted, RetainerTerms


def remember_person(registered: PersonRegistered, work: Work) -> None:
    """Keep a person's name: the terms need it."""
    work.people.remember(
        registered.person_id,
        registered.display_name,
        is_assistant=Role.ASSISTANT in registered.roles,
    )


def remember_company(founded: CompanyFounded, work: Work) -> None:
    """Keep a company's name: the terms name it as the client."""
    work.people.remember(founded.company_id, founded.name)


def agree(accepted: ProposalAccepted, work: Work) -> None:
    """Make the contract of a proposal, once, with its terms.

    Raises Invalid when the terms can't be offered, Transient while a party's name isn't known.
    """
    policy = work.policies.at(accepted.accepted_at)
    agreed = Contract(
        contract_id=new_id(),
        proposal_id=accepted.proposal_id,
        job_id=accepted.job_id,
        client_id=accepted.client_id,
        assistant_id=accepted.assistant_id,
        title=accepted.job_title,
        category=accepted.category,
        mode=accepted.mode,
        review_days=accepted.review_days,
        agreed_at=accepted.accepted_at,
        place=accepted.place,
        weekly_hours=accepted.weekly_hours,
        care_days=policy.care_days,
        max_revisions=accepted.max_revisions or policy.max_revisions,
        protected=accepted.protected,
    )
    contract = protected_if_needed(agreed, policy, work)
    consents = Consents(
        client=Consent(accepted.accepted_by or accepted.client_id, accepted.accepted_at),
        assistant=Consent(
            accepted.assistant_id, accepted.assistant_consented_at or accepted.accepted_at
        ),
    )
    kind = MilestoneKind.PERIOD if accepted.retainer else MilestoneKind.WORK
    milestones = [milestone_of(offer, contract, kind=kind) for offer in accepted.milestones]
    draft = draft_of(contract, accepted.milestones, work, retainer=accepted.retainer)
    terms = terms_of(draft, policy)
    proposal_id = accepted.proposal_id
    if accepted.retainer is None:
        make_contract(contract, terms, consents, milestones, work, proposal_id=proposal_id)
        return
    first = replace(milestones[0], starts_on=accepted.retainer.starts_on)
    if make_contract(contract, terms, consents, [first], work, proposal_id=proposal_id):
        now = work.clock.now()
        work.retainers.add(Retainer.of(contract.contract_id, accepted.retainer))
        work.deadlines.replace(first.milestone_id, clocks_of(first, now, work.policies.at(now)))


def draft_of(
    contract: Contract,
    milestones: tuple[MilestoneOffer, ...],
    work: Work,
    *,
    retainer: RetainerTerms | None = None,
) -> Draft:
    """Return what is to come into the terms; raise Transient while a name isn't known."""
    return Draft(
        client_name=_name(contract.client_id, work),
        assistant_name=_name(contract.assistant_id, work),
        ordered_on=day_in_japan(contract.agreed_at),
        job_title=contract.title,
        mode=contract.mode,
        place=contract.place,
        review_days=contract.review_days,
        milestones=milestones,
        max_revisions=contract.max_revisions,
        care_days=contract.care_days,
        weekly_hours=contract.weekly_hours,
        retainer=retainer,
    )


def make_contract(
    contract: Contract,
    terms: TermsView,
    consents: Consents,
    milestones: Sequence[Milestone],
    work: Work,
    *,
    proposal_id: UUID | None = None,
    told: Sequence[Milestone] | None = None,
) -> bool:
    """Keep a contract with its first terms, and tell of it; False when it is there already.

    Args:
        contract: what stays the same.
        terms: their first version.
        consents: who agreed for each party.
        milestones: what is to be done, as in the terms.
        work: the transaction.
        proposal_id: the proposal that it is made of; None for a hand-over.
        told: the milestones whose money is yet to be asked for; all of them when it is None.
    """
    if not work.contracts.add(contract, terms, consents, milestones):
        return False
    work.timeline.add(
        contract.contract_id, Happened.AGREED, contract.agreed_at, by=consents.client.by
    )
    agreed = ContractAgreed(
        contract_id=contract.contract_id,
        job_id=contract.job_id,
        title=contract.title,
        category=contract.category,
        mode=contract.mode,
        review_days=contract.review_days,
        client_id=contract.client_id,
        assistant_id=contract.assistant_id,
        milestones=tuple(map(agreed_milestone, milestones if told is None else told)),
        agreed_at=contract.agreed_at,
        terms_sha256=terms.sha256,
        weekly_hours=contract.weekly_hours,
        proposal_id=proposal_id,
    )
    work.outbox.emit(agreed, subject=contract.contract_id)
    return True


def milestone_of(
    offer: MilestoneOffer, contract: Contract, *, kind: MilestoneKind = MilestoneKind.WORK
) -> Milestone:
    """Return a milestone of a contract as it was offered."""
    return Milestone(
        milestone_id=offer.milestone_id,
        contract_id=contract.contract_id,
        client_id=contract.client_id,
        assistant_id=contract.assistant_id,
        title=offer.title,
        description=offer.description,
        price=offer.price,
        due_on=offer.due_on,
        review_days=contract.review_days,
        kind=kind,
        criteria=offer.criteria,
        max_revisions=contract.max_revisions,
        protected=contract.protected,
    )


def agreed_milestone(milestone: Milestone) -> AgreedMilestone:
    """Return a milestone as the other services are told of it."""
    return AgreedMilestone(
        milestone_id=milestone.milestone_id,
        title=milestone.title,
        price=milestone.price,
        due_on=milestone.due_on,
        description=milestone.description,
        review_days=milestone.review_days,
    )


def _name(person_id: UUID, work: Work) -> str:
    name = work.people.name(person_id)
    if name is None:
        raise Transient(
            "person_not_known_yet", "accounts has not told this name yet.", person_id=person_id
        )
    return name
