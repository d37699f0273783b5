"""Parts, bonuses, and what payments tells of money: in the timeline, and in the milestone."""

from typing import Any

import pytest

from services.contracts.use_cases import bonuses, files, money, working
from shared.errors import NotAllowed, NotFound, Transient
from shared.ids import new_id
from shared.messages.contracts import (
    ContractAgreed,
    Deliver,
    MilestoneAccepted,
    MilestoneAdded,
    MilestoneDelivered,
    MilestoneKind,
    MilestonePartlyAccepted,
    MilestoneStatus,
)
from shared.messages.payments import (
    ChargebackClosed,
    ChargebackOpened,
    EscrowReleased,
    FundingShort,
    MilestoneChargedBack,
    PayoutReturned,
    RefundMade,
)
from shared.money import yen
from shared.people import Person
from tests.support.fakes import NOW
from tests.unit.contracts.acts import ACTS, END, PART, WORK
from tests.unit.contracts.agreed import BONUS, Agreed, content, payout_of
from tests.unit.contracts.payments import handle
from tests.unit.contracts.test_working import fund, refund, release

S = MilestoneStatus


@pytest.fixture
def agreed() -> Agreed:
    return Agreed()


def released(agreed: Agreed, left: int) -> EscrowReleased:
    amounts = dict.fromkeys(
        ("gross", "platform_fee", "platform_fee_tax", "withholding", "net"), yen(1)
    )
    event = agreed.heard(EscrowReleased, **amounts, left=yen(left), release_id=new_id())
    assert isinstance(event, EscrowReleased)
    return event


def refund_made(agreed: Agreed, price: int, *, after_release: bool = False) -> RefundMade:
    facts: dict[str, Any] = {"price": yen(price), "amount": yen(price), "left": yen(0)}
    facts |= {"from_assistant": yen(0), "owed": yen(0), "reason": "agreed"}
    event = agreed.heard(RefundMade, refund_id=new_id(), after_release=after_release, **facts)
    assert isinstance(event, RefundMade)
    return event


def test_the_contract_tells_the_hash_of_its_terms_and_what_is_to_be_done(agreed: Agreed) -> None:
    [told] = agreed.market.told()
    assert isinstance(told, ContractAgreed)
    assert told.terms_sha256 == agreed.market.agreed[agreed.contract.contract_id][-1].sha256
    assert [each.description for each in told.milestones] == ["Five pages"]


def test_a_delivery_tells_its_text_and_the_hashes_of_its_files(agreed: Agreed) -> None:
    fund(agreed)
    kept = [
        files.add_file(
            agreed.contract.contract_id,
            content(letter),
            agreed.assistant,
            agreed.work,
            name=f"{letter}.txt",
            media_type="text/plain",
        )
        for letter in "ba"
    ]
    delivery = Deliver(text="Here", file_ids=tuple(file.file_id for file in kept))
    agreed.market.told()
    working.deliver(agreed.place, delivery, agreed.assistant, agreed.work)
    [told] = agreed.market.told()
    assert isinstance(told, MilestoneDelivered)
    assert (told.text, told.delivered_at) == ("Here", NOW)
    assert told.files == (f"b.txt (SHA-256 {'b' * 64})", f"a.txt (SHA-256 {'a' * 64})")


def test_a_part_is_released_and_the_rest_is_delivered_and_accepted(agreed: Agreed) -> None:
    fund(agreed)
    working.deliver(agreed.place, WORK, agreed.assistant, agreed.work)
    agreed.market.told()
    view = working.accept_part(agreed.place, PART, agreed.client, agreed.work)
    assert (view.status, view.accepted_price) == (S.CHANGES_REQUESTED, yen(20_000))
    assert view.left == yen(30_000)
    assert view.deliveries[-1].change_request == PART.comment
    [told] = agreed.market.told()
    assert isinstance(told, MilestonePartlyAccepted)
    assert (told.price, told.comment) == (yen(20_000), PART.comment)

    part = released(agreed, 30_000)
    for _ in range(2):
        handle(part, agreed.work)
    assert agreed.status() is S.CHANGES_REQUESTED
    working.deliver(agreed.place, WORK, agreed.assistant, agreed.work)
    working.accept(agreed.place, agreed.client, agreed.work)
    handle(released(agreed, 0), agreed.work)
    assert agreed.status() is S.RELEASED
    assert agreed.market.happened()[-6:] == [
        "delivered",
        "partly_accepted",
        "partly_released",
        "delivered",
        "accepted",
        "released",
    ]


def test_a_bonus_is_the_assistants_as_soon_as_it_is_funded(agreed: Agreed) -> None:
    agreed.market.told()
    view = bonuses.give_bonus(agreed.contract.contract_id, BONUS, agreed.client, agreed.work)
    assert (view.kind, view.status) == (MilestoneKind.BONUS, S.AGREED)
    [added] = agreed.market.told()
    assert isinstance(added, MilestoneAdded)
    assert added.milestone.milestone_id == view.milestone_id
    assert str(added.milestone.due_on) == "2026-04-01"
    agreed.milestone_id = view.milestone_id
    for _ in range(2):
        fund(agreed)
    [accepted] = agreed.market.told()
    assert isinstance(accepted, MilestoneAccepted)
    assert accepted.by == "client"
    assert agreed.market.deadlines == []
    release(agreed)
    assert agreed.status() is S.RELEASED
    assert agreed.market.happened() == ["agreed", "bonus_added", "funded", "accepted", "released"]


