"""Changes of the terms: offered by one party, and made when the other accepts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self
from uuid import UUID

from services.contracts.domain.contract import Contract, Policy
from services.contracts.domain.milestone import Milestone
from services.contracts.domain.terms import milestone_terms, sealed
from shared.errors import Invalid, NotFound, Rejected
from shared.ids import new_id
from shared.messages.amendments import (
    AmendmentStatus,
    MilestoneChange,
    NewMilestone,
    OfferAmendment,
)
from shared.messages.contracts import (
    MilestoneKind,
    MilestoneStatus,
    MilestoneTerms,
    TermsView,
)
from shared.messages.jobs import MilestoneOffer
from shared.money import Money

# Nothing was delivered that is not to be delivered again.
OPEN = frozenset(
    {
        MilestoneStatus.AGREED,
        MilestoneStatus.FUNDING,
        MilestoneStatus.FUNDED,
        MilestoneStatus.CHANGES_REQUESTED,
    }
)


@dataclass(frozen=True)
class Amendment:
    """An offer to change the terms. A contract has one at a time that waits for an answer."""

    amendment_id: UUID
    contract_id: UUID
    offered_by: UUID
    offered_by_person: UUID
    offered_at: datetime
    changes: OfferAmendment
    status: AmendmentStatus = AmendmentStatus.OFFERED
    answered_at: datetime | None = None

    def answered(self, status: AmendmentStatus, now: datetime) -> Self:
        """Return the offer after its answer; raise Rejected when it has one already."""
        if self.status is not AmendmentStatus.OFFERED:
            raise Rejected(
                "amendment_answered",
                f"The offer is {self.status}. Make another one.",
                status=self.status,
            )
        return replace(self, status=status, answered_at=now)


@dataclass(frozen=True)
class Change:
    """A milestone before and after, and the price that is agreed from now on.

    `replaced` by another one when its price changes before it is paid for; `reduced` when money
    goes back: the milestone's own price stays, and what is left of it falls at once, so that
    nobody accepts or divides what payments is about to give back.
    """

    before: Milestone
    after: Milestone
    price: Money
    replaced: bool = False
    reduced: bool = False


@dataclass(frozen=True)
class Plan:
    """What an amendment does to a contract."""

    changes: tuple[Change, ...]
    added: tuple[Milestone, ...]

    def terms(self, held: TermsView, policy: Policy) -> TermsView:
        """Return the next version of the terms; raise Invalid when the law has no such payday."""
        changed = {
            each.before.milestone_id: _terms(each.after, each.price, held, policy)
            for each in self.changes
        }
        milestones = [changed.get(each.milestone_id, each) for each in held.milestones]
        milestones += [_terms(each, each.price, held, policy) for each in self.added]
        news = {"version": held.version + 1, "milestones": tuple(milestones)}
        return sealed(held.model_copy(update=news))


def plan(
    offer: OfferAmendment,
    locked: Mapping[UUID, Milestone],
    held: TermsView,
    contract: Contract,
    today: date,
) -> Plan:
    """Return what an offer does, or would do; raise Rejected or Invalid when it can't be.

    Args:
        offer: the changes.
        locked: the milestones that it names, as far as they are the contract's.
        held: the terms that hold.
        contract: whose terms they are.
        today: the day in Japan.
    """
    named = [each.milestone_id for each in offer.milestones]
    if not (named or offer.added) or len(set(named)) != len(named):
        raise Invalid("amendment_empty", "Name what is to change, each milestone once.")
    if unknown := set(named) - locked.keys():
        raise NotFound(
            "milestone_not_found", "The contract has no such milestone.", ids=sorted(unknown)
        )
    days = [each.due_on for each in offer.milestones] + [each.due_on for each in offer.added]
    if any(day and day < today for day in days):
        raise Invalid("due_date_past", "A new due date is today at the earliest.", earliest=today)
    _check_open(locked[each] for each in named)
    prices = {each.milestone_id: each.price for each in held.milestones}
    changes = tuple(
        _change(locked[each.milestone_id], each, prices[each.milestone_id])
        for each in offer.milestones
    )
    return Plan(changes, tuple(_added(each, contract) for each in offer.added))


def _check_open(milestones: Iterable[Milestone]) -> None:
    done = [
        each.milestone_id
        for each in milestones
        if each.status not in OPEN or each.kind is not MilestoneKind.WORK
    ]
    if done:
        raise Rejected(
            "amendment_touches_done",
            "What is delivered, accepted, disputed or over stays as it was agreed.",
            milestones=done,
        )


def _change(before: Milestone, wanted: MilestoneChange, agreed: Money) -> Change:
    price = wanted.price.as_money() if wanted.price else agreed
    after = replace(
        before,
        title=wanted.title or before.title,
        description=wanted.description or before.description,
        criteria=before.criteria if wanted.criteria is None else wanted.criteria,
        due_on=wanted.due_on or before.due_on,
        review_days=wanted.review_days or before.review_days,
        overdue=before.overdue and wanted.due_on is None,
    )
    if price == agreed:
        return Change(before, after, price)
    if before.status is MilestoneStatus.AGREED and not before.funded:
        renewed = replace(after, milestone_id=new_id(), price=price, funding_attempt=0)
        return Change(before, renewed, price, replaced=True)
    _check_reducible(before, agreed, price)
    reduced = replace(after, refunded_price=after.refunded_price + (agreed - price))
    return Change(before, reduced, price, reduced=True)


def _check_reducible(milestone: Milestone, agreed: Money, price: Money) -> None:
    if milestone.status is MilestoneStatus.FUNDING:
        raise Rejected(
            "amendment_while_paying",
            "A payment is on its way. Wait for it, or cancel it, before the price changes.",
            milestone_id=milestone.milestone_id,
        )
    if agreed < price:
        raise Rejected(
            "price_raised_after_funding",
            "The money is in escrow already. Add a milestone for what is to be paid beside it.",
            milestone_id=milestone.milestone_id,
        )
    if not agreed - price < milestone.left:
        raise Rejected(
            "reduction_exceeds_rest",
            "Less than that is left of the price. End the milestone, or take less off.",
            milestone_id=milestone.milestone_id,
            left=milestone.left,
        )


def _added(wanted: NewMilestone, contract: Contract) -> Milestone:
    return Milestone(
        milestone_id=new_id(),
        contract_id=contract.contract_id,
        client_id=contract.client_id,
        assistant_id=contract.assistant_id,
        title=wanted.title,
        description=wanted.description,
        price=wanted.price.as_money(),
        due_on=wanted.due_on,
        review_days=wanted.review_days or contract.review_days,
        criteria=wanted.criteria,
        max_revisions=contract.max_revisions,
    )


def _terms(milestone: Milestone, price: Money, held: TermsView, policy: Policy) -> MilestoneTerms:
    offer = MilestoneOffer(
        milestone_id=milestone.milestone_id,
        title=milestone.title,
        description=milestone.description,
        price=price,
        due_on=milestone.due_on,
        criteria=milestone.criteria,
    )
    terms = milestone_terms(offer, milestone.review_days, policy)
    if milestone.review_days == held.review_days:
        return terms
    return terms.model_copy(update={"review_days": milestone.review_days})
