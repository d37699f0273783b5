"""Somebody else goes on with a milestone: only with three consents, and only as it was offered."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.contracts.domain.contract import Contract
from services.contracts.use_cases import (
    amending,
    caring,
    files,
    handing_over,
    minding,
    money,
    working,
)
from services.contracts.use_cases.handing_over import HandOverPlace
from shared.calendar import day_in_japan
from shared.errors import Invalid, NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.amendments import MilestoneChange, OfferAmendment
from shared.messages.care import MoveDates
from shared.messages.contracts import (
    ContractAgreed,
    Deliver,
    MilestoneStatus,
    RequestChanges,
)
from shared.messages.handovers import (
    ConsentToHandOver,
    HandOverProposed,
    HandOverRefused,
    HandOverStatus,
    HandOverView,
    MilestoneHandedOver,
    ProposeHandOver,
)
from shared.messages.payments import EscrowReleased, MilestoneFunded, RefundMade
from shared.money import YenPart, yen
from shared.people import Person
from tests.unit.contracts.agreed import Agreed, content

CONSENT = ConsentToHandOver()
SHARING = ConsentToHandOver(share_deliveries=True)


class Funded(Agreed):
    """A funded milestone of 50,000 yen, and somebody who could go on with it."""

    def __init__(self, *, bonus: bool = False) -> None:
        super().__init__(bonus=bonus)
        self.substitute = self.known("Substitute", "assistant")
        funded = self.heard(MilestoneFunded, amount=yen(49_895))
        money.note_funded(funded, self.work)  # type: ignore[arg-type]
        self.market.told()

    def known(self, name: str, role: str) -> Person:
        person = Person(new_id(), frozenset({role}))
        self.market.work().people.remember(
            person.person_id, name, is_assistant="assistant" in person.roles
        )
        return person

    def command(self, to_assistant: int = 20_000, **more: Any) -> ProposeHandOver:
        about = {"substitute_id": self.substitute.person_id, "note": "The roses are missing"}
        return ProposeHandOver(**(about | more), to_assistant=YenPart(amount=to_assistant))

    def propose(self, by: Person | None = None, **more: Any) -> HandOverView:
        return handing_over.propose(
            self.place, self.command(**more), by or self.assistant, self.work
        )

    def at(self, hand_over_id: UUID) -> HandOverPlace:
        return HandOverPlace(self.contract.contract_id, hand_over_id)

    def consent(self, hand_over_id: UUID, by: Person) -> HandOverStatus:
        if by is self.substitute:
            return handing_over.consent_as_substitute(hand_over_id, by, self.work).status
        return handing_over.consent(self.at(hand_over_id), CONSENT, by, self.work).status

    def deliver(self) -> None:
        working.deliver(self.place, Deliver(text="Here it is"), self.assistant, self.work)

    def change(self) -> None:
        working.request_changes(self.place, RequestChanges(comment="More"), self.client, self.work)

    def new_contract(self) -> Contract:
        [new] = [
            each
            for each in self.market.contracts.values()
            if each.assistant_id == self.substitute.person_id
        ]
        return new


@pytest.fixture
def funded() -> Funded:
    return Funded()


ORDERS = [
    ("assistant", "client", "substitute"),
    ("assistant", "substitute", "client"),
    ("client", "assistant", "substitute"),
    ("client", "substitute", "assistant"),
]


@pytest.mark.parametrize("order", ORDERS)
def test_with_the_third_consent_there_is_a_new_contract_and_the_milestone_is_handed_over(
    funded: Funded, order: tuple[str, ...]
) -> None:
    first, second, third = (getattr(funded, name) for name in order)
    hand_over = funded.propose(first)
    assert funded.consent(hand_over.hand_over_id, second) == "proposed"
    assert funded.status() is MilestoneStatus.FUNDED
    assert funded.consent(hand_over.hand_over_id, third) == "agreed"
    assert funded.status() is MilestoneStatus.HANDED_OVER
    proposed, agreed, handed = funded.market.told()
    assert isinstance(proposed, HandOverProposed)
    assert isinstance(agreed, ContractAgreed)
    assert isinstance(handed, MilestoneHandedOver)
    new = funded.new_contract()
    assert (agreed.contract_id, agreed.milestones) == (new.contract_id, ())
    assert (agreed.proposal_id, agreed.weekly_hours) == (None, 8)
    assert set(funded.market.completed) == {funded.contract.contract_id}
    assert handed.to_contract_id == new.contract_id
    assert handed.to_assistant == yen(20_000)
    assert handed.to_milestone.price == yen(30_000)
    milestone = funded.market.milestones[handed.to_milestone.milestone_id]
    assert milestone.status is MilestoneStatus.AGREED
    assert milestone.funded_at == funded.milestone.funded_at
    assert funded.milestone.left == yen(30_000)
    assert funded.market.deadlines == []


def test_the_new_terms_have_both_consents_and_the_rest_of_the_price(funded: Funded) -> None:
    hand_over = funded.propose(due_on=funded.milestone.due_on + timedelta(days=3))
    funded.market.clock.forward(hours=1)
    funded.consent(hand_over.hand_over_id, funded.substitute)
    offered = handing_over.get_offered(hand_over.hand_over_id, funded.substitute, funded.work)
    assert offered.terms
    funded.consent(hand_over.hand_over_id, funded.client)
    new = funded.new_contract()
    terms = funded.work.contracts.terms(new.contract_id)
    assert terms.sha256 == offered.terms.sha256
    assert (terms.client_name, terms.assistant_name) == ("Client", "Substitute")
    assert terms.weekly_hours == 8
    assert [each.price for each in terms.milestones] == [yen(30_000)]
    assert terms.milestones[0].due_on == funded.milestone.due_on + timedelta(days=3)
    consents = {each.party: each.person_id for each in terms.consents}
    assert consents == {
        "client": funded.client.person_id,
        "assistant": funded.substitute.person_id,
    }


def test_the_milestone_that_follows_begins_when_its_money_has_come(funded: Funded) -> None:
    hand_over = funded.propose()
    for each in (funded.client, funded.substitute):
        funded.consent(hand_over.hand_over_id, each)
    [handed] = [e for e in funded.market.told() if isinstance(e, MilestoneHandedOver)]
    about = {
        "contract_id": handed.to_contract_id,
        "milestone_id": handed.to_milestone.milestone_id,
        "title": "Draft",
        "client_id": funded.client.person_id,
        "assistant_id": funded.substitute.person_id,
    }
    told = MilestoneFunded(**about, amount=yen(29_937), price=yen(25_000))
    for _ in range(2):
        money.note_funded(told, funded.work)
    new = funded.market.milestones[handed.to_milestone.milestone_id]
    assert new.status is MilestoneStatus.FUNDED
    assert new.left == yen(25_000)
    released = funded.heard(
        EscrowReleased,
        gross=yen(19_958),
        platform_fee=yen(0),
        platform_fee_tax=yen(0),
        withholding=yen(0),
        net=yen(19_958),
    )
    money.note_released(released, funded.work)  # type: ignore[arg-type]
    assert funded.status() is MilestoneStatus.HANDED_OVER


@pytest.mark.parametrize("who", ["client", "assistant", "substitute"])
def test_any_of_the_three_may_refuse(funded: Funded, who: str) -> None:
    hand_over = funded.propose()
    person = getattr(funded, who)
    if person is funded.substitute:
        handing_over.refuse_as_substitute(hand_over.hand_over_id, person, funded.work)
    else:
        handing_over.refuse(funded.at(hand_over.hand_over_id), person, funded.work)
    *_, refused = funded.market.told()
    assert isinstance(refused, HandOverRefused)
    assert refused.refused_by == person.person_id
    with pytest.raises(Rejected, match="hand_over_closed"):
        funded.consent(hand_over.hand_over_id, funded.client)
    assert funded.propose().status == "proposed"


def _amend(funded: Funded) -> None:
    change = MilestoneChange(milestone_id=funded.milestone_id, title="Another title")
    offer = OfferAmendment(reason="Better words", milestones=(change,))
    offered = amending.offer(funded.contract.contract_id, offer, funded.client, funded.work)
    place = amending.AmendmentPlace(funded.contract.contract_id, offered.amendment_id)
    amending.accept(place, funded.assistant, funded.work)


def _refund(funded: Funded) -> None:
    told = funded.heard(
        RefundMade,
        refund_id=new_id(),
        price=yen(1_000),
        amount=yen(1_000),
        after_release=False,
        from_assistant=yen(0),
        owed=yen(0),
        left=yen(49_000),
        reason="less",
    )
    money.note_refund_made(told, funded.work)  # type: ignore[arg-type]


@pytest.mark.parametrize("move", [Funded.deliver, _amend, _refund])
def test_it_is_void_as_soon_as_the_milestone_or_its_terms_are_others(
    funded: Funded, move: Any
) -> None:
    hand_over = funded.propose()
    funded.consent(hand_over.hand_over_id, funded.substitute)
    move(funded)
    with pytest.raises(Rejected, match=r"hand_over_closed|milestone_step_not_allowed"):
        funded.consent(hand_over.hand_over_id, funded.client)
    [shown] = handing_over.list_of_contract(
        funded.contract.contract_id, funded.client, funded.work, limit=5
    )
    assert shown.status == "void"
    offered = handing_over.get_offered(hand_over.hand_over_id, funded.substitute, funded.work)
    assert offered.terms is None


def test_one_waits_at_a_time(funded: Funded) -> None:
    funded.propose()
    with pytest.raises(Rejected, match="hand_over_standing"):
        funded.propose(funded.client)


def test_after_changes_were_asked_for_it_can_be_handed_over(funded: Funded) -> None:
    funded.deliver()
    with pytest.raises(Rejected, match="milestone_step_not_allowed"):
        funded.propose()
    funded.change()
    assert funded.propose().status == "proposed"


@pytest.mark.parametrize("part", [50_000, 60_000])
def test_something_has_to_be_left_for_whoever_goes_on(funded: Funded, part: int) -> None:
    with pytest.raises(Rejected, match="part_not_less_than_rest"):
        funded.propose(to_assistant=part)


def test_only_work_is_handed_over() -> None:
    # A bonus is accepted at once when it is funded: before that it isn't at that step.
    bonus = Funded(bonus=True)
    milestone = replace(bonus.milestone, status=MilestoneStatus.FUNDED)
    bonus.market.milestones[bonus.milestone_id] = milestone
    with pytest.raises(Rejected, match="only_work_handed_over"):
        bonus.propose()


def test_a_new_due_date_is_not_past_and_within_the_hold(funded: Funded) -> None:
    today = day_in_japan(funded.market.clock.now())
    with pytest.raises(Invalid, match="due_date_past"):
        funded.propose(due_on=today - timedelta(days=1))
    with pytest.raises(Rejected, match="hold_exceeded"):
        funded.propose(due_on=today + timedelta(days=90))


def test_nobody_goes_on_who_is_a_party_unknown_no_assistant_or_blocked(funded: Funded) -> None:
    outsider = funded.known("Somebody", "client")
    blocked = funded.known("Blocked", "assistant")
    minding.block(funded.client.person_id, blocked, funded.work)
    for each in (
        funded.assistant.person_id,
        funded.client.person_id,
        new_id(),
        outsider.person_id,
        blocked.person_id,
    ):
        with pytest.raises(NotFound, match="substitute_not_found"):
            funded.propose(substitute_id=each)


def test_to_others_there_is_no_hand_over(funded: Funded) -> None:
    hand_over = funded.propose()
    stranger = funded.known("Stranger", "assistant")
    place = funded.at(hand_over.hand_over_id)
    for by in (stranger, funded.substitute):
        with pytest.raises(NotFound):
            handing_over.consent(place, CONSENT, by, funded.work)
        with pytest.raises(NotFound):
            handing_over.refuse(place, by, funded.work)
    for by in (stranger, funded.client, funded.assistant):
        with pytest.raises(NotFound):
            handing_over.consent_as_substitute(hand_over.hand_over_id, by, funded.work)
        with pytest.raises(NotFound):
            handing_over.get_offered(hand_over.hand_over_id, by, funded.work)
    elsewhere = replace(place, contract_id=Agreed().contract.contract_id)
    with pytest.raises(NotFound):
        handing_over.refuse(elsewhere, funded.client, funded.work)


def test_the_substitute_sees_what_is_offered_and_files_only_when_the_assistant_shares_them(
    funded: Funded,
) -> None:
    file = files.add_file(
        funded.contract.contract_id,
        content(),
        funded.assistant,
        funded.work,
        name="draft.md",
        media_type="text/markdown",
    )
    delivery = Deliver(text="A SECRET WORD", file_ids=(file.file_id,))
    working.deliver(funded.place, delivery, funded.assistant, funded.work)
    funded.change()
    with pytest.raises(NotAllowed):
        funded.propose(funded.client, share_deliveries=True)
    hand_over_id = funded.propose(funded.client, to_assistant=12_345).hand_over_id
    substitute = funded.substitute
    offered = handing_over.get_offered(hand_over_id, substitute, funded.work)
    shown = offered.model_dump_json()
    assert offered.files == ()
    for hidden in ("SECRET", "12345", str(funded.assistant.person_id), '"Assistant"', "50000"):
        assert hidden not in shown
    with pytest.raises(NotFound):
        handing_over.get_file(hand_over_id, file.file_id, substitute, funded.work)
    with pytest.raises(NotAllowed):
        handing_over.consent(funded.at(hand_over_id), SHARING, funded.client, funded.work)
    handing_over.consent(funded.at(hand_over_id), SHARING, funded.assistant, funded.work)
    [listed] = handing_over.list_offered(substitute, funded.work, limit=5)
    assert listed.files == (file,)
    assert handing_over.get_file(hand_over_id, file.file_id, substitute, funded.work) == file
    handing_over.refuse_as_substitute(hand_over_id, substitute, funded.work)
    with pytest.raises(NotFound):
        handing_over.get_file(hand_over_id, file.file_id, substitute, funded.work)


def test_moved_dates_leave_the_hand_over_standing(funded: Funded) -> None:
    hand_over = funded.propose()
    command = MoveDates(days=2)
    caring.move_dates(funded.contract.contract_id, command, funded.assistant, funded.work)
    for each in (funded.client, funded.substitute):
        funded.consent(hand_over.hand_over_id, each)
    assert funded.status() is MilestoneStatus.HANDED_OVER
