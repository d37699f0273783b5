"""The way of the money over a real database: two milestones of two contracts in one payout."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from services.payments.adapters import tables
from services.payments.domain.ledger import Happening, Part, journal_entry
from services.payments.domain.postings import Fact, Owner
from services.payments.use_cases.tracing import draw_trace, view_trace
from shared.errors import NotFound, Rejected
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.books import TraceView
from shared.money import yen
from shared.people import Person
from tests.integration.payments.ledgers import NOVEMBER, Ledger

NET = {1: 37_795, 2: 7_559}
COST = {1: 55_000, 2: 11_000}


@dataclass
class Paid:
    """A client and an assistant with two contracts, paid for at once and paid out at once."""

    ledger: Ledger
    client: UUID = field(default_factory=new_id)
    assistant: UUID = field(default_factory=new_id)
    contracts: list[UUID] = field(default_factory=lambda: [new_id(), new_id()])
    milestones: list[UUID] = field(default_factory=lambda: [new_id(), new_id()])
    checkout: UUID = field(default_factory=new_id)
    payout: UUID = field(default_factory=new_id)
    charge: str = "ch_both"

    def insert(self, table: Any, **values: object) -> None:
        with self.ledger.database.transaction() as connection:
            connection.execute(table.insert(), values)

    def post(self, fact: Fact, about: UUID, source: str, **parts: Part) -> None:
        owners = {
            Owner.MILESTONE: about,
            Owner.PAYOUT: about,
            Owner.CLIENT: self.client,
            Owner.ASSISTANT: self.assistant,
        }
        self.ledger.post(journal_entry(fact, Happening(about, source, NOVEMBER, owners), **parts))

    def agree(self, number: int) -> None:
        """Keep a contract with one milestone."""
        contract, milestone = self.contracts[number - 1], self.milestones[number - 1]
        self.insert(
            tables.contracts,
            contract_id=contract,
            client_id=self.client,
            assistant_id=self.assistant,
            category="writing",
            mode="principal",
            review_days=7,
            agreed_at=NOVEMBER,
            currency="JPY",
            accumulated=0,
        )
        self.insert(
            tables.escrows,
            milestone_id=milestone,
            contract_id=contract,
            title="A guide",
            due_on=NOVEMBER.date(),
            agreed_at=NOVEMBER,
            currency="JPY",
            price=COST[number] * 10 // 11,
            tax=COST[number] // 11,
            withholding=0,
            funded=COST[number],
            left_price=0,
            left_tax=0,
            left_withholding=0,
            left_funded=0,
            to_refund=0,
            frozen=0,
            status="released",
        )

    def release(self, number: int) -> None:
        """Release a milestone into the payout."""
        milestone, cost, net = self.milestones[number - 1], COST[number], NET[number]
        self.insert(
            tables.fundings,
            milestone_id=milestone,
            charge_id=self.charge,
            amount=cost,
            returned=0,
        )
        self.insert(
            tables.releases,
            release_id=new_id(),
            milestone_id=milestone,
            assistant_id=self.assistant,
            source="accepted",
            currency="JPY",
            price=cost,
            tax=0,
            gross=cost,
            net=net,
            platform_fee=cost - net,
            platform_fee_tax=0,
            withholding=0,
            owed=net,
            released_at=NOVEMBER,
            payday=NOVEMBER.date(),
            payout_id=self.payout,
        )
        self.post(
            Fact.RELEASED,
            milestone,
            f"accepted:{milestone}",
            net=yen(net),
            platform_fee=yen(cost - net),
            platform_fee_tax=yen(0),
            withholding=yen(0),
        )

    def pay(self) -> None:
        """Pay for both, release both, pay both out."""
        self.insert(
            tables.charges,
            charge_id=self.charge,
            client_id=self.client,
            checkout_id=self.checkout,
            method="card",
            currency="JPY",
            amount=66_300,
            fee=2_400,
            captured_at=NOVEMBER,
        )
        self.agree(1)
        self.agree(2)
        self.post(
            Fact.CAPTURED,
            self.checkout,
            self.charge,
            escrow={self.milestones[0]: yen(COST[1]), self.milestones[1]: yen(COST[2])},
            credit=yen(300),
            processor_fee=yen(2_400),
        )
        amount = yen(sum(NET.values()) - 500)
        self.insert(
            tables.payouts,
            payout_id=self.payout,
            assistant_id=self.assistant,
            account_id="acct_1",
            currency="JPY",
            gross=sum(NET.values()),
            transfer_fee=500,
            on_demand=False,
            payday=NOVEMBER.date(),
            status="paid",
            requested_at=NOVEMBER,
        )
        self.release(1)
        self.release(2)
        payout = self.payout
        self.post(Fact.PAYOUT_REQUESTED, payout, "op", amount=amount, transfer_fee=yen(500))
        self.post(Fact.PAYOUT_TRANSFERRED, payout, "tr_1", amount=amount)
        self.post(Fact.PAYOUT_SENT, payout, "po_1", amount=amount)
        self.post(Fact.PAYOUT_PAID, payout, "po_1", amount=amount)

    def trace(self, name: object, by: Person | None = None) -> TraceView:
        """Return a trace as an operator sees it, or as this person does."""
        with self.ledger.transactions.begin() as work:
            return view_trace(str(name), by or OPERATOR, work)


OPERATOR = Person(new_id(), frozenset({Role.OPERATOR}))


@pytest.fixture
def paid(ledger: Ledger) -> Paid:
    """A payment for two milestones, at the end of its way."""
    paid = Paid(ledger)
    paid.pay()
    return paid


def claims(view: TraceView) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in view.rows:
        if row.lane == "claims":
            key = row.from_account, row.to_account
            found[key] = found.get(key, 0) + row.amount
    return found


def test_a_milestones_money_is_followed_from_the_charge_to_the_bank(paid: Paid) -> None:
    view = paid.trace(paid.milestones[0])
    # Of the transfer fee of 500, 416 fall on this milestone: 500 * 37,795 / 45,354, rounded down.
    assert claims(view) == {
        ("outside:client", "liability:escrow"): 55_000,
        ("liability:escrow", "liability:assistant_payable"): 37_795,
        ("liability:escrow", "income:platform_fee"): 17_205,
        ("liability:assistant_payable", "liability:payout_in_transit"): 37_379,
        ("liability:assistant_payable", "income:transfer_fee"): 416,
        ("liability:payout_in_transit", "outside:assistant_bank"): 37_379,
    }
    places = [(row.from_account, row.to_account) for row in view.rows if row.lane == "places"]
    assert places == [
        ("outside:client", "asset:processor_balance"),
        ("asset:processor_balance", "asset:payee_balance"),
        ("asset:payee_balance", "asset:cash_in_transit"),
        ("asset:cash_in_transit", "outside:assistant_bank"),
    ]
    first = view.rows[0]
    assert (first.what, first.object, first.at) == ("captured", "ch_both", NOVEMBER)


def test_milestones_of_one_payout_add_up_to_it(paid: Paid) -> None:
    parts = [claims(paid.trace(each)) for each in paid.milestones]
    whole = claims(paid.trace(paid.payout))
    to_bank = ("liability:payout_in_transit", "outside:assistant_bank")
    fee = ("liability:assistant_payable", "income:transfer_fee")
    for flow in (to_bank, fee):
        assert sum(part[flow] for part in parts) == whole[flow]
    assert whole[to_bank] == sum(NET.values()) - 500


@pytest.mark.parametrize("what", ["charge", "checkout", "client", "assistant", "contracts"])
def test_it_is_found_by_whatever_it_is_called(paid: Paid, what: str) -> None:
    name = getattr(paid, what)
    view = paid.trace(name[0] if isinstance(name, list) else name)
    got = claims(view)[("liability:payout_in_transit", "outside:assistant_bank")]
    assert got == (37_379 if what == "contracts" else sum(NET.values()) - 500)
    credit = ("outside:client", "liability:client_credit")
    assert claims(view).get(credit, 0) == (300 if what in {"charge", "checkout", "client"} else 0)


def test_what_is_still_there_is_told(paid: Paid) -> None:
    view = paid.trace(paid.charge)
    there = {each.account: each.there for each in view.nodes if each.lane == "claims"}
    assert there["liability:client_credit"] == 300
    assert there["liability:escrow"] == there["liability:payout_in_transit"] == 0
    assert there["income:platform_fee"] == sum(COST.values()) - sum(NET.values())


def test_a_party_sees_its_milestone_with_its_own_amounts_and_nothing_else(paid: Paid) -> None:
    for person_id in (paid.client, paid.assistant):
        person = Person(person_id, frozenset())
        view = paid.trace(paid.milestones[0], person)
        owners = {each.owner for each in view.nodes}
        assert str(paid.milestones[1]) not in owners
        accounts = {each.account for each in view.nodes}
        assert not accounts & {"expense:processor_fee", "liability:client_credit"}
        for name in (paid.charge, paid.checkout, paid.payout, paid.contracts[0], person_id):
            with pytest.raises(NotFound, match="trace_not_found"):
                paid.trace(name, person)
    with pytest.raises(NotFound):
        paid.trace(paid.milestones[0], Person(new_id(), frozenset()))


@pytest.mark.parametrize("name", ["ch_none", "nothing", str(UUID(int=7))])
def test_what_there_is_not_is_not_found(paid: Paid, name: str) -> None:
    with pytest.raises(NotFound, match="trace_not_found"):
        paid.trace(name)


def test_too_much_for_one_picture_is_refused(paid: Paid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.payments.adapters.traces.MILESTONES_AT_MOST", 1)
    with pytest.raises(Rejected, match="trace_too_large"):
        paid.trace(paid.client)


def texts(svg: str) -> Iterator[str]:
    for element in ET.fromstring(svg).iter():  # noqa: S314  (our own)
        yield (element.text or "").strip()


def test_the_picture_says_all_that_it_shows_in_words_too(paid: Paid) -> None:
    with paid.ledger.transactions.begin() as work:
        svg = draw_trace(str(paid.milestones[0]), OPERATOR, work)
    root = ET.fromstring(svg)  # noqa: S314  (our own)
    assert root.get("role") == "img"
    labelled = (root.get("aria-labelledby") or "").split()
    ids = {element.get("id"): element for element in root.iter() if element.get("id")}
    assert [ids[each].tag.split("}")[1] for each in labelled] == ["title", "desc"]
    assert "37,379 JPY from Payout in transit to Assistant bank" in (ids["desc"].text or "")
    assert {"55,000", "37,795", "17,205", "37,379", "416"} <= set(texts(svg))
    assert "prefers-color-scheme: dark" in svg
