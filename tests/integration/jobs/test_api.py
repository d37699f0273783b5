"""Jobs over HTTP, on a real database: what is right, what is refused, and who sees what."""

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import pytest
from sqlalchemy import text

from shared.ids import new_id
from tests.support.apis import Api, Caller

JOBS = "/api/v1/jobs"
JOB: dict[str, Any] = {
    "title": "Write a guide",
    "description": "Ten pages on gardens",
    "category": "writing",
    "budget": {"amount": 100_000, "currency": "JPY"},
}
MILESTONE: dict[str, Any] = {
    "title": "Draft",
    "description": "Five pages",
    "price": {"amount": 50_000},
    "due_on": "2026-05-01",
}
OFFER: dict[str, Any] = {"cover": "I have a garden", "milestones": [MILESTONE]}


def posted(client: Caller, **changes: Any) -> dict[str, Any]:
    answer = client.post(JOBS, JOB | changes)
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    view: dict[str, Any] = answer.json()
    return view


def proposed(assistant: Caller, job: dict[str, Any]) -> dict[str, Any]:
    answer = assistant.post(f"{JOBS}/{job['job_id']}/proposals", OFFER)
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    view: dict[str, Any] = answer.json()
    return view


def told(api: Api) -> list[str]:
    """Return the types of all events in the outbox, in order."""
    with api.database.transaction() as connection:
        return list(connection.scalars(text("SELECT type FROM outbox ORDER BY position")))


def test_from_post_to_acceptance(api: Api) -> None:
    client, assistant, other = (
        api.person("client"),
        api.person("assistant"),
        api.person("assistant"),
    )
    job = posted(client)
    assert job["status"] == "open"
    assert job["mode"] == "brokered"
    chosen, left = proposed(assistant, job), proposed(other, job)
    assert chosen["total"] == {"amount": 50_000, "currency": "JPY"}

    accepted = client.post(f"{JOBS}/proposals/{chosen['proposal_id']}/acceptance")

    assert accepted.status_code == HTTPStatus.OK
    assert accepted.json() == chosen | {"status": "accepted"}
    assert client.get(f"{JOBS}/{job['job_id']}").json() == job | {"status": "filled"}
    [seen] = other.get(f"{JOBS}/{job['job_id']}/proposals").json()["items"]
    assert seen == left | {"status": "declined"}
    assert told(api) == [
        "jobs.job_posted.v1",
        "jobs.proposal_made.v1",
        "jobs.proposal_made.v1",
        "jobs.proposal_accepted.v1",
        "jobs.proposal_declined.v1",
    ]


def test_one_of_two_simultaneous_acceptances_wins(api: Api) -> None:
    client = api.person("client")
    job = posted(client)
    proposals = [proposed(api.person("assistant"), job) for _ in range(4)]

    def accept(proposal: dict[str, Any]) -> Any:
        return client.post(f"{JOBS}/proposals/{proposal['proposal_id']}/acceptance")

    with ThreadPoolExecutor(len(proposals)) as threads:
        answers = list(threads.map(accept, proposals))

    codes = sorted(answer.status_code for answer in answers)
    assert codes == [HTTPStatus.OK] + [HTTPStatus.CONFLICT] * 3
    refused = next(each for each in answers if each.status_code == HTTPStatus.CONFLICT).json()
    assert refused["code"] == "proposal_step_not_allowed"
    assert (refused["status"], refused["step"]) == (HTTPStatus.CONFLICT, "accept")
    assert told(api).count("jobs.proposal_accepted.v1") == 1


def test_two_simultaneous_proposals_of_one_assistant_leave_one(api: Api) -> None:
    job, assistant = posted(api.person("client")), api.person("assistant")

    def propose(_: int) -> int:
        path = f"{JOBS}/{job['job_id']}/proposals"
        return int(assistant.post(path, OFFER).status_code)

    with ThreadPoolExecutor(4) as threads:
        codes = sorted(threads.map(propose, range(4)))
    assert codes == [HTTPStatus.CREATED] + [HTTPStatus.CONFLICT] * 3


