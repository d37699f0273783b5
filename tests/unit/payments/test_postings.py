"""The posting table, and the entries made of it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain.ledger import Happening, journal_entry, postings_of
from services.payments.domain.postings import ACCOUNTS, MEANINGS, POSTINGS, Account, Fact, Owner
from shared.ids import new_id
from shared.money import MAX_MINOR, Money, yen
from tools.ledger_doc import PLACE, render

NOW = datetime(2026, 4, 1, tzinfo=UTC)


def a_happening() -> Happening:
    return Happening(new_id(), "ch_1", NOW, {owner: new_id() for owner in Owner})


def test_every_fact_has_postings_and_a_meaning() -> None:
    assert {posting.fact for posting in POSTINGS} == set(Fact) == set(MEANINGS)


def test_every_account_is_described_and_used() -> None:
    used = {posting.debit for posting in POSTINGS} | {posting.credit for posting in POSTINGS}
    assert used == set(Account) == set(ACCOUNTS)


def test_the_document_is_what_the_table_renders() -> None:
    assert PLACE.read_text(encoding="utf-8") == render(), "run: make ledger-doc"


@given(st.sampled_from(list(Fact)), st.data())
def test_every_entry_balances_and_has_no_empty_line(fact: Fact, data: st.DataObject) -> None:
    names = sorted({posting.part for posting in postings_of(fact)})
    amounts = data.draw(
        st.lists(st.integers(0, MAX_MINOR), min_size=len(names), max_size=len(names)).filter(any)
    )
    parts = {name: yen(amount) for name, amount in zip(names, amounts, strict=True)}
    entry = journal_entry(fact, a_happening(), **parts)
    assert sum(line.debit for line in entry.lines) == sum(line.credit for line in entry.lines) > 0
    assert all((line.debit == 0) != (line.credit == 0) for line in entry.lines)


def test_a_sub_account_belongs_to_the_one_whom_its_account_is_divided_by() -> None:
    happening = a_happening()
    entry = journal_entry(
        Fact.RELEASED,
        happening,
        net=yen(37_795),
        platform_fee=yen(11_000),
        platform_fee_tax=yen(1_100),
        withholding=yen(5_105),
    )
    owners = {line.account: line.owner for line in entry.lines}
    assert owners[Account.ESCROW] == happening.owners[Owner.MILESTONE]
    assert owners[Account.ASSISTANT_PAYABLE] == happening.owners[Owner.ASSISTANT]
    assert owners[Account.PLATFORM_FEE] is None


def test_what_one_account_gets_on_one_side_is_one_line() -> None:
    entry = journal_entry(
        Fact.RELEASED,
        a_happening(),
        net=yen(37_795),
        platform_fee=yen(11_000),
        platform_fee_tax=yen(1_100),
        withholding=yen(0),
    )
    lines = [(line.account, line.debit, line.credit) for line in entry.lines]
    assert lines == [
        (Account.ESCROW, 49_895, 0),
        (Account.ASSISTANT_PAYABLE, 0, 37_795),
        (Account.PLATFORM_FEE, 0, 11_000),
        (Account.CONSUMPTION_TAX, 0, 1_100),
    ]


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"escrow": yen(1)},
        {"escrow": yen(1), "credit": yen(0), "processor_fee": yen(0), "tip": yen(1)},
        {"escrow": yen(0), "credit": yen(0), "processor_fee": yen(0)},
        {"escrow": yen(1), "credit": yen(0), "processor_fee": Money(amount=1, currency="USD")},
    ],
)
def test_parts_that_do_not_fit_the_table_are_refused(parts: dict[str, Money]) -> None:
    with pytest.raises(ValueError, match="captured"):
        journal_entry(Fact.CAPTURED, a_happening(), **parts)


def test_one_payment_for_several_milestones_is_one_entry() -> None:
    first, second = new_id(), new_id()
    happening = Happening(new_id(), "ch_1", NOW, {})
    entry = journal_entry(
        Fact.CAPTURED,
        happening,
        escrow={first: yen(100), second: yen(50)},
        credit=yen(0),
        processor_fee=yen(5),
    )
    lines = [(line.account, line.owner, line.debit, line.credit) for line in entry.lines]
    assert lines == [
        (Account.PROCESSOR_BALANCE, None, 150, 0),
        (Account.PROCESSOR_FEE, None, 5, 0),
        (Account.ESCROW, first, 0, 100),
        (Account.ESCROW, second, 0, 50),
        (Account.PROCESSOR_BALANCE, None, 0, 5),
    ]
