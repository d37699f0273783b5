"""Whatever doesn't fit is refused with its documented code, at its field, and nothing is lost."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from shared.db import Database
from shared.http.files import MAX_FILE_BYTES
from shared.ids import new_id
from tests.integration.programs.conftest import programs_api_at
from tests.integration.programs.rights import ROWS
from tests.integration.programs.stages import stage_in
from tests.integration.programs.town import PROGRAMS
from tests.support.apis import Api, Caller
from tests.support.matrix import Row, Stage, filled
from tests.support.servers import TestPostgres

# What no field takes, whatever it is of.
NOTHING: tuple[Any, ...] = ("a\x00", "\ud800", 2**70, -1, 1.5, [[]], {"x": 1})
BODIES = {name: row for name, row in ROWS.items() if isinstance(row.body, dict)}
NAMED = {name: row for name, row in ROWS.items() if "_id}" in name}
# To count no more what never counted is no fault.
AGAIN = "DELETE {program_id}/local-clients/{account_id}"
NUMBERED = {name: row for name, row in ROWS.items() if "{number}" in name}


@pytest.fixture(scope="module")
def api(
    postgres: TestPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Api, Path]]:
    files = tmp_path_factory.mktemp("files")
    with programs_api_at(postgres.service_database("programs").url, files) as api:
        yield api, files


@pytest.fixture(scope="module")
def stage(api: tuple[Api, Path]) -> Stage:
    return stage_in(api[0])


@pytest.fixture(autouse=True)
def nothing_is_lost(
    api: tuple[Api, Path],
    stage: Stage,  # noqa: ARG001  (made before anything is counted)
) -> Iterator[None]:
    """Whatever is refused leaves every row of every table, and every file, as it is."""
    before = _kept(api[0].database, api[1])
    yield
    assert _kept(api[0].database, api[1]) == before


def _kept(database: Database, files: Path) -> dict[str, Any]:
    with database.transaction() as connection:
        tables = connection.execute(
            text(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
                # What operators tried is written down although it was refused.
                " AND table_type = 'BASE TABLE' AND table_name <> 'operator_actions'"
            )
        ).scalars()
        digest = (
            "SELECT count(*), md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM {} t"
        )
        rows = {name: connection.execute(text(digest.format(name))).one() for name in list(tables)}
    return rows | {"files": sorted(path for path in files.rglob("*") if path.is_file())}


def send(stage: Stage, name: str, row: Row, ids: dict[str, str], body: Any = None) -> Any:
    """Return the answer to an operation, by somebody who may."""
    method, path = name.split(" ")
    caller = stage.caller(row.may[0])
    headers = caller.headers | {"Content-Type": "application/json"}
    options: dict[str, Any] = {}
    if isinstance(row.body, bytes):
        options = {"content": row.body}
    elif row.body is not None:
        # Escaped: a half of a character can be sent no other way.
        content = json.dumps(filled(row.body if body is None else body, ids))
        options = {"content": content.encode()}
    return caller.client.request(
        method,
        f"{PROGRAMS}/{filled(path, ids)}".removesuffix("/"),
        headers=headers,
        **options,
    )


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where something stands in a body, from the outside in."""
    if at:
        yield at
    if isinstance(value, dict):
        for name, each in value.items():
            yield from places(each, (*at, name))
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from places(each, (*at, number))


def replaced(value: Any, at: tuple[Any, ...], by: Any) -> Any:
    """Return a body with something else at a place."""
    if not at:
        return by
    if isinstance(value, dict):
        return value | {at[0]: replaced(value[at[0]], at[1:], by)}
    return [replaced(each, at[1:], by) if n == at[0] else each for n, each in enumerate(value)]


@pytest.mark.parametrize("name", BODIES)
def test_what_no_field_takes_is_refused_at_its_field(stage: Stage, name: str) -> None:
    row = BODIES[name]
    for at in places(row.body):
        for nothing in NOTHING:
            refused = send(stage, name, row, dict(stage.ids), replaced(row.body, at, nothing))
            assert refused.status_code == 422, (at, nothing, refused.text)
            where = "/".join(("/body", *map(str, at)))
            pointers = [fault["pointer"] for fault in refused.json().get("errors", ())]
            named = any(each.startswith(where) or where.startswith(each) for each in pointers)
            # To an answer that is none of the choices, the unit is asked first.
            assert named or refused.json()["code"] == "answers_incomplete", (at, nothing, pointers)


