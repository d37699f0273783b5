"""What a refund takes back of what was released."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain.rates import NOTHING, Rates, Tier, amounts, divide
from services.payments.domain.release import Release, reverse, sum_of, take_owed
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.jobs import Mode
from shared.money import yen

NOW = datetime(2026, 4, 1, tzinfo=UTC)
RATES = Rates(
    1_000,
    (Tier(0, 2_000), Tier(100_000, 1_000), Tier(200_000, 500)),
    (Tier(0, 1_021), Tier(1_000_000, 2_042)),
)


def released(price: int, mode: Mode) -> Release:
    cost = amounts(yen(price), mode, RATES)
    division = divide(cost, mode, RATES, NOTHING)
    return Release(
        release_id=new_id(),
        milestone_id=new_id(),
        assistant_id=new_id(),
        source="accepted",
        price=cost.price,
        tax=cost.tax,
        division=division,
        owed=division.net,
        released_at=NOW,
        payday=NOW.date(),
    )


@given(st.lists(st.integers(1, 300_000), min_size=1, max_size=3), st.sampled_from(Mode), st.data())
def test_refunds_in_parts_give_back_all_that_was_paid_and_the_right_tax_on_each(
    prices: list[int], mode: Mode, data: st.DataObject
) -> None:
    releases = [released(price, mode) for price in prices]
    paid = sum_of(each.division.gross for each in releases)
    left, back = sum(prices), NOTHING
    for last in (False, False, False, False, True):
        part = left if last else data.draw(st.integers(0, left))
        for each in reverse(releases, yen(part), RATES):
            back += each.division.gross
            assert abs(each.tax.amount - each.price.amount / 10) < 1
        left -= part
    assert back == paid
    assert all(each.division.gross == each.price == each.tax == NOTHING for each in releases)


def test_the_newest_release_goes_back_first() -> None:
    first, second = released(50_000, Mode.PRINCIPAL), released(30_000, Mode.PRINCIPAL)
    second.released_at += timedelta(days=1)
    reversals = reverse([first, second], yen(40_000), RATES)
    assert [(each.release.release_id, each.price) for each in reversals] == [
        (second.release_id, yen(30_000)),
        (first.release_id, yen(10_000)),
    ]
    assert sum_of(each.division.gross for each in reversals) == yen(44_000)


def test_no_more_goes_back_than_was_released() -> None:
    with pytest.raises(Rejected, match="price_not_within"):
        reverse([released(50_000, Mode.BROKERED)], yen(50_001), RATES)


def test_what_is_owed_is_taken_as_far_as_there_is() -> None:
    payable = [released(1_000, Mode.PRINCIPAL), released(1_000, Mode.PRINCIPAL)]
    owed = payable[0].owed
    assert take_owed(payable, owed + yen(1)) == owed + yen(1)
    assert [each.owed for each in payable] == [NOTHING, owed - yen(1)]
    assert take_owed(payable, yen(10_000)) == owed - yen(1)
