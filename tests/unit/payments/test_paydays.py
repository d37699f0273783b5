"""Paydays over the fakes: one assistant's trouble is nobody else's."""

import logging
from uuid import UUID

import pytest

from services.payments.domain.escrow import Contract, Escrow
from services.payments.domain.ledger import Happening, journal_entry
from services.payments.domain.payee import Payee
from services.payments.domain.postings import Fact
from services.payments.domain.rates import NOTHING, amounts, divide
from services.payments.domain.release import Release
from services.payments.ports import Work
from services.payments.use_cases.paydays import pay_due
from shared.calendar import day_in_japan
from shared.ids import new_id
from shared.messages.jobs import Category, Mode
from shared.messages.payments import EscrowStatus, PayeeStatus
from shared.money import yen
from tests.support.fakes import NOW
from tests.unit.payments.fakes import RATES, FakeTransactions


def owe(work: Work, *, booked: bool) -> UUID:
    """Owe an active payee something that is due today; not booked, it can't be paid."""
    assistant_id = new_id()
    contract = Contract(new_id(), new_id(), assistant_id, Category.WRITING, Mode.PRINCIPAL, 7, NOW)
    cost = amounts(yen(50_000), Mode.PRINCIPAL, RATES)
    left = cost - cost
    escrow = Escrow(new_id(), contract, "Guide", NOW.date(), NOW, cost, left, EscrowStatus.RELEASED)
    work.escrows.agree(contract, [escrow])
    division = divide(cost, Mode.PRINCIPAL, RATES, NOTHING)
    release = Release(
        release_id=new_id(),
        milestone_id=escrow.milestone_id,
        assistant_id=assistant_id,
        source="accepted",
        price=cost.price,
        tax=cost.tax,
        division=division,
        owed=division.net,
        released_at=NOW,
        payday=day_in_japan(NOW),
    )
    work.releases.add([release])
    work.payees.save(Payee(assistant_id, f"acct_{assistant_id}", PayeeStatus.ACTIVE))
    if booked:
        captured = journal_entry(
            Fact.CAPTURED,
            Happening(escrow.milestone_id, str(new_id()), NOW, escrow.owners),
            escrow=cost.funded,
            credit=NOTHING,
            processor_fee=NOTHING,
        )
        released = journal_entry(
            Fact.RELEASED,
            Happening(escrow.milestone_id, str(release.release_id), NOW, escrow.owners),
            net=division.net,
            platform_fee=division.platform_fee,
            platform_fee_tax=division.platform_fee_tax,
            withholding=division.withholding,
        )
        work.books.post([captured, released])
    return assistant_id


def test_what_is_wrong_with_one_keeps_nobody_else_from_their_money(
    caplog: pytest.LogCaptureFixture,
) -> None:
    transactions = FakeTransactions()
    with transactions.begin() as work:
        broken = {owe(work, booked=False), owe(work, booked=False)}
        paid = {owe(work, booked=True) for _ in range(3)}
    with caplog.at_level(logging.CRITICAL):
        assert pay_due(transactions) == len(paid)
    payouts = transactions.now.payouts.payouts.values()
    assert {each.assistant_id for each in payouts} == paid
    assert broken.isdisjoint(paid)
