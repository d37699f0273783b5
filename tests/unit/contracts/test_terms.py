"""Terms in writing: nine items, a payday within the law, and a hash that anybody can check."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.contracts.domain.terms import ITEMS, Draft, terms_of
from shared.errors import Invalid
from shared.ids import new_id
from shared.messages.jobs import MilestoneOffer, Mode
from shared.money import yen
from tests.unit.contracts.fakes import DUE_ON, POLICY

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
    assert milestone.payday == date(2026, 5, 13)


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
        terms_of(DRAFT, replace(POLICY, payment_method="", payday_days=-1))
    assert refusal.value.facts["items"] == ["payday", "payment_method"]


def test_the_law_has_nine_items() -> None:
    assert len(ITEMS) == 9


def test_the_payday_may_be_the_sixtieth_day_counted_from_delivery_but_no_later() -> None:
    [last] = terms_of(DRAFT, replace(POLICY, payday_days=52)).milestones
    assert (last.payday - DUE_ON).days + 1 == 60
    with pytest.raises(Invalid, match="payday_after_limit") as refusal:
        terms_of(DRAFT, replace(POLICY, payday_days=53))
    assert refusal.value.facts["latest"] == last.payday


def test_the_hash_can_be_checked_by_who_has_the_terms() -> None:
    terms = terms_of(DRAFT, POLICY)
    document = json.loads(terms.model_dump_json())
    claimed = document.pop("sha256")
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(canonical.encode()).hexdigest() == claimed


def test_any_change_changes_the_hash() -> None:
    other = replace(DRAFT, place="on site")
    assert terms_of(other, POLICY).sha256 != terms_of(DRAFT, POLICY).sha256
