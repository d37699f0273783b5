"""The terms in writing: nine items that Japan's Freelance Act wants before work begins.

Source: Act on Ensuring Proper Transactions Involving Specified Entrusted Business Operators (Act
No. 25 of 2023), article 3 (what must be stated) and article 4 (payment within 60 days).
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from services.contracts.domain.contract import Policy
from shared.calendar import pay_by, payday
from shared.errors import Invalid
from shared.messages.contracts import MilestoneTerms, TermsView
from shared.messages.jobs import MilestoneOffer, Mode, RetainerTerms


@dataclass(frozen=True)
class Draft:
    """What was agreed, before anybody looked whether it is complete."""

    client_name: str
    assistant_name: str
    ordered_on: date | None
    job_title: str
    mode: Mode
    place: str
    review_days: int
    milestones: tuple[MilestoneOffer, ...]
    max_revisions: int | None = None
    care_days: int = 0
    weekly_hours: int = 0
    retainer: RetainerTerms | None = None


@dataclass(frozen=True)
class Consent:
    """That a person agreed to terms, for one of the parties."""

    by: UUID
    at: datetime


@dataclass(frozen=True)
class Consents:
    """That both parties agreed to a version of the terms."""

    client: Consent
    assistant: Consent


Stated = Callable[[Draft, Policy], object]

# Each item of the law, and how to see that a draft states it.
ITEMS: dict[str, Stated] = {
    "names_of_both_parties": lambda draft, _: draft.client_name and draft.assistant_name,
    "date_of_order": lambda draft, _: draft.ordered_on,
    "work": lambda draft, _: (
        draft.job_title
        and draft.milestones
        and all(milestone.title and milestone.description for milestone in draft.milestones)
    ),
    "date_of_delivery": lambda draft, _: (
        draft.milestones and all(milestone.due_on for milestone in draft.milestones)
    ),
    "place": lambda draft, _: draft.place,
    "end_of_inspection": lambda draft, _: draft.review_days > 0,
    "price": lambda draft, _: (
        draft.milestones and all(milestone.price for milestone in draft.milestones)
    ),
    "payday": lambda _, policy: policy.pay_cycle,
    "payment_method": lambda _, policy: policy.payment_method,
}


def terms_of(draft: Draft, policy: Policy, *, version: int = 1) -> TermsView:
    """Return a version of the terms; raise Invalid when they can't be offered."""
    missing = [item for item, stated in ITEMS.items() if not stated(draft, policy)]
    if missing or draft.ordered_on is None:
        raise Invalid(
            "terms_incomplete",
            f"State these before the contract is offered: {', '.join(missing)}.",
            items=missing,
        )
    terms = TermsView(
        version=version,
        client_name=draft.client_name,
        assistant_name=draft.assistant_name,
        ordered_on=draft.ordered_on,
        job_title=draft.job_title,
        mode=draft.mode,
        place=draft.place,
        review_days=draft.review_days,
        milestones=tuple(
            milestone_terms(offer, draft.review_days, policy) for offer in draft.milestones
        ),
        payment_method=policy.payment_method,
        max_revisions=draft.max_revisions,
        care_days=draft.care_days,
        weekly_hours=draft.weekly_hours,
        notice_days=policy.notice_days if _is_long(draft, policy) else None,
        retainer=draft.retainer,
        sha256="",
    )
    return sealed(terms)


def sealed(terms: TermsView) -> TermsView:
    """Return the terms with the hash of what they say."""
    return terms.model_copy(update={"sha256": digest(terms), "consents": ()})


def canonical(terms: TermsView) -> str:
    """Return what is hashed of the terms, as canonical JSON (RFC 8785; all numbers are whole)."""
    document = terms.model_dump(mode="json", exclude={"sha256", "consents"})
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(terms: TermsView) -> str:
    """Return the SHA-256 of the terms, in hexadecimal: who has the terms can check it."""
    return hashlib.sha256(canonical(terms).encode()).hexdigest()


def milestone_terms(offer: MilestoneOffer, review_days: int, policy: Policy) -> MilestoneTerms:
    """Return the terms of a milestone; raise Invalid (`payday_after_limit`)."""
    inspection_ends_on = offer.due_on + timedelta(days=review_days)
    # The latest that can come of this: delivered on the due date, accepted on the last day.
    paid_on = payday(inspection_ends_on, offer.due_on, policy.pay_cycle, policy.payday_limit_days)
    latest = pay_by(offer.due_on, policy.payday_limit_days)
    if paid_on > latest:
        raise Invalid(
            "payday_after_limit",
            f"Agree on a shorter review: the law wants the work paid by {latest}.",
            milestone_id=offer.milestone_id,
            payday=paid_on,
            latest=latest,
        )
    return MilestoneTerms(
        milestone_id=offer.milestone_id,
        title=offer.title,
        description=offer.description,
        price=offer.price,
        due_on=offer.due_on,
        inspection_ends_on=inspection_ends_on,
        payday=paid_on,
        criteria=offer.criteria,
    )


def _is_long(draft: Draft, policy: Policy) -> bool:
    """Tell whether the work goes on for so long that the law wants notice of its end.

    Source: the Freelance Act, article 16, and its Enforcement Order: six months, thirty days.
    """
    if draft.retainer or draft.ordered_on is None:
        return True  # a retainer goes on until somebody ends it
    last = max(each.due_on for each in draft.milestones)
    months = (last.year - draft.ordered_on.year) * 12 + last.month - draft.ordered_on.month
    return months - (last.day < draft.ordered_on.day) >= policy.long_months
