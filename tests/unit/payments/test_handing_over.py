"""A milestone that another assistant takes over: its money goes along, to the yen."""

from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

import pytest

from services.payments.domain.journal import StoredEntry, StoredLine
from services.payments.domain.ledger import JournalEntry
from services.payments.domain.news import ChargebackChanged
from services.payments.domain.postings import Account, Fact
from services.payments.domain.trace import Node, flows_of, standings, steps_of
from services.payments.ports import Clients, Work
from services.payments.use_cases import (
    chargebacks,
    escrow,
    handing_over,
    refunds,
    releases,
)
from shared.errors import Rejected, Transient
from shared.ids import new_id
from shared.messages.amendments import PriceReduced
from shared.messages.contracts import MilestoneAccepted, MilestoneEnded
from shared.messages.jobs import Mode
from shared.messages.payments import (
    EscrowReleased,
    EscrowStatus,
    MilestoneFunded,
)
from shared.money import yen
from tests.support.fakes import NOW
from tests.unit.payments.checks import check_sums
from tests.unit.payments.paid import Paid


@pytest.fixture(params=Mode)
def paid(request: pytest.FixtureRequest) -> Paid:
    return Paid(request.param)


# Of a price of 50,000: what is in escrow, with tax 5,000 and withholding 5,105; and of 20,000.
HELD = {Mode.PRINCIPAL: (55_000, 22_000), Mode.BROKERED: (49_895, 19_958)}


@pytest.mark.parametrize("twice", [False, True])
def test_the_rest_moves_to_the_yen_and_the_part_is_released(paid: Paid, twice: bool) -> None:  # noqa: FBT001
    told = paid.handed(20_000)
    for _ in range(2 if twice else 1):
        paid.hear(told)
    old, new = paid.get(told.milestone_id), paid.get(told.to_milestone.milestone_id)
    whole, part = HELD[old.contract.mode]
    assert (old.status, new.status) == (EscrowStatus.HANDED_OVER, EscrowStatus.FUNDED)
    assert paid.in_books(told.milestone_id) == 0
    assert paid.in_books(new.milestone_id) == new.held.amount == whole - part
    assert new.cost.price + new.cost.tax == yen(33_000)
    assert new.cost.withholding + yen(2_042) == old.cost.withholding
    [released] = paid.told(EscrowReleased, told.milestone_id)
    assert (released.gross, released.left) == (yen(part), yen(0))
    assert released.assistant_id == paid.assistant.person_id
    [funded] = paid.told(MilestoneFunded, new.milestone_id)
    assert (funded.amount, funded.price) == (yen(whole - part), yen(30_000))
    assert funded.assistant_id == paid.substitute.person_id
    check_sums(paid.transactions.now)


def test_nothing_for_the_work_so_far_moves_all_of_it(paid: Paid) -> None:
    told = paid.handed(0)
    paid.hear(told)
    new = paid.get(told.to_milestone.milestone_id)
    assert new.cost == new.left == paid.get(told.milestone_id).cost
    assert paid.told(EscrowReleased, told.milestone_id) == []
    check_sums(paid.transactions.now)


def test_it_waits_for_the_contract_that_follows_and_for_the_payment(paid: Paid) -> None:
    told = paid.handed(20_000)
    with pytest.raises(Transient):
        paid.hear(told.model_copy(update={"to_contract_id": new_id()}))
    unpaid = paid.fact(paid.number + 1)["milestone_id"]
    with pytest.raises(Transient):
        paid.hear(told.model_copy(update={"milestone_id": unpaid}))


def test_what_had_gone_back_meanwhile_is_not_moved_and_contracts_is_told(paid: Paid) -> None:
    told = paid.handed(20_000)
    paid.refund(told.milestone_id, 10_000)
    paid.hear(told)
    new = paid.get(told.to_milestone.milestone_id)
    [funded] = paid.told(MilestoneFunded, new.milestone_id)
    assert funded.price == new.left.price == yen(20_000)
    check_sums(paid.transactions.now)


@pytest.mark.parametrize(("back", "released"), [(50_000, []), (40_000, [yen(10_000)])])
def test_without_money_the_milestone_that_follows_waits_to_be_paid_for(
    paid: Paid, back: int, released: list[Any]
) -> None:
    told = paid.handed(20_000)
    paid.refund(told.milestone_id, back)
    for _ in range(2):
        paid.hear(told)
    new = paid.get(told.to_milestone.milestone_id)
    assert (new.status, new.cost.price) == (EscrowStatus.UNFUNDED, yen(30_000))
    parts = paid.transactions.now.releases.of_milestone(told.milestone_id)
    assert [each.price for each in parts] == released
    check_sums(paid.transactions.now)
    paid.pay(len(paid.facts) - 1)
    assert paid.in_books(new.milestone_id) == new.cost.funded.amount


def test_both_milestones_give_back_by_the_charge_that_paid(paid: Paid) -> None:
    told = paid.handed(20_000)
    paid.hear(told)
    ended = MilestoneEnded(**paid.facts[-1], by="agreement", ended_at=NOW)
    with paid.transactions.begin() as work:
        escrow.end(ended, work)
    paid.refund(told.milestone_id, 20_000)
    paid.settle()
    [charge] = paid.processor.charges.values()
    assert charge.refunded == charge.amount
    check_sums(paid.transactions.now)
    with pytest.raises(Rejected, match="price_not_within"):
        paid.refund(told.milestone_id, 1)


