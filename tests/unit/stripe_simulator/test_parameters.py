"""What the simulator takes: form encoding, types, names at any depth."""

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from tests.support.stripe_forms import decoded
from tools.stripe_simulator.errors import StripeError
from tools.stripe_simulator.forms import decode
from tools.stripe_simulator.parameters import checked


def refused(form: str, types: str = "TransferCreate") -> dict[str, Any]:
    with pytest.raises(StripeError) as refusal:
        checked(decode(form), types, textual=True)
    error: dict[str, Any] = refusal.value.body["error"]
    return error


def test_a_form_becomes_nested_values_in_their_types() -> None:
    form = "amount=5&currency=jpy&destination=acct_1&metadata[a]=b&expand[]=x&expand[]=y"
    assert checked(decode(form), "TransferCreate", textual=True) == {
        "amount": 5,
        "currency": "jpy",
        "destination": "acct_1",
        "metadata": {"a": "b"},
        "expand": ["x", "y"],
    }


def test_lists_of_hashes_are_read_by_their_numbers() -> None:
    form = "items[0][a]=1&items[1][a]=2&items[0][b][]=3"
    assert decode(form) == {"items": [{"a": "1", "b": ["3"]}, {"a": "2"}]}


def test_an_unknown_name_is_refused_wherever_it_is() -> None:
    assert refused("currency=jpy&destination=a&colour=red")["code"] == "parameter_unknown"
    deep = refused("line_items[0][price_data][curency]=jpy", "checkout.SessionCreate")
    assert deep["param"] == "line_items[0][price_data][curency]"


def test_a_missing_parameter_is_named() -> None:
    error = refused("currency=jpy")
    assert (error["code"], error["param"]) == ("parameter_missing", "destination")


@pytest.mark.parametrize("amount", ["ten", "1.5", "", "1e3", "[1]"])
def test_an_amount_must_be_a_whole_number(amount: str) -> None:
    error = refused(f"amount={amount}&currency=jpy&destination=a")
    assert error["code"] == "parameter_invalid_integer"


@pytest.mark.parametrize("form", ["metadata=x", "metadata[a][b]=c", "expand=x"])
def test_text_isn_t_taken_for_a_hash_or_a_list(form: str) -> None:
    assert refused(f"currency=jpy&destination=a&{form}")["type"] == "invalid_request_error"


def test_metadata_can_be_emptied() -> None:
    given_text = checked({"metadata": ""}, "TransferUpdate", textual=True)
    assert given_text == {"metadata": ""}


def test_json_keeps_its_types() -> None:
    with pytest.raises(StripeError):
        checked({"display_name": 5}, "v2.core.AccountCreate", textual=False)


TEXT = st.text("a =&[]%+日é")
NAMES = st.text("abc", min_size=1)


@given(
    st.dictionaries(
        NAMES,
        TEXT | st.lists(TEXT, min_size=1) | st.dictionaries(NAMES, TEXT, min_size=1),
    )
)
def test_both_readers_of_forms_read_the_same(tree: dict[str, Any]) -> None:
    text = urlencode(list(_api_encode(tree)))
    assert decode(text) == decoded(text) == tree
