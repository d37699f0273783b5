"""Kinds of jobs, files, questions and versions over HTTP and the real database."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.integration.jobs.test_api import JOB, JOBS, MILESTONE, OFFER, posted, proposed, told
from tests.support.apis import Api, Caller

TASKS: dict[str, Any] = {
    "kind": "tasks",
    "tasks": {"slots": 3, "price": {"amount": 500}, "days_to_deliver": 3},
}


def path_of(job: dict[str, Any]) -> str:
    return f"{JOBS}/{job['job_id']}"


def test_everything_that_a_job_says_comes_back(api: Api) -> None:
    client = api.person("client")
    said: dict[str, Any] = {
        "description": "在宅ワーク講座の案内文を、十ページで書いてください。" * 5,
        "skills": ["Excel", "excel", "文章"],
        "weekly_hours": 10,
        "hours_note": "平日の午前",
        "deadline": "2026-04-20",
        "criteria": ["誤字がない"],
        "max_revisions": 2,
        "beginner_friendly": True,
    }
    job = posted(client, **said)
    assert job["skills"] == ["excel", "文章"]
    assert {name: job[name] for name in said if name != "skills"} == {
        name: value for name, value in said.items() if name != "skills"
    }
    assert len(job["beginner_criteria_met"]) == 5
    assert api.person("assistant").get(path_of(job)).json() == job


def test_a_draft_is_edited_published_paused_and_closed(api: Api) -> None:
    client, assistant = api.person("client"), api.person("assistant")
    job = posted(client, draft=True)
    assert assistant.get(path_of(job)).status_code == 404
    edited = client.client.put(
        path_of(job), json=JOB | {"title": "二冊の案内"}, headers=client.headers
    )
    assert (edited.status_code, edited.json()["title"]) == (200, "二冊の案内")
    for step, status in (
        ("publication", "open"),
        ("pause", "paused"),
        ("resumption", "open"),
        ("closure", "closed"),
    ):
        assert client.post(f"{path_of(job)}/{step}").json()["status"] == status
    assert told(api) == ["jobs.job_posted.v1", "jobs.job_closed.v1"]


def test_files_questions_and_invitations(api: Api) -> None:
    client, invited, other = api.person("client"), api.person("assistant"), api.person("assistant")
    with api.begin() as work:
        work.people.remember(invited.person_id, "花子", assistant=True)
    job = posted(client, visibility="invited")
    path = path_of(job)
    for _ in range(2):
        file = client.post(f"{path}/files", params={"name": "図.png"}, content=b"plan").json()
    invitation = client.post(f"{path}/invitations", {"assistant_id": str(invited.person_id)})
    assert invitation.status_code == 201
    [listed] = client.get(f"{path}/invitations").json()
    assert listed["assistant_id"] == str(invited.person_id)
    assert invited.get(path).json()["files"] == [file]
    assert invited.get(f"{path}/files/{file['file_id']}").content == b"plan"
    assert other.get(f"{path}/files/{file['file_id']}").status_code == 404
    assert other.get(JOBS).json()["items"] == []
    assert len(invited.get(JOBS).json()["items"]) == 1
    question = invited.post(f"{path}/questions", {"text": "ばらもありますか"}).json()
    answer = f"{path}/questions/{question['question_id']}/answer"
    assert invited.post(answer, {"text": "?"}).status_code == 403
    assert client.post(answer, {"text": "あります"}).status_code == 201
    [shown] = invited.get(f"{path}/questions").json()["items"]
    assert shown["answer"] == "あります"
    assert told(api)[1:] == [
        "jobs.assistant_invited.v1",
        "jobs.question_asked.v1",
        "jobs.question_answered.v1",
    ]


def test_a_counter_offer_goes_to_and_fro_and_fills_the_job(api: Api) -> None:
    client, assistant = api.person("client"), api.person("assistant")
    job = posted(client)
    made = proposed(assistant, job)
    path = f"{JOBS}/proposals/{made['proposal_id']}"
    lower = MILESTONE | {"price": {"amount": 40_000}}
    countered = client.post(f"{path}/counter-offers", {"milestones": [lower], "note": "どうですか"})
    assert (countered.status_code, countered.json()["status"]) == (201, "countered")
    revised = assistant.client.put(
        path, json=OFFER | {"milestones": [MILESTONE, lower]}, headers=assistant.headers
    )
    assert (revised.status_code, revised.json()["version"]) == (200, 3)
    stale = client.post(f"{path}/acceptance", {"version": 2})
    assert (stale.status_code, stale.json()["code"]) == (409, "proposal_changed")
    again = client.post(f"{path}/counter-offers", {"milestones": [lower]}).json()
    assert client.post(f"{path}/acceptance").status_code == 403
    accepted = assistant.post(f"{path}/acceptance", {"version": again["version"]})
    assert accepted.json()["status"] == "accepted"
    assert client.get(path_of(job)).json()["status"] == "filled"


def test_an_assistant_finds_invitations_and_all_proposals_of_their_own(api: Api) -> None:
    client, (assistant, other) = api.person("client"), [api.person("assistant") for _ in range(2)]
    with api.begin() as work:
        work.people.remember(assistant.person_id, "花子", assistant=True)
    job, second = posted(client), posted(client)
    invitation = {"assistant_id": str(assistant.person_id)}
    client.post(f"{path_of(second)}/invitations", invitation)

    [invited] = assistant.get(f"{JOBS}?invited=true").json()["items"]
    assert invited == second
    assert other.get(f"{JOBS}?invited=true").json()["items"] == []

    made = [assistant.post(f"{path_of(each)}/proposals", OFFER).json() for each in (job, second)]
    own = assistant.get(f"{JOBS}/proposals?limit=1").json()
    assert own["items"] == [{"proposal": made[1], "job": second}]
    rest = assistant.get(f"{JOBS}/proposals?after={own['next']}").json()
    assert rest == {"items": [{"proposal": made[0], "job": job}], "next": None}
    one = f"{JOBS}/proposals/{made[0]['proposal_id']}"
    assert assistant.get(one).json() == {"proposal": made[0], "job": job}
    for stranger in (other, client):
        assert stranger.get(f"{JOBS}/proposals").json()["items"] == []
        assert stranger.get(one).json()["code"] == "proposal_not_found"


def test_a_retainer_is_proposed_and_accepted(api: Api) -> None:
    client, assistant = api.person("client"), api.person("assistant")
    job = posted(client, kind="retainer", period="month", weekly_hours=10)
    offer = {
        "cover": "毎月",
        "retainer": {
            "hourly_price": {"amount": 1_500},
            "hours_limit": 40,
            "starts_on": "2026-04-15",
        },
    }
    made = assistant.post(f"{path_of(job)}/proposals", offer).json()
    assert made["milestones"][0]["due_on"] == "2026-05-14"
    accepted = client.post(f"{JOBS}/proposals/{made['proposal_id']}/acceptance").json()
    assert accepted["retainer"] == made["retainer"]


def test_marks_and_refusals(api: Api) -> None:
    client, assistant = api.person("client"), api.person("assistant")
    made = proposed(assistant, posted(client))
    path = f"{JOBS}/proposals/{made['proposal_id']}"
    for method, marked in (("PUT", True), ("DELETE", False)):
        answer = client.client.request(method, f"{path}/shortlist", headers=client.headers)
        assert answer.json()["shortlisted"] is marked
    declined = client.post(f"{path}/refusal", {"reason": "写真が要ります"})
    assert (declined.json()["status"], declined.json()["reason"]) == ("declined", "写真が要ります")


def test_of_a_crowd_as_many_take_a_task_as_there_are(api: Api) -> None:
    job = posted(api.person("client"), **TASKS)
    crowd = [api.person("assistant") for _ in range(8)]

    def take(assistant: Caller) -> int:
        status: int = assistant.post(f"{path_of(job)}/takes", {}).status_code
        return status

    with ThreadPoolExecutor(8) as threads:
        answers = sorted(threads.map(take, crowd))
    assert answers == [201] * 3 + [409] * 5
    assert told(api).count("jobs.proposal_accepted.v1") == 3
    shown = crowd[0].get(path_of(job)).json()
    assert (shown["status"], shown["tasks"]["taken"]) == ("filled", 3)


def test_one_assistant_in_a_hurry_takes_one_task(api: Api) -> None:
    job = posted(api.person("client"), **TASKS)
    assistant = api.person("assistant")
    with ThreadPoolExecutor(4) as threads:
        answers = threads.map(lambda _: assistant.post(f"{path_of(job)}/takes", {}), range(4))
        assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
