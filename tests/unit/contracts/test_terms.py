"""Terms in writing: nine items, a payday within the law, and a hash that anybody can check."""

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.domain.terms import ITEMS, Draft, terms_of
from shared.errors import Invalid
from shared.ids import new_id
from shared.messages.jobs import MilestoneOffer, Mode
from shared.money import yen
from tests.unit.contracts.agreed import DUE_ON
from tests.unit.contracts.fakes import POLICY

OFFER = MilestoneOffer(
    milestone_id=new_id(),
    title="Draft",
    description="Five pages",
    price=yen(50_000),
    due_on=DUE_ON,
)
DRAFT = Draft(
    client_name="花子",
    assistant_name="Taro",
    ordered_on=date(2026, 4, 1),
    job_title="Write a guide",
    mode=Mode.BROKERED,
    place="online",
    review_days=7,
    milestones=(OFFER,),
)


def test_inspection_ends_after_the_review_and_the_payday_follows() -> None:
    [milestone] = terms_of(DRAFT, POLICY).milestones
    assert milestone.inspection_ends_on == date(2026, 5, 8)
    # Accepted on a day up to the 15th, paid at month end; but 31 May is a Sunday.
    assert milestone.payday == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("item", "changes"),
    [
        ("names_of_both_parties", {"client_name": ""}),
        ("names_of_both_parties", {"assistant_name": ""}),
        ("date_of_order", {"ordered_on": None}),
        ("work", {"job_title": ""}),
        ("work", {"milestones": (OFFER.model_copy(update={"description": ""}),)}),
        ("date_of_delivery", {"milestones": (OFFER.model_copy(update={"due_on": None}),)}),
        ("place", {"place": ""}),
        ("end_of_inspection", {"review_days": 0}),
        ("price", {"milestones": (OFFER.model_copy(update={"price": yen(0)}),)}),
    ],
)
def test_terms_without_an_item_are_refused_and_the_item_named(
    item: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refusal:
        terms_of(replace(DRAFT, **changes), POLICY)
    assert refusal.value.code == "terms_incomplete"
    assert refusal.value.facts["items"] == [item]


def test_what_the_policy_leaves_out_is_missing_too() -> None:
    with pytest.raises(Invalid) as refusal:
        terms_of(DRAFT, replace(POLICY, payment_method=""))
    assert refusal.value.facts["items"] == ["payment_method"]


def test_the_law_has_nine_items() -> None:
    assert len(ITEMS) == 9


@pytest.mark.parametrize(
    ("limit_days", "payday"),
    [
        (32, date(2026, 6, 1)),
        (31, date(2026, 5, 29)),  # the cycle's day would be the 32nd, and a weekend comes before
        (8, date(2026, 5, 8)),  # the day on which inspection ends
    ],
)
def test_the_law_s_last_day_goes_before_the_cycle_s(limit_days: int, payday: date) -> None:
    [milestone] = terms_of(DRAFT, replace(POLICY, payday_limit_days=limit_days)).milestones
    assert milestone.payday == payday


@pytest.mark.parametrize(
    ("due_on", "latest"),
    [
        (DUE_ON, date(2026, 5, 7)),  # a day before inspection ends
        (date(2026, 5, 2), date(2026, 5, 8)),  # likewise, though banks are open until then
        (date(2026, 4, 25), date(2026, 5, 1)),
    ],
)
def test_terms_that_leave_no_banking_day_after_the_inspection_are_refused(
    due_on: date, latest: date
) -> None:
    draft = replace(DRAFT, milestones=(OFFER.model_copy(update={"due_on": due_on}),))
    with pytest.raises(Invalid, match="payday_after_limit") as refusal:
        terms_of(draft, replace(POLICY, payday_limit_days=7))
    assert refusal.value.facts["latest"] == latest


def test_terms_whose_limit_ends_in_holidays_are_refused() -> None:
    # Inspection ends on Saturday 2 May; banks are open again on the 7th.
    draft = replace(DRAFT, milestones=(OFFER.model_copy(update={"due_on": date(2026, 4, 25)}),))
    with pytest.raises(Invalid, match="payday_after_limit"):
        terms_of(draft, replace(POLICY, payday_limit_days=12))
    [milestone] = terms_of(draft, replace(POLICY, payday_limit_days=13)).milestones
    assert milestone.payday == date(2026, 5, 7)


@given(st.dates(date(2024, 11, 1), date(2040, 12, 31)), st.integers(1, 14))
def test_any_review_that_may_be_agreed_leaves_a_payday_within_the_law(
    due_on: date, review_days: int
) -> None:
    offers = (OFFER.model_copy(update={"due_on": due_on}),)
    [milestone] = terms_of(
        replace(DRAFT, review_days=review_days, milestones=offers), POLICY
    ).milestones
    assert milestone.inspection_ends_on < milestone.payday < due_on + timedelta(days=60)


def test_the_hash_can_be_checked_by_who_has_the_terms() -> None:
    terms = terms_of(DRAFT, POLICY)
    document = json.loads(terms.model_dump_json())
    claimed = document.pop("sha256")
    assert document.pop("consents") == []
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(canonical.encode()).hexdigest() == claimed


def test_any_change_changes_the_hash() -> None:
    other = replace(DRAFT, place="on site")
    assert terms_of(other, POLICY).sha256 != terms_of(DRAFT, POLICY).sha256
