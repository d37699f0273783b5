"""From an accepted proposal to a contract with terms in writing."""

from uuid import UUID

from services.contracts.domain.contract import Contract
from services.contracts.domain.milestone import Milestone
from services.contracts.domain.terms import Draft, terms_of
from services.contracts.ports import Happened, Work
from shared.calendar import day_in_japan
from shared.errors import Transient
from shared.ids import new_id
from shared.messages.accounts import PersonRegistered
from shared.messages.contracts import AgreedMilestone, ContractAgreed
from shared.messages.jobs import ProposalAccepted


def remember_person(registered: PersonRegistered, work: Work) -> None:
    """Keep a person's name: the terms need it."""
    work.people.remember(registered.person_id, registered.display_name)


def agree(accepted: ProposalAccepted, work: Work) -> None:
    """Make the contract of a proposal, once, with its terms.

    Raises Invalid when the terms can't be offered, Transient while a party's name isn't known.
    """
    contract = Contract(
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
    )
    draft = Draft(
        client_name=_name(accepted.client_id, work),
        assistant_name=_name(accepted.assistant_id, work),
        ordered_on=day_in_japan(accepted.accepted_at),
        job_title=accepted.job_title,
        mode=accepted.mode,
        place=accepted.place,
        review_days=accepted.review_days,
        milestones=accepted.milestones,
    )
    terms = terms_of(draft, work.policies.at(accepted.accepted_at))
    milestones = [
        Milestone(
            milestone_id=offer.milestone_id,
            contract_id=contract.contract_id,
            client_id=contract.client_id,
            assistant_id=contract.assistant_id,
            title=offer.title,
            description=offer.description,
            price=offer.price,
            due_on=offer.due_on,
            review_days=contract.review_days,
        )
        for offer in accepted.milestones
    ]
    if not work.contracts.add(contract, terms, milestones):
        return
    work.timeline.add(
        contract.contract_id, Happened.AGREED, contract.agreed_at, by=contract.client_id
    )
    work.outbox.emit(_agreed(contract, accepted, terms.sha256), subject=contract.contract_id)


def _agreed(contract: Contract, accepted: ProposalAccepted, terms_sha256: str) -> ContractAgreed:
    return ContractAgreed(
        contract_id=contract.contract_id,
        job_id=contract.job_id,
        title=contract.title,
        category=contract.category,
        mode=contract.mode,
        review_days=contract.review_days,
        client_id=contract.client_id,
        assistant_id=contract.assistant_id,
        milestones=tuple(
            AgreedMilestone(
                milestone_id=offer.milestone_id,
                title=offer.title,
                price=offer.price,
                due_on=offer.due_on,
                description=offer.description,
            )
            for offer in accepted.milestones
        ),
        agreed_at=contract.agreed_at,
        terms_sha256=terms_sha256,
    )


def _name(person_id: UUID, work: Work) -> str:
    name = work.people.name(person_id)
    if name is None:
        raise Transient(
            "person_not_known_yet", "accounts has not told this name yet.", person_id=person_id
        )
    return name
