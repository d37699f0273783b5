"""A milestone that is handed over, over the real database and with Stripe: books and traces."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.payments.use_cases import escrow, handing_over
from shared.ids import new_id
from shared.messages.care import DatesMoved, MovedDate
from shared.messages.contracts import AgreedMilestone
from shared.messages.handovers import MilestoneHandedOver
from shared.messages.jobs import Mode
from shared.money import yen
from tests.integration.payments.market import BASE, Market
from tests.integration.payments.test_chargebacks import decide, dispute

# Of a price of 50,000: what is in escrow, and what of it is of 20,000.
HELD = {Mode.PRINCIPAL: (55_000, 22_000), Mode.BROKERED: (49_895, 19_958)}


def hand_over(market: Market, milestone: UUID, mode: Mode, to: int = 20_000) -> tuple[UUID, Market]:
    """Let somebody else go on with it; return the new milestone, and the market as theirs."""
    theirs = replace(market, assistant=market.api.person("assistant"))
    contract_id = new_id()
    theirs.contracts.agree(mode=mode, contract_id=contract_id)
    new = AgreedMilestone(
        milestone_id=new_id(),
        title="The rest",
        price=yen(50_000 - to),
        due_on=market.today,
        description="Roses",
    )
    told = MilestoneHandedOver(
        contract_id=market.contracts.of_milestone[milestone],
        milestone_id=milestone,
        title="Part 1",
        client_id=market.client.person_id,
        assistant_id=market.assistant.person_id,
        hand_over_id=new_id(),
        to_assistant=yen(to),
        substitute_id=theirs.assistant.person_id,
        to_contract_id=contract_id,
        to_milestone=new,
        handed_over_at=market.api.clock.now(),
    )
    for _ in range(2):
        with market.begin() as work:
            handing_over.hand_over(told, work)
    market.contracts.of_milestone[new.milestone_id] = contract_id
    return new.milestone_id, theirs


def trace(market: Market, name: object, by: Any = None) -> Any:
    answer = (by or market.operator).get(f"{BASE}/traces/{name}", params={"format": "json"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def there(traced: Any, account: str, owner: UUID | None = None) -> int:
    found = [
        each["there"]
        for each in traced["nodes"]
        if each["account"] == account and each["owner"] == (owner and str(owner))
    ]
    return sum(found)


@pytest.mark.parametrize("mode", Mode)
def test_escrow_moves_to_the_yen_and_each_is_released_to_its_own(
    market: Market, mode: Mode
) -> None:
    (old,) = market.agree(50_000, mode=mode)
    market.pay(old)
    new, theirs = hand_over(market, old, mode)
    whole, part = HELD[mode]
    assert market.balance("liability:escrow", old) == 0
    assert market.balance("liability:escrow", new) == whole - part
    assert market.money(old)["status"] == "handed_over"
    assert theirs.money(new)["status"] == "funded"
    theirs.accept(new)
    (first,) = market.money(old)["releases"]
    (second,) = market.money(new)["releases"]
    assert first["gross"]["amount"] + second["gross"]["amount"] == whole
    assert theirs.payable()["payable"]["amount"] == second["net"]["amount"]
    assert market.payable()["payable"]["amount"] == first["net"]["amount"]


def test_a_trace_of_each_adds_up_and_shows_nothing_of_the_other(market: Market) -> None:
    (old,) = market.agree(50_000, mode=Mode.PRINCIPAL)
    market.pay(old)
    charge = market.charge_of(old)
    new, theirs = hand_over(market, old, Mode.PRINCIPAL)
    of_old, of_new = trace(market, old, market.assistant), trace(market, new, theirs.assistant)
    others = "outside:other_milestone"
    assert there(of_old, "liability:escrow", old) == 0
    assert there(of_old, others) == 33_000
    assert there(of_new, "liability:escrow", new) == 33_000
    assert there(of_new, others) == -33_000
    assert str(old) not in str(of_new["nodes"])
    assert str(new) not in str(of_old["nodes"])
    together = trace(market, charge)
    assert there(together, "liability:escrow", new) == 33_000
    assert there(together, "liability:escrow", old) == 0
    assert there(together, others) == 0


def test_both_go_back_by_the_charge_that_paid(market: Market) -> None:
    (old,) = market.agree(50_000)
    market.pay(old)
    charge = market.charge_of(old)
    new, theirs = hand_over(market, old, Mode.BROKERED)
    theirs.end(new)
    assert market.refund(old, 20_000).status_code == 201
    market.settle()
    assert theirs.money(new)["status"] == "refunded"
    back = market.row("SELECT sum(amount) FROM refunds WHERE charge_id = :charge", charge=charge)
    assert back[0] == 49_895


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_bank_that_takes_the_payment_back_finds_both(market: Market, outcome: str) -> None:
    (old,) = market.agree(50_000, mode=Mode.PRINCIPAL)
    market.pay(old)
    new, theirs = hand_over(market, old, Mode.PRINCIPAL)
    name = dispute(market, old)
    assert [market.money(each)["frozen"] for each in (old, new)] == [True, True]
    decide(market, name, outcome)
    assert [market.money(each)["frozen"] for each in (old, new)] == [False, False]
    assert theirs.money(new)["status"] == ("funded" if outcome == "won" else "charged_back")
    assert market.money(old)["status"] == "handed_over"


def test_new_dates_are_kept(market: Market) -> None:
    (milestone,) = market.agree(50_000, due_in_days=80)
    due_on = market.today + timedelta(days=100)
    told = DatesMoved(
        contract_id=new_id(),
        title="A guide",
        client_id=market.client.person_id,
        assistant_id=market.assistant.person_id,
        milestones=(MovedDate(milestone_id=milestone, title="Part 1", due_on=due_on),),
        moved_at=market.api.clock.now(),
    )
    for _ in range(2):
        with market.begin() as work:
            escrow.note_moved(told, work)
    assert market.check_out(milestone).json()["code"] == "processor_hold_exceeded"
