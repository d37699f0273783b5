"""What nobody sends by mistake: fields that are ours to decide, misleading files and paths."""

from pathlib import Path
from typing import Any

import pytest

from shared.http.files import MAX_FILE_BYTES
from shared.ids import new_id
from tests.integration.jobs.test_api import JOB, JOBS, OFFER, posted, proposed
from tests.integration.jobs.test_profiles import PROFILE, kept
from tests.support.apis import Api, Caller

OURS: tuple[dict[str, Any], ...] = (
    {"job_id": str(new_id())},
    {"status": "filled"},
    {"posted_at": "2020-01-01T00:00:00Z"},
    {"mode": "principal", "fee": 0},
)


def files_of(client: Caller) -> str:
    return f"{JOBS}/{posted(client)['job_id']}/files"


@pytest.mark.parametrize("ours", OURS)
def test_what_is_ours_to_decide_of_a_job_is_refused(api: Api, ours: dict[str, Any]) -> None:
    refused = api.person("client").post(JOBS, JOB | ours)
    assert (refused.status_code, refused.json()["code"]) == (422, "validation_failed")
    named = {fault["pointer"] for fault in refused.json()["errors"]}
    assert named & {f"/body/{name}" for name in ours}


def test_a_job_is_posted_for_nobody_elses_account(api: Api) -> None:
    stranger = api.person("client")
    refused = api.person("client").post(JOBS, JOB | {"client_id": str(stranger.person_id)})
    assert (refused.status_code, refused.json()["code"]) == (403, "right_required")
    assert stranger.get(JOBS, params={"mine": True}).json()["items"] == []


def test_nobody_says_how_well_they_are_rated(api: Api) -> None:
    assistant = api.person("assistant")
    before = kept(assistant)
    refused = assistant.client.put(
        f"{JOBS}/profiles/me",
        json=PROFILE | {"statistics": {"rating": 5, "ratings": 1_000}},
        headers=assistant.headers,
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "validation_failed")
    assert assistant.get(f"{JOBS}/profiles/me").json() == before


def test_nobody_shortlists_their_own_proposal_by_a_field(api: Api) -> None:
    client, assistant = api.person("client"), api.person("assistant")
    made = proposed(assistant, posted(client))
    path = f"{JOBS}/proposals/{made['proposal_id']}"
    for ours in ({"shortlisted": True}, {"status": "accepted"}):
        refused = assistant.client.put(path, json=OFFER | ours, headers=assistant.headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "validation_failed")


@pytest.mark.parametrize(
    "name", ["", "..\\a", "../a", "/etc/passwd", "a\r\nSet-Cookie: b", "a\x00", "a\u202egpj.exe"]
)
def test_a_file_with_a_name_that_misleads_is_refused(api: Api, tmp_path: Path, name: str) -> None:
    client = api.person("client")
    refused = client.post(files_of(client), content=b"x", params={"name": name})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/query/name")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ['a";filename="b.txt', "花 %0d%0a.pdf", "a;b=c", "<b>.html"])
def test_a_strange_name_stays_a_name(api: Api, name: str) -> None:
    client = api.person("client")
    path = files_of(client)
    file = client.post(path, content=b"<script>", params={"name": name}).json()
    answer = client.get(f"{path}/{file['file_id']}")
    said = answer.headers["Content-Disposition"].removeprefix("attachment; filename*=UTF-8''")
    assert file["name"] == name
    assert not set(said) & set("\"';,<> \r\n")


@pytest.mark.parametrize(
    "media_type", ["text/html", "image/svg+xml", "application/x-msdownload", "no such\x7ftype"]
)
def test_whatever_a_file_is_said_to_be_it_is_only_for_saving(api: Api, media_type: str) -> None:
    client = api.person("client")
    path = files_of(client)
    headers = {"Content-Type": media_type}
    file = client.post(path, content=b"<script>", params={"name": "a"}, headers=headers).json()
    answer = client.get(f"{path}/{file['file_id']}")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment;")


def test_a_file_that_is_too_large_is_refused_before_it_is_read(api: Api, tmp_path: Path) -> None:
    client = api.person("client")
    length = {"Content-Length": str(MAX_FILE_BYTES + 1)}
    refused = client.post(files_of(client), content=b"x", params={"name": "a"}, headers=length)
    assert (refused.status_code, refused.json()["limit_bytes"]) == (413, MAX_FILE_BYTES)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("path", ["..%2f..%2faccounts", "%2e%2e/x", "a%00b", "%c0%ae", "'--"])
def test_a_path_that_plays_tricks_leads_nowhere(api: Api, path: str) -> None:
    refused = api.person("client").get(f"{JOBS}/{path}")
    assert refused.status_code in {404, 422}
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_a_key_cannot_carry_a_line_into_the_answer(api: Api) -> None:
    client = api.person("client")
    headers = [*client.headers.items(), ("Idempotency-Key", "k\r\nSet-Cookie: a=b")]
    answer = client.client.post(
        JOBS, json=JOB, headers=[(name.encode(), value.encode()) for name, value in headers]
    )
    assert "Set-Cookie" not in answer.headers


def test_a_program_is_no_attachment(api: Api) -> None:
    client = api.person("client")
    path = files_of(client)
    for name, content in (("plan.exe", b"plan"), ("plan.pdf", b"MZ\x90\x00")):
        refused = client.post(path, params={"name": name}, content=content)
        assert (refused.status_code, refused.json()["code"]) == (422, "file_type_refused")