@pytest.mark.parametrize("moved_before", [True, False])
@pytest.mark.parametrize("won", [True, False])
def test_a_chargeback_freezes_what_moved_and_takes_it_where_it_is(
    paid: Paid,
    won: bool,  # noqa: FBT001
    moved_before: bool,  # noqa: FBT001
) -> None:
    told = paid.handed(20_000)
    [charge] = paid.processor.charges
    if moved_before:
        paid.hear(told)
    paid.processor.dispute(charge, 100)
    paid.settle()
    if not moved_before:
        paid.hear(told)
    assert paid.get(told.milestone_id).frozen == 1
    assert paid.get(told.to_milestone.milestone_id).frozen == 1
    check_sums(paid.transactions.now)
    paid.processor.decide(charge, won=won)
    paid.settle()
    new = paid.get(told.to_milestone.milestone_id)
    assert new.status is (EscrowStatus.FUNDED if won else EscrowStatus.CHARGED_BACK)
    assert paid.get(told.milestone_id).status is EscrowStatus.HANDED_OVER
    check_sums(paid.transactions.now)


def test_a_chargeback_that_meets_a_hand_over_looks_again_at_who_has_the_money(paid: Paid) -> None:
    told = paid.handed(20_000)
    [charge] = paid.processor.charges
    paid.processor.dispute(charge, 100)
    news = next(e for e in paid.processor.told.values() if isinstance(e, ChargebackChanged))

    @dataclass(frozen=True)
    class Meanwhile:
        """Another process hands the milestone over before the last lock is had."""

        work: Work

        def lock(self, client_id: UUID) -> None:
            handing_over.hand_over(told, self.work)
            self.work.clients.lock(client_id)

    with pytest.raises(Transient, match="money_moved_meanwhile"), paid.transactions.begin() as work:
        chargebacks.changed(news, replace(work, clients=cast("Clients", Meanwhile(work))))
    paid.hear(told)
    paid.settle()
    assert paid.get(told.to_milestone.milestone_id).frozen == 1
    check_sums(paid.transactions.now)


def test_a_lower_price_is_told_of_before_the_rest_moves(paid: Paid) -> None:
    told = paid.handed(20_000, rest=20_000)
    with pytest.raises(Transient, match="price_change_not_known_yet"):
        paid.hear(told)
    reduced = PriceReduced(
        **paid.fact(paid.number), amendment_id=new_id(), price=yen(40_000), reduced_at=NOW
    )
    with paid.transactions.begin() as work:
        refunds.reduce_price(reduced, work)
    paid.hear(told)
    new = paid.get(told.to_milestone.milestone_id)
    assert new.left.price == yen(20_000)
    check_sums(paid.transactions.now)


def test_the_fee_of_whoever_goes_on_begins_anew(paid: Paid) -> None:
    told = paid.handed(20_000)
    paid.hear(told)
    accepted = MilestoneAccepted(**paid.facts[-1], by="client", accepted_at=NOW)
    with paid.transactions.begin() as work:
        releases.release_escrows([accepted], work)
    [released] = paid.told(EscrowReleased, told.to_milestone.milestone_id)
    assert released.platform_fee == yen(33_000 * 20 // 100)
    check_sums(paid.transactions.now)


def test_the_way_of_the_money_adds_up_for_each_of_the_two_and_for_both(paid: Paid) -> None:
    told = paid.handed(20_000)
    paid.hear(told)
    [entry] = [e for e in posted(paid) if e.fact is Fact.ESCROW_MOVED]
    [step] = steps_of(stored(entry))
    old, new = str(told.milestone_id), str(told.to_milestone.milestone_id)
    others = Node("outside:other_milestone")
    for seen, giver, taker in (
        ({old}, Node(Account.ESCROW, old), others),
        ({new}, others, Node(Account.ESCROW, new)),
        ({old, new}, Node(Account.ESCROW, old), Node(Account.ESCROW, new)),
    ):
        [flow] = flows_of(step.between(frozenset(seen)))
        assert (flow.giver, flow.taker) == (giver, taker)
    steps = [each for entry in posted(paid) for each in steps_of(stored(entry))]
    there = {
        each.node: each.there
        for each in standings(flow for step in steps for flow in flows_of(step))
        if each.node.account == Account.ESCROW
    }
    assert there == {
        Node(Account.ESCROW, old): 0,
        Node(Account.ESCROW, new): paid.in_books(UUID(new)),
    }


def posted(paid: Paid) -> list[JournalEntry]:
    return list(paid.transactions.now.books.posted.values())


def stored(entry: JournalEntry) -> StoredEntry:
    lines = (
        StoredLine(number, e.account, str(e.owner) if e.owner else None, e.debit, e.credit)
        for number, e in enumerate(entry.lines, start=1)
    )
    return StoredEntry(
        1,
        entry.fact,
        str(entry.reference),
        entry.source,
        entry.currency,
        entry.occurred_at,
        tuple(lines),
    )
