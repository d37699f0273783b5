"""Changes of the terms: offered by one party, made when the other accepts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from services.contracts.domain.clocks import REMINDS_OF
from services.contracts.use_cases import amending, disputes, working
from services.contracts.use_cases.amending import AmendmentPlace
from services.contracts.use_cases.money import note_funded, note_funding_started, note_refund_made
from shared.calendar import end_of_day_in_japan
from shared.errors import DomainError, Invalid, NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.amendments import (
    AmendmentDeclined,
    AmendmentOffered,
    AmendmentStatus,
    MilestoneReplaced,
    NewMilestone,
    OfferAmendment,
    PriceReduced,
    TermsAmended,
)
from shared.messages.contracts import (
    Deliver,
    MilestoneAdded,
    MilestoneStatus,
    OpenDispute,
    TermsView,
)
from shared.messages.payments import FundingStarted, MilestoneFunded, RefundMade
from shared.money import PositiveMoney, yen
from shared.people import Person
from tests.unit.contracts.agreed import Agreed

LATER = date(2026, 5, 20)


@pytest.fixture
def agreed() -> Agreed:
    agreed = Agreed()
    agreed.market.told()
    return agreed


def fund(agreed: Agreed) -> None:
    note_funded(agreed.heard(MilestoneFunded, amount=yen(55_000)), agreed.work)  # type: ignore[arg-type]
    agreed.market.told()


def change(agreed: Agreed, **changes: Any) -> OfferAmendment:
    """Return an offer to change the milestone."""
    return OfferAmendment.model_validate(
        {
            "reason": "It rained",
            "milestones": [{"milestone_id": agreed.milestone_id, **changes}],
        }
    )


def offer(agreed: Agreed, command: OfferAmendment, by: Person | None = None) -> AmendmentPlace:
    contract_id = agreed.contract.contract_id
    view = amending.offer(contract_id, command, by or agreed.assistant, agreed.work)
    return AmendmentPlace(contract_id, view.amendment_id)


def amend(agreed: Agreed, **changes: Any) -> TermsView:
    """Let the assistant offer and the client accept; return the terms that hold then."""
    amending.accept(offer(agreed, change(agreed, **changes)), agreed.client, agreed.work)
    return agreed.work.contracts.terms(agreed.contract.contract_id)


def refusal(act: Callable[[], object]) -> tuple[type[DomainError], str]:
    with pytest.raises(DomainError) as refused:
        act()
    return refused.type, refused.value.code


def test_a_new_date_moves_the_clock_and_makes_a_version_with_both_consents(agreed: Agreed) -> None:
    fund(agreed)
    terms = amend(agreed, due_on=str(LATER))
    assert (terms.version, terms.milestones[0].due_on) == (2, LATER)
    assert {each.party: each.person_id for each in terms.consents} == {
        "client": agreed.client.person_id,
        "assistant": agreed.assistant.person_id,
    }
    assert agreed.milestone.due_on == LATER
    running = agreed.work.deadlines.running(agreed.milestone_id)
    [delivery] = [each for each in running if each.kind not in REMINDS_OF]
    assert delivery.due_at == end_of_day_in_japan(LATER)
    offered, amended = agreed.market.told()
    assert isinstance(offered, AmendmentOffered)
    assert isinstance(amended, TermsAmended)
    assert (amended.terms_version, amended.terms_sha256) == (2, terms.sha256)
    assert [each.due_on for each in amended.milestones] == [LATER]
    assert agreed.market.happened()[-2:] == ["amendment_offered", "terms_amended"]


def test_a_longer_review_is_in_the_terms_the_clock_and_what_payments_hears(agreed: Agreed) -> None:
    fund(agreed)
    terms = amend(agreed, review_days=10)
    assert (terms.review_days, terms.milestones[0].review_days) == (7, 10)
    assert terms.milestones[0].inspection_ends_on == date(2026, 5, 11)
    amended = agreed.market.told()[-1]
    assert isinstance(amended, TermsAmended)
    assert [each.review_days for each in amended.milestones] == [10]
    view = working.deliver(agreed.place, Deliver(text="Here"), agreed.assistant, agreed.work)
    assert max(each.due_at for each in view.deadlines) == agreed.work.clock.now() + timedelta(10)


def test_a_contract_in_which_nothing_is_left_to_do_is_not_amended(agreed: Agreed) -> None:
    fund(agreed)
    working.deliver(agreed.place, Deliver(text="Here"), agreed.assistant, agreed.work)
    working.accept(agreed.place, agreed.client, agreed.work)
    new = NewMilestone(
        title="More", description="Two", price=PositiveMoney(amount=9_000), due_on=LATER
    )
    command = OfferAmendment(reason="More to see", added=(new,))
    assert refusal(lambda: offer(agreed, command)) == (Rejected, "contract_completed")


def test_nothing_changes_until_the_other_party_accepts(agreed: Agreed) -> None:
    place = offer(agreed, change(agreed, title="Two drafts"))
    assert agreed.milestone.title == "Draft"
    assert refusal(lambda: amending.accept(place, agreed.assistant, agreed.work)) == (
        NotAllowed,
        "other_party_required",
    )
    amending.decline(place, agreed.client, agreed.work)
    assert agreed.milestone.title == "Draft"
    _, declined = agreed.market.told()
    assert isinstance(declined, AmendmentDeclined)
    assert refusal(lambda: amending.accept(place, agreed.client, agreed.work)) == (
        Rejected,
        "amendment_answered",
    )


def test_an_offer_is_withdrawn_by_who_made_it(agreed: Agreed) -> None:
    place = offer(agreed, change(agreed, title="Two drafts"), agreed.client)
    assert refusal(lambda: amending.withdraw(place, agreed.assistant, agreed.work)) == (
        NotAllowed,
        "other_party_required",
    )
    view = amending.withdraw(place, agreed.client, agreed.work)
    assert view.status is AmendmentStatus.WITHDRAWN


def test_one_offer_waits_at_a_time(agreed: Agreed) -> None:
    command = change(agreed, title="Two drafts")
    offer(agreed, command)
    assert refusal(lambda: offer(agreed, command, agreed.client)) == (
        Rejected,
        "amendment_standing",
    )


def test_another_price_before_payment_puts_another_milestone_in_its_place(agreed: Agreed) -> None:
    terms = amend(agreed, price={"amount": 70_000}, criteria=["Five pages", "No errors"])
    assert agreed.status() is MilestoneStatus.ENDED
    [renewed] = [
        each
        for each in agreed.market.milestones.values()
        if each.milestone_id != agreed.milestone_id
    ]
    assert (renewed.status, renewed.price) == (MilestoneStatus.AGREED, yen(70_000))
    assert renewed.criteria == ("Five pages", "No errors")
    assert [each.milestone_id for each in terms.milestones] == [renewed.milestone_id]
    _, replaced, amended = agreed.market.told()
    assert isinstance(replaced, MilestoneReplaced)
    assert replaced.milestone.price == yen(70_000)
    assert isinstance(amended, TermsAmended)
    assert amended.milestones == ()


def test_a_lower_price_in_escrow_gives_the_difference_back_once(agreed: Agreed) -> None:
    fund(agreed)
    assert amend(agreed, price={"amount": 40_000}).milestones[0].price == yen(40_000)
    _, reduced, _ = agreed.market.told()
    assert isinstance(reduced, PriceReduced)
    assert reduced.price == yen(40_000)
    # At once: what payments is about to give back is not there to be accepted or divided.
    assert agreed.milestone.left == yen(40_000)
    note_refund_made(
        agreed.heard(  # type: ignore[arg-type]
            RefundMade,
            refund_id=new_id(),
            amount=yen(11_000),
            price=yen(10_000),
            after_release=False,
            reason="",
            from_assistant=yen(0),
            owed=yen(0),
            left=yen(40_000),
            amendment_id=reduced.amendment_id,
        ),
        agreed.work,
    )
    assert agreed.milestone.left == yen(40_000)
    assert "refund_made" in agreed.market.happened()
    again = change(agreed, price={"amount": 45_000})
    assert refusal(lambda: offer(agreed, again)) == (Rejected, "price_raised_after_funding")


def test_what_is_added_is_funded_like_any_other(agreed: Agreed) -> None:
    new = {
        "title": "A third garden",
        "description": "Two pages",
        "price": {"amount": 9_000},
        "due_on": str(LATER),
    }
    command = OfferAmendment.model_validate({"reason": "More to see", "added": [new]})
    amending.accept(offer(agreed, command, agreed.client), agreed.assistant, agreed.work)
    _, added, amended = agreed.market.told()
    assert isinstance(added, MilestoneAdded)
    assert isinstance(amended, TermsAmended)
    assert added.milestone.price == yen(9_000)
    terms = agreed.work.contracts.terms(agreed.contract.contract_id)
    assert [each.title for each in terms.milestones] == ["Draft", "A third garden"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price": {"amount": 60_000}}, "price_raised_after_funding"),
        ({"due_on": "2026-03-01"}, "due_date_past"),
    ],
)
def test_what_cannot_be_is_refused_at_the_offer(
    agreed: Agreed, changes: dict[str, Any], code: str
) -> None:
    fund(agreed)
    assert refusal(lambda: offer(agreed, change(agreed, **changes)))[1] == code


def test_a_price_does_not_change_while_somebody_pays(agreed: Agreed) -> None:
    note_funding_started(agreed.heard(FundingStarted), agreed.work)  # type: ignore[arg-type]
    cheaper = change(agreed, price={"amount": 40_000})
    assert refusal(lambda: offer(agreed, cheaper)) == (Rejected, "amendment_while_paying")


def test_a_reduction_leaves_something_of_the_price(agreed: Agreed) -> None:
    fund(agreed)
    milestone = replace(agreed.milestone, accepted_price=yen(45_000))
    agreed.work.milestones.save(milestone)
    cheaper = change(agreed, price={"amount": 45_000})
    assert refusal(lambda: offer(agreed, cheaper)) == (Rejected, "reduction_exceeds_rest")


def test_what_is_delivered_disputed_or_over_is_not_touched(agreed: Agreed) -> None:
    fund(agreed)
    place = offer(agreed, change(agreed, due_on=str(LATER)))
    working.deliver(agreed.place, Deliver(text="Here"), agreed.assistant, agreed.work)
    for act in (
        lambda: amending.accept(place, agreed.client, agreed.work),
        lambda: offer(agreed, change(agreed, title="Other")),
    ):
        assert refusal(act) == (Rejected, "amendment_touches_done")
    disputes.open_dispute(agreed.place, OpenDispute(reason="No"), agreed.client, agreed.work)
    assert refusal(lambda: amending.accept(place, agreed.client, agreed.work)) == (
        Rejected,
        "amendment_touches_done",
    )


def test_an_offer_names_milestones_of_the_contract_and_each_once(agreed: Agreed) -> None:
    other = Agreed()
    strange = change(other, title="Other")
    assert refusal(lambda: offer(agreed, strange)) == (NotFound, "milestone_not_found")
    twice = OfferAmendment(reason="?", milestones=change(agreed, title="A").milestones * 2)
    assert refusal(lambda: offer(agreed, twice)) == (Invalid, "amendment_empty")
    assert refusal(lambda: offer(agreed, OfferAmendment(reason="?"))) == (
        Invalid,
        "amendment_empty",
    )


def test_others_find_no_contract_to_amend(agreed: Agreed) -> None:
    stranger = Person(new_id(), frozenset({"client", "assistant", "operator"}))
    place = offer(agreed, change(agreed, title="Other"))
    for act in (amending.accept, amending.decline, amending.withdraw):
        assert refusal(partial(act, place, stranger, agreed.work))[1] == "contract_not_found"
