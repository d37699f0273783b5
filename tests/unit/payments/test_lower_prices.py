"""A lower price of what is in escrow: the difference goes back, whatever else happens meanwhile."""

import pytest

from services.payments.domain.postings import Account
from services.payments.use_cases import releases
from shared.messages.contracts import MilestoneAccepted
from shared.messages.jobs import Mode
from shared.messages.payments import EscrowStatus
from shared.money import yen
from tests.support.fakes import NOW
from tests.unit.payments.checks import check_sums
from tests.unit.payments.paid import Paid

# Of a price of 50,000: what is in escrow, and what of it is for 20,000.
HELD = {Mode.PRINCIPAL: (55_000, 22_000), Mode.BROKERED: (49_895, 19_958)}


@pytest.fixture(params=Mode)
def paid(request: pytest.FixtureRequest) -> Paid:
    return Paid(request.param)


def disputed(paid: Paid, share: int = 100) -> str:
    [charge] = paid.processor.charges
    paid.processor.dispute(charge, share)
    paid.settle()
    return charge


def decide(paid: Paid, charge: str, *, won: bool) -> None:
    paid.processor.decide(charge, won=won)
    for _ in range(2):
        paid.settle()
    check_sums(paid.transactions.now)


def given_back(paid: Paid) -> list[tuple[int, str]]:
    found = paid.transactions.now.refunds.of_milestone(paid.fact(paid.number)["milestone_id"])
    return [(each.amount.amount, each.status) for each in found]


def test_a_lower_price_waits_for_the_bank_and_goes_back_when_the_chargeback_is_won(
    paid: Paid,
) -> None:
    milestone_id = paid.fact(paid.number)["milestone_id"]
    whole, part = HELD[paid.get(milestone_id).contract.mode]
    charge = disputed(paid)
    told = paid.reduced(30_000)
    for _ in range(2):
        paid.reduce(told)
    paid.settle()
    assert paid.get(milestone_id).left.price == yen(30_000)
    assert given_back(paid) == [(part, "asked")]
    assert paid.processor.refunds == {}
    assert paid.transactions.now.operations.due(NOW.replace(year=2100), 10) == []
    decide(paid, charge, won=True)
    assert given_back(paid) == [(part, "confirmed")]
    assert paid.get(milestone_id).held == yen(whole - part)
    assert paid.processor.charges[charge].refunded == part


def test_a_lower_price_gives_nothing_back_when_the_chargeback_is_lost(paid: Paid) -> None:
    milestone_id = paid.fact(paid.number)["milestone_id"]
    charge = disputed(paid)
    paid.reduce(paid.reduced(30_000))
    decide(paid, charge, won=False)
    assert [status for _, status in given_back(paid)] == ["overtaken"]
    assert paid.get(milestone_id).status is EscrowStatus.CHARGED_BACK
    assert paid.processor.refunds == {}
    assert paid.transactions.now.books.sum(Account.ESCROW) == 0


def test_a_bank_that_takes_less_than_the_difference_leaves_the_work_its_money(paid: Paid) -> None:
    milestone_id = paid.fact(paid.number)["milestone_id"]
    whole, part = HELD[paid.get(milestone_id).contract.mode]
    charge = disputed(paid, share=20)
    paid.reduce(paid.reduced(30_000))
    decide(paid, charge, won=False)
    assert paid.get(milestone_id).held == yen(whole - part)
    assert [amount for amount, _ in given_back(paid)] == [part - whole // 5]


def test_what_is_accepted_meanwhile_is_the_lower_price(paid: Paid) -> None:
    charge = disputed(paid)
    paid.reduce(paid.reduced(30_000))
    accepted = MilestoneAccepted(**paid.fact(paid.number), by="client", accepted_at=NOW)
    with paid.transactions.begin() as work:
        releases.release_escrows([accepted], work)
    decide(paid, charge, won=True)
    [released] = paid.transactions.now.releases.of_milestone(accepted.milestone_id)
    assert released.price == yen(30_000)
    assert [status for _, status in given_back(paid)] == ["confirmed"]
