"""Fees, taxes and withholding to the yen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain.rates import (
    NOTHING,
    Division,
    Rates,
    Tier,
    amounts,
    divide,
    marginal,
)
from shared.errors import Rejected
from shared.messages.jobs import Mode
from shared.money import MAX_MINOR, Money, yen

FEES = (Tier(0, 2_000), Tier(100_000, 1_000), Tier(200_000, 500))
WITHHOLDING = (Tier(0, 1_021), Tier(1_000_000, 2_042))
RATES = Rates(1_000, FEES, WITHHOLDING)
UNCOVERED = Rates(1_000, FEES, ())

prices = st.integers(1, 10**12)
modes = st.sampled_from(Mode)
rates = st.sampled_from((RATES, UNCOVERED))


def test_the_worked_example_in_principal_mode() -> None:
    cost = amounts(yen(50_000), Mode.PRINCIPAL, RATES)
    assert (cost.tax, cost.withholding, cost.funded) == (yen(5_000), yen(5_105), yen(55_000))
    parts = divide(cost, Mode.PRINCIPAL, RATES, NOTHING)
    assert (parts.platform_fee, parts.platform_fee_tax) == (yen(11_000), yen(1_100))
    assert (parts.withholding, parts.net) == (yen(5_105), yen(37_795))


def test_the_worked_example_in_brokered_mode() -> None:
    cost = amounts(yen(50_000), Mode.BROKERED, RATES)
    assert (cost.tax, cost.withholding, cost.funded) == (yen(5_000), yen(5_105), yen(49_895))
    parts = divide(cost, Mode.BROKERED, RATES, NOTHING)
    assert (parts.platform_fee, parts.platform_fee_tax) == (yen(11_000), yen(1_100))
    assert (parts.withholding, parts.net) == (NOTHING, yen(37_795))


@pytest.mark.parametrize(
    ("amount", "fee"),
    [
        (0, 0),
        (4, 0),
        (5, 1),
        (100_000, 20_000),
        (100_009, 20_000),
        (100_010, 20_001),
        (200_000, 30_000),
        (200_020, 30_001),
        (1_000_000, 70_000),
    ],
)
def test_the_fee_is_marginal_and_rounded_down(amount: int, fee: int) -> None:
    assert marginal(amount, FEES) == fee


@pytest.mark.parametrize(
    ("price", "withheld"), [(9, 0), (10, 1), (1_000_000, 102_100), (1_500_000, 204_200)]
)
def test_more_is_withheld_of_what_is_above_a_million(price: int, withheld: int) -> None:
    assert amounts(yen(price), Mode.PRINCIPAL, RATES).withholding == yen(withheld)


def test_nothing_is_withheld_from_kinds_of_work_that_are_not_covered() -> None:
    assert amounts(yen(50_000), Mode.BROKERED, UNCOVERED).funded == yen(55_000)


@given(prices, modes, rates, st.integers(0, 10**12))
def test_the_parts_always_add_up_to_what_was_funded(
    price: int, mode: Mode, in_force: Rates, before: int
) -> None:
    cost = amounts(yen(price), mode, in_force)
    parts = divide(cost, mode, in_force, yen(before))
    assert parts.gross == cost.funded


@given(prices, rates, st.integers(0, 10**12))
def test_the_assistant_receives_the_same_in_both_modes(
    price: int, in_force: Rates, before: int
) -> None:
    nets = {
        divide(amounts(yen(price), mode, in_force), mode, in_force, yen(before)).net
        for mode in Mode
    }
    assert len(nets) == 1


@given(st.lists(prices, min_size=1, max_size=8))
def test_dividing_a_contract_into_milestones_does_not_change_its_fee(parts: list[int]) -> None:
    accumulated, total = NOTHING, NOTHING
    for price in parts:
        cost = amounts(yen(price), Mode.PRINCIPAL, RATES)
        total += divide(cost, Mode.PRINCIPAL, RATES, accumulated).platform_fee
        accumulated += cost.price + cost.tax
    assert total.amount == marginal(accumulated.amount, FEES)


def test_a_currency_without_rates_is_refused() -> None:
    with pytest.raises(Rejected, match="currency_not_supported"):
        amounts(Money(amount=100, currency="USD"), Mode.BROKERED, RATES)


def test_a_price_beyond_exact_numbers_is_refused() -> None:
    with pytest.raises(Rejected, match="price_too_large"):
        amounts(yen(MAX_MINOR), Mode.BROKERED, RATES)


@given(prices, modes, rates, st.data())
def test_parts_of_a_price_add_up_to_the_whole(
    price: int, mode: Mode, in_force: Rates, data: st.DataObject
) -> None:
    left = amounts(yen(price), mode, in_force)
    whole, released = left, []
    accumulated = NOTHING
    while left.price:
        part = left.part(yen(data.draw(st.integers(1, left.price.amount))), mode, 1_000)
        exact = part.price.amount / 10
        assert abs(part.tax.amount - exact) < 1
        left -= part
        released.append(divide(part, mode, in_force, accumulated))
        accumulated += part.price + part.tax
        if len(released) == 5 and left.price:
            part, left = left, left - left
            released.append(divide(part, mode, in_force, accumulated))
    assert sum(each.gross.amount for each in released) == whole.funded.amount
    assert left.tax == left.withholding == left.funded == NOTHING


@pytest.mark.parametrize("price", [0, 50_001])
def test_a_part_is_more_than_nothing_and_at_most_what_is_left(price: int) -> None:
    cost = amounts(yen(50_000), Mode.BROKERED, RATES)
    with pytest.raises(Rejected, match="price_not_within"):
        cost.part(yen(price), Mode.BROKERED, 1_000)


shares = st.integers(0, 10**9).map(yen)


@given(st.builds(Division, shares, shares, shares, shares), st.data())
def test_what_goes_back_in_parts_is_what_everybody_had(
    division: Division, data: st.DataObject
) -> None:
    price, kept = data.draw(st.integers(1, 10**6)), division
    for last in (False, False, False, False, True):
        part = price if last else data.draw(st.integers(0, price - 1))
        gross = yen(kept.gross.amount * part // price)
        kept -= kept.share(part, price, gross)  # Money can't be below zero
        price -= part
    assert kept.gross == NOTHING