def test_a_command_sent_twice_with_one_key_is_done_once(api: Api) -> None:
    client = api.person("client")
    first = client.post(JOBS, JOB, key="one")
    again = client.post(JOBS, JOB, key="one")
    assert again.json() == first.json()
    assert again.status_code == HTTPStatus.CREATED
    assert told(api) == ["jobs.job_posted.v1"]
    other = client.post(JOBS, JOB | {"title": "Something else"}, key="one")
    assert other.json()["code"] == "idempotency_key_reused"


def test_open_jobs_come_in_pages_newest_first(api: Api) -> None:
    client = api.person("client")
    ids = sorted((posted(client)["job_id"] for _ in range(5)), reverse=True)
    posted(client, category="design")
    closed = posted(client)
    client.post(f"{JOBS}/{closed['job_id']}/closure")

    seen, after = [], None
    for _ in range(3):
        query = {"limit": 2, "category": "writing"} | ({"after": after} if after else {})
        page = client.get(JOBS, params=query).json()
        seen += [job["job_id"] for job in page["items"]]
        after = page["next"]
    assert seen == ids
    assert after is None
    mine = client.get(JOBS, params={"mine": True}).json()["items"]
    assert closed["job_id"] in {job["job_id"] for job in mine}
    assert api.person("client").get(JOBS, params={"mine": True}).json()["items"] == []


def test_proposals_come_in_pages_to_the_client(api: Api) -> None:
    client = api.person("client")
    job = posted(client)
    ids = sorted(
        (proposed(api.person("assistant"), job)["proposal_id"] for _ in range(3)), reverse=True
    )
    path = f"{JOBS}/{job['job_id']}/proposals"
    first = client.get(path, params={"limit": 2}).json()
    second = client.get(path, params={"limit": 2, "after": first["next"]}).json()
    seen = [each["proposal_id"] for each in first["items"] + second["items"]]
    assert (seen, second["next"]) == (ids, None)
    client.post(f"{JOBS}/proposals/{ids[0]}/refusal", {})
    [mine] = client.get(JOBS, params={"mine": True}).json()["items"]
    assert mine["waiting"] == len(ids) - 1


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        (0, "zero"),
        (-1, "below zero"),
        (0.5, "fractional"),
        (100.0, "a float"),
        ("100", "a string"),
        (2**53, "beyond what JSON readers keep exact"),
        (None, "nothing"),
    ],
)
def test_an_impossible_amount_is_refused_and_named(api: Api, amount: object, why: str) -> None:
    answer = api.person("client").post(JOBS, JOB | {"budget": {"amount": amount}})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, why
    assert answer.json()["code"] == "validation_failed"
    assert answer.json()["errors"][0]["pointer"] == "/body/budget/amount"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"title": ""}, "/body/title"),
        ({"title": " "}, "/body/title"),
        ({"title": "x" * 201}, "/body/title"),
        ({"title": "a\x00b"}, "/body/title"),
        ({"description": "a\x00b"}, "/body/description"),
        ({"category": "magic"}, "/body/category"),
        ({"review_days": 15}, "/body/review_days"),
        ({"budget": {"amount": 1, "currency": "yen"}}, "/body/budget/currency"),
        ({"unknown": 1}, "/body/unknown"),
    ],
)
def test_a_malformed_job_is_refused_and_the_field_named(
    api: Api, changes: dict[str, Any], pointer: str
) -> None:
    answer = api.person("client").post(JOBS, JOB | changes)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert told(api) == []


