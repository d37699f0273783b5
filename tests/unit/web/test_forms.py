from datetime import date, datetime, time
from enum import StrEnum

import pytest

from services.web.forms import JAPAN, Attachment, NotFilledIn, Sent, form_at
from services.web.i18n import speaking
from shared.money import Money


def sent(action: str = "/here", **fields: str | list[str]) -> Sent:
    values = {
        name: (value,) if isinstance(value, str) else tuple(value) for name, value in fields.items()
    }
    return Sent(action, values)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12000", 12_000),
        ("12,000", 12_000),
        ("¥12,000", 12_000),
        ("12,000円", 12_000),
        ("\uff11\uff12\uff0c\uff10\uff10\uff10", 12_000),
        (" 1 000 ", 1_000),
    ],
)
def test_yen_are_read_as_people_write_them(typed: str, amount: int) -> None:
    form = sent(price=typed)
    assert form.yen("price") == amount
    assert form.errors == {}


@pytest.mark.parametrize("typed", ["", "-5", "1.5", "a lot", "1e3", "9" * 16, "①"])
def test_what_is_no_amount_is_noted(typed: str) -> None:
    form = sent(price=typed)
    assert form.yen("price") == 0
    assert "price" in form.errors


def test_days_times_and_choices_are_read_or_noted() -> None:
    form = sent(
        day="2026-04-01",
        at="2026-04-01T09:30",
        hour="21:15",
        kind="b",
        box="on",
        some=["x", "y", ""],
    )
    assert form.date("day") == date(2026, 4, 1)
    assert form.moment("at") == datetime(2026, 4, 1, 9, 30, tzinfo=JAPAN)
    assert form.clock_time("hour") == time(21, 15)
    assert form.choice("kind", "a", "b") == "b"
    assert form.flag("box")
    assert not form.flag("other")
    assert form.many("some") == ("x", "y")
    form.must_be_filled_in()
    bad = sent(day="1 April", at="soon", hour="25:00", kind="z", number="x")
    for name, read in (
        ("day", bad.date),
        ("at", bad.moment),
        ("hour", bad.clock_time),
        ("number", bad.uuid),
    ):
        read(name)
        assert name in bad.errors
    bad.choice("kind", "a", "b")
    assert "kind" in bad.errors
    with pytest.raises(NotFilledIn):
        bad.must_be_filled_in()


def test_what_may_be_left_out_is_no_fault() -> None:
    form = sent()
    assert form.text("a", needed=False) == ""
    assert form.optional("b") is None
    assert form.yen("c", needed=False) == 0
    assert form.file("d", needed=False) is None
    form.must_be_filled_in()
    with speaking("en"):
        form.text("a")
    assert form.errors == {"a": "Please fill this in."}


def test_faults_are_told_in_the_order_of_the_fields_on_the_page() -> None:
    typed = sent()
    for name in ("of no field shown", "second", "first"):
        typed.fault(name, "wrong")
    typed.problem = "in all"
    form = form_at("/here", csrf="", initial={}, sent=typed)
    assert [form.called(name, name.title()) for name in ("first", "second")] == ["", ""]
    assert [name for name, _ in form.errors] == ["", "first", "second", "of no field shown"]


def test_a_file_is_read_as_it_came() -> None:
    attached = Attachment("a.txt", "text/plain", b"x")
    form = Sent("/here", {}, {"file": (attached,)})
    assert form.file("file") == attached
    assert form.attached("file") == (attached,)


class Kind(StrEnum):
    ONE = "one"


def test_a_form_has_its_initial_values_and_after_a_refusal_what_was_typed() -> None:
    initial = {
        "name": "A",
        "price": Money(amount=500),
        "on": date(2026, 4, 1),
        "box": True,
        "off": False,
        "none": None,
        "kind": Kind.ONE,
        "kinds": frozenset({"b", "a"}),
    }
    fresh = form_at("/here?x=1", csrf="c", initial=initial, sent=None)
    assert [
        fresh.value(name) for name in ("name", "price", "on", "box", "off", "none", "kind")
    ] == [
        "A",
        "500",
        "2026-04-01",
        "on",
        "",
        "",
        "one",
    ]
    assert fresh.values("kinds") == ("a", "b")
    assert not fresh.refused

    came = sent(name="B", _key="k", password="secret")
    came.fault("name", "Too short.")
    came.problem = "No."
    again = form_at("/here?x=1", csrf="c", initial=initial, sent=came)
    assert again.value("name") == "B"
    assert again.value("price") == ""
    assert again.value("password") == ""
    assert again.key == "k"
    assert again.errors == (("", "No."), ("name", "Too short."))
    assert again.error("name") == "Too short."

    other = form_at("/there", csrf="c", initial=initial, sent=came)
    assert other.value("name") == "A"
    assert other.key != "k"


def test_of_forms_with_one_action_only_the_one_that_was_sent_has_what_was_typed() -> None:
    came = sent(code="1", _form="second")
    first = form_at("/here", csrf="c", initial={}, sent=came, name="first")
    second = form_at("/here", csrf="c", initial={}, sent=came, name="second")
    assert (first.refused, second.refused) == (False, True)
