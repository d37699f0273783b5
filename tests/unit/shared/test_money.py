import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.money import MAX_MINOR, Money, PositiveMoney, yen

AMOUNTS = st.integers(min_value=0, max_value=MAX_MINOR // 2)


@given(AMOUNTS, AMOUNTS)
def test_what_is_added_can_be_taken_away_again(one: int, other: int) -> None:
    assert yen(one) + yen(other) - yen(other) == yen(one)


@given(AMOUNTS, st.integers(min_value=0, max_value=10_000))
def test_a_share_and_its_rest_are_the_whole(amount: int, basis_points: int) -> None:
    share = yen(amount).share(basis_points)
    assert share + (yen(amount) - share) == yen(amount)
    assert share.amount <= amount * basis_points / 10_000


def test_two_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="don't mix"):
        yen(1) + Money(amount=1, currency="EUR")


@pytest.mark.parametrize("amount", [-1, 1.5, 1.0, "1", MAX_MINOR + 1, None, True])
def test_an_amount_that_is_no_whole_number_of_yen_is_refused(amount: object) -> None:
    with pytest.raises(ValidationError, match="amount"):
        Money.model_validate({"amount": amount, "currency": "JPY"})


def test_money_never_falls_below_zero() -> None:
    with pytest.raises(ValidationError):
        yen(1) - yen(2)


def test_a_price_of_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        PositiveMoney(amount=0)


def test_a_price_leaves_room_for_its_tax_and_is_in_yen() -> None:
    PositiveMoney(amount=MAX_MINOR // 2)
    with pytest.raises(ValidationError, match="amount"):
        PositiveMoney(amount=MAX_MINOR // 2 + 1)
    with pytest.raises(ValidationError, match="currency"):
        PositiveMoney.model_validate({"amount": 1, "currency": "EUR"})