@pytest.mark.parametrize(
    ("offer", "code"),
    [
        ({"milestones": []}, "validation_failed"),
        ({"milestones": [MILESTONE] * 21}, "validation_failed"),
        ({"milestones": [MILESTONE | {"price": {"amount": 0}}]}, "validation_failed"),
        ({"milestones": [MILESTONE | {"due_on": "tomorrow"}]}, "validation_failed"),
        ({"milestones": [MILESTONE | {"due_on": "2026-03-31"}]}, "due_date_out_of_range"),
        (
            {"milestones": [MILESTONE | {"price": {"amount": 5, "currency": "EUR"}}]},
            "validation_failed",
        ),
        ({"milestones": [MILESTONE | {"price": {"amount": 2**52 - 1}}] * 3}, "total_too_large"),
    ],
)
def test_a_proposal_that_cannot_become_terms_is_refused(
    api: Api, offer: dict[str, Any], code: str
) -> None:
    job = posted(api.person("client"))
    answer = api.person("assistant").post(f"{JOBS}/{job['job_id']}/proposals", OFFER | offer)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json()["code"] == code


def test_who_may_do_what(api: Api) -> None:
    client, assistant, stranger = (
        api.person("client"),
        api.person("assistant"),
        api.person("client"),
    )
    job = posted(client)
    proposal = proposed(assistant, job)
    of_job, of_proposal = f"{JOBS}/{job['job_id']}", f"{JOBS}/proposals/{proposal['proposal_id']}"
    both = api.person("client", "assistant", person_id=client.person_id)

    def refusal(answer: Any) -> tuple[int, str]:
        return answer.status_code, answer.json()["code"]

    assert refusal(assistant.post(JOBS, JOB)) == (403, "role_required")
    assert refusal(client.post(f"{of_job}/proposals", OFFER)) == (403, "role_required")
    assert refusal(both.post(f"{of_job}/proposals", OFFER)) == (403, "own_job")
    assert refusal(assistant.post(f"{of_job}/proposals", OFFER)) == (409, "proposal_already_made")
    assert refusal(stranger.post(f"{of_job}/closure")) == (403, "not_owner_of_job")
    assert refusal(stranger.post(f"{of_proposal}/acceptance")) == (404, "proposal_not_found")
    assert refusal(assistant.post(f"{of_proposal}/acceptance")) == (403, "not_owner_of_job")
    assert refusal(client.post(f"{of_proposal}/withdrawal")) == (403, "not_owner_of_proposal")
    assert stranger.get(f"{of_job}/proposals").json()["items"] == []
    assert refusal(api.client.get(JOBS)) == (401, "token_missing")
    assert refusal(api.client.post(JOBS, json=JOB)) == (401, "token_missing")


def test_unknown_ids_are_not_found_and_malformed_ones_invalid(api: Api) -> None:
    someone = api.person("client", "assistant")
    assert someone.get(f"{JOBS}/{new_id()}").json()["code"] == "job_not_found"
    for path in (f"{JOBS}/{new_id()}/closure", f"{JOBS}/proposals/{new_id()}/acceptance"):
        assert someone.post(path).status_code == HTTPStatus.NOT_FOUND
    answer = someone.get(f"{JOBS}/7")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json()["errors"][0]["pointer"] == "/path/job_id"


def test_a_closed_job_takes_no_proposal_and_a_withdrawn_one_no_acceptance(api: Api) -> None:
    client, assistant = api.person("client"), api.person("assistant")
    job = posted(client)
    proposal = proposed(assistant, job)
    of_proposal = f"{JOBS}/proposals/{proposal['proposal_id']}"
    assert assistant.post(f"{of_proposal}/withdrawal").json()["status"] == "withdrawn"
    assert client.post(f"{of_proposal}/acceptance").json()["code"] == "proposal_step_not_allowed"
    proposed(assistant, job)
    assert client.post(f"{JOBS}/{job['job_id']}/closure").json()["status"] == "closed"
    refused = assistant.post(f"{JOBS}/{job['job_id']}/proposals", OFFER)
    assert (refused.status_code, refused.json()["code"]) == (409, "job_step_not_allowed")
    assert told(api)[-2:] == ["jobs.job_closed.v1", "jobs.proposal_declined.v1"]