@pytest.mark.parametrize("name", BODIES)
def test_a_field_too_few_or_too_many_is_refused(stage: Stage, name: str) -> None:
    row = BODIES[name]
    for body in (row.body | {"status": "open"}, {"paid": 1}, [], [row.body], "x", 7):
        refused = send(stage, name, row, dict(stage.ids), body)
        assert (refused.status_code, refused.json()["code"]) == (422, "validation_failed"), body


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 20_000, b"\x00", b"NaN"])
def test_what_is_no_json_is_refused(stage: Stage, name: str, content: bytes) -> None:
    method, path = name.split(" ")
    caller = stage.caller(BODIES[name].may[0])
    headers = caller.headers | {"Content-Type": "application/json"}
    where = f"{PROGRAMS}/{filled(path, stage.ids)}".removesuffix("/")
    refused = caller.client.request(method, where, headers=headers, content=content)
    unread = {(400, "bad_request"), (422, "validation_failed")}
    assert (refused.status_code, refused.json()["code"]) in unread


@pytest.mark.parametrize("name", NAMED)
def test_what_is_not_there_is_not_found(stage: Stage, name: str) -> None:
    wanted = {200} if name == AGAIN else {404, 409}
    path = name.split(" ")[1]
    for each in stage.ids:
        if "{" + each + "}" not in path or each == "number":
            continue
        known = dict(stage.ids)
        answer = send(stage, name, NAMED[name], known | {each: str(new_id())})
        assert answer.status_code in wanted | ({404} if each != "account_id" else set()), (
            answer.text
        )
        for odd in ("x", "%00", "..%2f..%2faccounts", "'--", str(2**200)):
            refused = send(stage, name, NAMED[name], known | {each: odd})
            assert refused.status_code in {404, 405, 422}, (each, odd, refused.text)
            assert refused.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("name", NUMBERED)
@pytest.mark.parametrize("number", ["0", "-1", "99", str(2**31), str(2**70), "x", "1.5", "%00"])
def test_a_number_that_is_none_of_them_is_refused(stage: Stage, name: str, number: str) -> None:
    refused = send(stage, name, NUMBERED[name], dict(stage.ids) | {"number": number})
    assert refused.status_code in {404, 422}, refused.text
    assert refused.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "asked",
    [
        "?limit=0",
        "?limit=101",
        f"?limit={2**70}",
        "?limit=x",
        "?after=x",
        "?after=%00",
        "?mine=perhaps",
        "/sponsors?status=none",
        "/sponsors?after=1",
        "/cohorts/{cohort_id}/applications?after=x",
        "/cohorts/{cohort_id}/applications?limit=-1",
        "/municipalities?q=%00",
        "/municipalities?q=" + "x" * 101,
    ],
)
def test_a_question_that_makes_no_sense_is_refused(stage: Stage, asked: str) -> None:
    refused = stage.caller("partner").get(f"{PROGRAMS}{filled(asked, stage.ids)}")
    assert (refused.status_code, refused.json()["code"]) == (422, "validation_failed")


@pytest.mark.parametrize("name", ["", "..\\a", "/etc/passwd", "a\r\nb", "a\x00", "a\u202egpj.exe"])
def test_a_file_with_a_name_that_misleads_is_refused(stage: Stage, name: str) -> None:
    participant, path = _files_of(stage)
    refused = participant.post(path, content=b"x", params={"name": name})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/query/name")


def test_a_file_that_is_empty_a_program_or_too_large_is_refused(stage: Stage) -> None:
    participant, path = _files_of(stage)
    too_long = {"Content-Length": str(MAX_FILE_BYTES + 1)}
    refused = participant.post(path, content=b"x", params={"name": "a"}, headers=too_long)
    assert (refused.status_code, refused.json()["limit_bytes"]) == (413, MAX_FILE_BYTES)
    for name, content in (("plan.exe", b"plan"), ("plan.pdf", b"MZ\x90\x00")):
        refused = participant.post(path, content=content, params={"name": name})
        assert (refused.status_code, refused.json()["code"]) == (422, "file_type_refused")


def _files_of(stage: Stage) -> tuple[Caller, str]:
    path = f"{PROGRAMS}/participants/{stage.ids['participant_id']}/files"
    return stage.caller("participant"), path
