import json
import logging
from uuid import UUID

import pytest
from pydantic import BaseModel

from shared.observability.logs import JsonFormatter
from shared.observability.privacy import impersonal


class Person(BaseModel):
    email: int


def line_of(message: str, *, error: BaseException | None = None, **extra: object) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("shared", logging.ERROR, __file__, 1, message, (), info)
    vars(record).update(extra)
    return JsonFormatter().format(record)


PERSONAL = [
    "hanako.sato@example.co.jp is there already",
    "佐藤花子さんの請求書",
    'invalid input syntax for type uuid: "Hanako Sato\'s private note"',
    "could not convert 'Please call me at home'",
    "account 1234567 at the bank",
    "+819012345678 does not answer",
    "asked by 203.0.113.77",
    "Bearer eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTkzIn0.c2lnbmF0dXJlc2lnbmF0dXJl",
    "duplicate key\nDETAIL:  Key (display_name)=(Hanako) already exists.",
]
GIVEN = {"email": "hanako.sato@example.co.jp"}
TRACES = ["hanako", "佐藤", "private note", "call me", "1234567", "8190", "203.0", "eyJ"]


@pytest.mark.parametrize("text", PERSONAL)
def test_what_may_be_about_a_person_is_left_out_wherever_it_stands(text: str) -> None:
    error = ValueError(text)
    lines = [line_of("failed", error=error), line_of(text), line_of("failed", told=[text])]
    for line in lines:
        assert not [trace for trace in TRACES if trace in line.lower()], line
        assert json.loads(line)["level"] == "ERROR"


def test_what_a_validation_was_given_is_left_out_and_where_it_was_is_told() -> None:
    try:
        Person.model_validate(GIVEN)
    except ValueError as error:
        told = json.loads(line_of("failed", error=error))["exception"]
    assert "hanako" not in told
    assert "int_parsing" in told
    assert "test_logs.py" in told


def test_what_led_to_an_error_is_told_first() -> None:
    error = RuntimeError("no milestone")
    error.__cause__ = KeyError("milestone_id")
    told = json.loads(line_of("failed", error=error))["exception"]
    assert told.index("KeyError: 'milestone_id'") < told.index("RuntimeError: no milestone")


def test_ids_numbers_and_names_in_code_stay() -> None:
    person = UUID("0193e2f0-8a51-7cc3-98c4-dc0c0c07398f")
    line = json.loads(line_of("done", person_id=person, amount=1_234_567, queue="jobs.x.v1"))
    assert line["person_id"] == str(person)
    assert line["amount"] == 1_234_567
    assert line["queue"] == "jobs.x.v1"
    assert impersonal("no exchange 'jobs.events' in vhost") == "no exchange 'jobs.events' in vhost"


def test_an_error_that_is_its_own_cause_ends() -> None:
    error = ValueError("round")
    error.__cause__ = error
    assert "ValueError: round" in line_of("failed", error=error)
