"""The registration number on a qualified invoice."""
# ruff: noqa: RUF001  (people type full width, and mean ASCII)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain.registration import registration_number
from shared.errors import Invalid


def check_digit(rest: str) -> int:
    """Return it as the tax agency says: weights 1 and 2 from the right, 9 less the rest of 9."""
    doubled = sum(int(digit) * (1 + n % 2) for n, digit in enumerate(reversed(rest)))
    return 9 - doubled % 9


NUMBERS = st.from_regex(r"[0-9]{12}", fullmatch=True).map(lambda n: f"T{check_digit(n)}{n}")


@pytest.mark.parametrize(
    "number",
    [
        "T7000012050002",  # the National Tax Agency
        "T1180301018771",  # Toyota Motor
        "T8700110005901",  # the example in explanations of the check digit
    ],
)
def test_numbers_that_are_in_use_are_taken(number: str) -> None:
    assert registration_number(number) == number


@pytest.mark.parametrize(
    "text",
    [
        "Ｔ７００００１２０５０００２",
        "t7000012050002",
        " T 7000 0120 50002\n",
        "T7-0000-1205-0002",
        "Ｔ７－００００－１２０５－０００２",
        "T7\u20100000\u20131205\u22120002",
        "Ｔ７ー００００ー１２０５ー０００２",
        "T7\u30000000\u30001205\u30000002",
    ],
)
def test_however_it_is_typed_it_is_written_in_one_way(text: str) -> None:
    assert registration_number(text) == "T7000012050002"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "T",
        "7000012050002",  # a corporate number: whether it is registered is another question
        "T700001205000",
        "T70000120500020",
        "T700001205000X",
        "U7000012050002",
        "TT7000012050002",
        "T7000012050002 T7000012050002",
        "T٧٠٠٠٠١٢٠٥٠٠٠٢",
    ],
)
def test_what_has_another_shape_is_refused_with_the_shape(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        registration_number(text)
    assert refusal.value.code == "registration_number_invalid"
    assert "T and 13 digits" in refusal.value.detail


def test_a_wrong_check_digit_is_refused_and_says_what_to_look_for() -> None:
    with pytest.raises(Invalid) as refusal:
        registration_number("T7000012050003")
    assert refusal.value.code == "registration_number_invalid"
    assert "compare" in refusal.value.detail


@given(NUMBERS)
def test_every_number_with_its_check_digit_is_taken(number: str) -> None:
    assert registration_number(number) == number


@given(NUMBERS, st.integers(2, 13), st.integers(1, 8))
def test_one_wrong_digit_is_always_found_unless_it_is_a_9_for_a_0(
    number: str, at: int, more: int
) -> None:
    wrong = (int(number[at]) + more) % 10
    if {int(number[at]), wrong} == {0, 9}:
        return
    with pytest.raises(Invalid):
        registration_number(f"{number[:at]}{wrong}{number[at + 1 :]}")