def test_a_bonus_that_is_taken_back_in_time_is_not_accepted() -> None:
    agreed = Agreed(bonus=True)
    working.ask_to_end(agreed.place, END, agreed.client, agreed.work)
    fund(agreed)
    assert agreed.status() is S.ENDING
    working.agree_to_end(agreed.place, agreed.assistant, agreed.work)
    refund(agreed)
    assert agreed.status() is S.REFUNDED


def test_only_the_client_gives_a_bonus(agreed: Agreed) -> None:
    contract_id = agreed.contract.contract_id
    with pytest.raises(NotAllowed, match="other_party_required"):
        bonuses.give_bonus(contract_id, BONUS, agreed.assistant, agreed.work)
    stranger = Person(new_id(), frozenset({"client"}))
    with pytest.raises(NotFound, match="contract_not_found"):
        bonuses.give_bonus(contract_id, BONUS, stranger, agreed.work)


def test_money_that_is_short_is_told_once_for_each_amount(agreed: Agreed) -> None:
    for received in (1_000, 1_000, 2_000):
        facts = {"received": yen(received), "missing": yen(55_000 - received)}
        handle(agreed.heard(FundingShort, **facts), agreed.work)
    assert agreed.market.happened().count("funding_short") == 2
    assert agreed.status() is S.AGREED


def test_what_is_given_back_from_escrow_is_counted_once(agreed: Agreed) -> None:
    part = refund_made(agreed, 20_000)
    with pytest.raises(Transient, match="milestone_not_there_yet"):
        handle(part, agreed.work)
    fund(agreed)
    for event in (part, part, refund_made(agreed, 5_000, after_release=True)):
        handle(event, agreed.work)
    assert (agreed.status(), agreed.milestone.left) == (S.FUNDED, yen(30_000))
    assert agreed.market.happened().count("refund_made") == 2
    handle(refund_made(agreed, 30_000), agreed.work)
    assert (agreed.status(), agreed.market.deadlines) == (S.RESOLVED, [])


def test_all_given_back_by_agreement_is_refunded(agreed: Agreed) -> None:
    fund(agreed)
    refund(agreed)
    assert (agreed.status(), agreed.market.deadlines) == (S.REFUNDED, [])


@pytest.mark.parametrize("steps", [[], ["deliver"], ["deliver", "accept_part"], ["ask_to_end"]])
def test_a_chargeback_ends_what_has_money_and_stops_its_clocks(
    agreed: Agreed, steps: list[str]
) -> None:
    chargeback = {"chargeback_id": new_id()}
    amount = {"amount": yen(55_000)}
    taken = agreed.heard(MilestoneChargedBack, **chargeback, **amount)
    with pytest.raises(Transient, match="milestone_not_there_yet"):
        handle(taken, agreed.work)
    fund(agreed)
    for step in steps:
        by = agreed.client if step == "accept_part" else agreed.assistant
        ACTS[step](agreed.place, by, agreed)
    opened = agreed.heard(ChargebackOpened, **chargeback, **amount, answer_until=None)
    closed = agreed.heard(ChargebackClosed, **chargeback, won=False)
    for event in (opened, closed, taken) * 2:
        handle(event, agreed.work)
    assert (agreed.status(), agreed.market.deadlines) == (S.CHARGED_BACK, [])
    assert agreed.market.happened()[-3:] == [
        "chargeback_opened",
        "chargeback_lost",
        "charged_back",
    ]


def test_a_chargeback_that_is_won_is_a_line(agreed: Agreed) -> None:
    handle(agreed.heard(ChargebackClosed, chargeback_id=new_id(), won=True), agreed.work)
    assert agreed.market.happened() == ["agreed", "chargeback_won"]


def test_after_the_end_a_chargeback_is_a_line_and_the_milestone_stays(agreed: Agreed) -> None:
    fund(agreed)
    working.deliver(agreed.place, WORK, agreed.assistant, agreed.work)
    working.accept(agreed.place, agreed.client, agreed.work)
    release(agreed)
    taken = agreed.heard(MilestoneChargedBack, chargeback_id=new_id(), amount=yen(55_000))
    for _ in range(2):
        handle(taken, agreed.work)
    assert agreed.status() is S.RELEASED
    assert agreed.market.happened().count("charged_back") == 1


def test_a_payout_is_a_line_for_each_of_its_milestones_and_so_is_its_return(agreed: Agreed) -> None:
    bonus = bonuses.give_bonus(agreed.contract.contract_id, BONUS, agreed.client, agreed.work)
    paid = payout_of(agreed)
    [share] = paid.milestones
    other = share.model_copy(update={"milestone_id": bonus.milestone_id})
    paid = paid.model_copy(update={"milestones": (share, other)})
    returned = PayoutReturned.model_validate(paid.model_dump() | {"failure": "account_closed"})
    for _ in range(2):
        money.note_payout_paid(paid, agreed.work)
        money.note_payout_returned(returned, agreed.work)
    lines = [entry for entry in agreed.market.entries if "pa" in entry.what]
    assert [entry.what for entry in lines] == ["paid_out"] * 2 + ["payout_returned"] * 2
    assert {entry.milestone_id for entry in lines} == {agreed.milestone_id, bonus.milestone_id}
