"""What two may edit: nobody overwrites what they have not read (the edge, on real paths)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.integration.jobs.test_api import JOB, JOBS, posted
from tests.integration.jobs.test_profiles import PROFILE, kept
from tests.support.apis import Api, Caller

ME = f"{JOBS}/profiles/me"


def put(caller: Caller, path: str, body: object, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return caller.client.put(path, json=body, headers=caller.headers | named)


def test_who_has_read_it_as_it_is_may_edit_it_and_learns_its_new_etag(api: Api) -> None:
    client = api.person("client")
    path = f"{JOBS}/{posted(client)['job_id']}"
    read = client.get(path)
    edited = put(client, path, JOB | {"title": "Longer"}, If_Match=read.headers["ETag"])
    assert edited.status_code == 200
    assert edited.headers["ETag"] == client.get(path).headers["ETag"] != read.headers["ETag"]


def test_who_has_read_it_as_it_was_is_refused_and_nothing_is_lost(api: Api) -> None:
    client = api.person("client")
    path = f"{JOBS}/{posted(client)['job_id']}"
    tag = client.get(path).headers["ETag"]
    put(client, path, JOB | {"title": "By a colleague"}).raise_for_status()
    refused = put(client, path, JOB | {"title": "Mine"}, If_Match=tag)
    assert (refused.status_code, refused.json()["code"]) == (412, "changed_meanwhile")
    assert client.get(path).json()["title"] == "By a colleague"


@pytest.mark.parametrize("named", ["W/{}", '"other"', "nonsense", '"a", "b"'])
def test_an_etag_that_is_not_the_one_is_refused(api: Api, named: str) -> None:
    client = api.person("client")
    path = f"{JOBS}/{posted(client)['job_id']}"
    tag = client.get(path).headers["ETag"]
    assert put(client, path, JOB, If_Match=named.format(tag)).status_code == 412


@pytest.mark.parametrize("named", ["*", '"other", {}', "{}"])
def test_one_of_several_etags_is_enough_and_a_star_is_whatever_is_there(
    api: Api, named: str
) -> None:
    client = api.person("client")
    path = f"{JOBS}/{posted(client)['job_id']}"
    tag = client.get(path).headers["ETag"]
    assert put(client, path, JOB, If_Match=named.format(tag)).status_code == 200


def test_of_two_who_edit_at_once_what_both_have_read_one_is_refused(api: Api) -> None:
    client = api.person("client")
    path = f"{JOBS}/{posted(client)['job_id']}"
    tag = client.get(path).headers["ETag"]
    barrier = Barrier(4)

    def edit(number: int) -> int:
        barrier.wait()
        answer = put(client, path, JOB | {"title": f"Title {number}"}, If_Match=tag)
        return int(answer.status_code)

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(edit, range(4))) == [200, 412, 412, 412]


def test_an_edit_that_was_done_is_replayed_though_its_etag_is_old_by_then(api: Api) -> None:
    client = api.person("client")
    path = f"{JOBS}/{posted(client)['job_id']}"
    headers = {"If_Match": client.get(path).headers["ETag"], "Idempotency_Key": "k"}
    body = JOB | {"title": "Once"}
    first, again = (put(client, path, body, **headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_refused_person_is_told_nothing_of_what_is_there(api: Api) -> None:
    path = f"{JOBS}/{posted(api.person('client'))['job_id']}"
    other = api.person("client")
    refused = put(other, path, JOB, If_Match='"guessed"')
    assert (refused.status_code, refused.json()["code"]) == (412, "changed_meanwhile")
    assert "ETag" not in refused.headers


def test_what_is_as_it_was_is_not_sent_again(api: Api) -> None:
    client = api.person("client")
    path = f"{JOBS}/{posted(client)['job_id']}"
    read = client.get(path)
    assert read.headers["Cache-Control"] == "private, no-cache"
    for named in (read.headers["ETag"], f"W/{read.headers['ETag']}"):
        again = client.client.get(path, headers=client.headers | {"If-None-Match": named})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == read.headers["ETag"]
    put(client, path, JOB | {"title": "Another"}).raise_for_status()
    changed = client.client.get(
        path, headers=client.headers | {"If-None-Match": read.headers["ETag"]}
    )
    assert (changed.status_code, changed.json()["title"]) == (200, "Another")


def test_a_profile_in_two_windows_loses_nothing(api: Api) -> None:
    assistant = api.person("assistant")
    kept(assistant)
    tag = assistant.get(ME).headers["ETag"]
    first = put(assistant, ME, PROFILE | {"headline": "First"}, If_Match=tag)
    second = put(assistant, ME, PROFILE | {"headline": "Second"}, If_Match=tag)
    assert (first.status_code, second.status_code) == (200, 412)
    assert first.headers["ETag"] == assistant.get(ME).headers["ETag"]
    assert assistant.get(ME).json()["headline"] == "First"
