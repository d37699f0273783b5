"""The figures, the clock and the command line."""

from pathlib import Path

import pytest

from tools.stripe_simulator.clock import SimulatorClock
from tools.stripe_simulator.config import Destination
from tools.stripe_simulator.tables import CARDS, FEES, NAMED_CARDS


@pytest.mark.parametrize(
    ("method", "amount", "fee"),
    [
        ("card", 55_000, 1_980),
        ("card", 50, 2),
        ("card", 13, 0),
        ("card", 14, 1),
        ("konbini", 1_000, 120),
        ("konbini", 100_000, 3_600),
        ("customer_balance", 1_000, 50),
        ("customer_balance", 10_000, 150),
    ],
)
def test_fees_are_rounded_half_up_and_have_a_minimum(method: str, amount: int, fee: int) -> None:
    assert FEES[method].of(amount) == fee


@pytest.mark.parametrize("number", CARDS)
def test_test_cards_have_the_check_digit_of_a_card(number: str) -> None:
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    assert (sum(digits[::2]) + sum(doubled)) % 10 == 0


def test_named_cards_are_in_the_table() -> None:
    assert set(NAMED_CARDS.values()) <= set(CARDS)


def test_the_clock_is_turned_by_its_file(tmp_path: Path) -> None:
    one, other = SimulatorClock(tmp_path / "clock"), SimulatorClock(tmp_path / "clock")
    before = other.seconds()
    one.advance(3_600)
    assert 3_600 <= other.seconds() - before < 3_660
    one.turn_to(2_000_000_000)
    assert abs(other.now() - 2_000_000_000) <= 1
    assert other.iso().startswith("2033-05-18T03:33:2") or other.iso().endswith("Z")


def test_a_destination_names_url_secret_payload_and_types() -> None:
    url = "http://127.0.0.1:1/hook?a=b"
    assert Destination.parse(f"{url}=whsec_x") == Destination(url, "whsec_x", "snapshot")
    assert Destination.parse(f"{url}=whsec_x=thin") == Destination(url, "whsec_x", "thin")
    some = Destination.parse(f"{url}=whsec_x=thin=v2.core.account[requirements].updated,a.b")
    assert some.types == ("v2.core.account[requirements].updated", "a.b")
    assert some.wants("a.b")
    assert not some.wants("a.c")
    assert Destination.parse(f"{url}=whsec_x").wants("a.c")


@pytest.mark.parametrize(
    "text", ["", "whsec_x", "http://x", "http://x=secret", "http://x=whsec_x=fat"]
)
def test_an_unclear_destination_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not URL="):
        Destination.parse(text)
