"""The check itself works: what is valid, and then changed, is a violation."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.stripe.conftest import Record
from tests.support.stripe_spec import (
    FORM,
    SpecViolationError,
    check_event,
    check_request,
    check_response,
    required_names,
)

Json = dict[str, Any]


def one_of_each(record: Record) -> list[Json]:
    """Return one good request with its answer for each kind of object that was answered."""
    kinds = {str(line["answer"].get("object")): line for line in record.requests}
    assert len(kinds) > 15
    return list(kinds.values())


def without_required(answer: Json) -> Iterator[Json]:
    for name in required_names(str(answer["object"])):
        mutant = copy.deepcopy(answer)
        del mutant[name]
        yield mutant


def with_wrong_types(answer: Json) -> Iterator[Json]:
    for name in answer:
        mutant = copy.deepcopy(answer)
        mutant[name] = WRONG
        yield mutant


# No field of Stripe's is a list of lists.
WRONG = [[1]]


def answered(line: Json, answer: Json) -> None:
    check_response(line["method"], line["path"], 200, json.dumps(answer))


def test_an_answer_without_a_required_name_is_found(record: Record) -> None:
    for line in one_of_each(record):
        if "object" not in line["answer"]:
            continue
        for mutant in without_required(line["answer"]):
            with pytest.raises(SpecViolationError):
                answered(line, mutant)


def test_an_answer_of_wrong_types_is_found(record: Record) -> None:
    for line in one_of_each(record):
        for mutant in with_wrong_types(line["answer"]):
            with pytest.raises(SpecViolationError):
                answered(line, mutant)


def test_an_answer_with_an_invented_name_is_found(record: Record) -> None:
    for line in one_of_each(record):
        if line["answer"].get("object") in {"list", "search_result", None}:
            continue
        with pytest.raises(SpecViolationError):
            answered(line, {**line["answer"], "invented": True})


def test_a_mutation_deep_inside_a_list_is_found(record: Record) -> None:
    lists = [line for line in record.requests if line["answer"].get("object") == "list"]
    filled = [line for line in lists if line["answer"]["data"]]
    assert len(filled) > 10
    for line in filled:
        mutant = copy.deepcopy(line["answer"])
        del mutant["data"][0]["id"]
        with pytest.raises(SpecViolationError):
            answered(line, mutant)


def test_a_request_with_an_unknown_parameter_is_found(record: Record) -> None:
    posts = [line for line in record.requests if line["method"] == "POST"]
    assert posts
    for line in posts:
        if line["path"].startswith("/v2/"):
            body = json.dumps({**json.loads(line["body"] or "{}"), "invented": 1})
            content_type = "application/json"
        else:
            body = "&".join(filter(None, [line["body"], "invented=1"]))
            content_type = FORM
        with pytest.raises(SpecViolationError, match="invented"):
            check_request("POST", line["path"], content_type, body)


def test_a_query_with_an_unknown_parameter_is_found(record: Record) -> None:
    for line in record.requests:
        if line["method"] == "GET":
            with pytest.raises(SpecViolationError, match="invented"):
                check_request("GET", f"{line['path']}?{line['query']}&invented=1", "", "")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/transfers", "currency=jpy"),
        ("/v1/transfers", "currency=jpy&destination=acct_1&amount=1.5"),
        ("/v1/transfers", "currency=jpy&destination=acct_1&metadata=text"),
        ("/v1/transfers", "currency=jpy&destination=acct_1&metadata[a][b]=c"),
        ("/v1/payouts", "amount=ten&currency=jpy"),
        ("/v1/checkout/sessions", "mode=payment&payment_method_types[0]=card"),
        ("/v1/checkout/sessions", "line_items[0][price_data][unit_amount]=5"),
        ("/v1/checkout/sessions", "line_items[0][price_data][curency]=jpy"),
        ("/v1/no_such_thing", ""),
    ],
)
def test_a_bad_form_is_found(path: str, body: str) -> None:
    with pytest.raises(SpecViolationError):
        check_request("POST", path, FORM, body)


@pytest.mark.parametrize(
    "body",
    [
        {"account": "acct_1"},
        {"account": 1, "use_case": {"type": "account_onboarding"}},
        {"account": "acct_1", "use_case": {"type": "account_onboarding", "more": {}}},
    ],
)
def test_bad_json_is_found(body: Json) -> None:
    path = "/v2/core/account_links"
    with pytest.raises(SpecViolationError):
        check_request("POST", path, "application/json", json.dumps(body))


def test_a_form_where_json_belongs_is_found() -> None:
    with pytest.raises(SpecViolationError, match="takes JSON"):
        check_request("POST", "/v2/core/accounts", FORM, "display_name=x")


def test_mutated_events_are_found(record: Record) -> None:
    kinds = {each["type"]: each for each in record.webhooks}
    for event in kinds.values():
        changes: list[Json] = [{"type": "no.such.event"}, {"created": []}, {"invented": 1}]
        for change in changes:
            with pytest.raises(SpecViolationError):
                check_event(json.dumps({**event, **change}))
        if event["object"] == "event":
            mutant = copy.deepcopy(event)
            del mutant["data"]["object"]["id"]
            with pytest.raises(SpecViolationError):
                check_event(json.dumps(mutant))
