"""Another name, all one's data, and leaving for good: what jobs makes of each."""

import pytest

from services.jobs.use_cases import hearing
from shared import account_data
from shared.errors import Transient
from shared.http.export import export_router
from shared.ids import new_id
from shared.messages.accounts import PersonChanged, PersonRegistered, Role
from shared.messages.deletion import DeletionAsked, PersonDeleted
from tests.integration.jobs.test_api import JOBS, OFFER, posted
from tests.integration.jobs.test_profiles import kept
from tests.support.apis import Api, Caller


def assistant_of(api: Api, name: str = "花子") -> Caller:
    assistant = api.person("assistant")
    with api.begin() as work:
        registered = PersonRegistered(
            person_id=assistant.person_id,
            email="hanako@example.jp",
            display_name=name,
            roles=frozenset({Role.ASSISTANT}),
            locale="ja",
        )
        hearing.remember_person(registered, work)
    return assistant


def rename(api: Api, person: Caller, name: str, change: int) -> None:
    changed = PersonChanged(
        person_id=person.person_id,
        email="hanako@example.jp",
        display_name=name,
        locale="ja",
        change=change,
    )
    with api.begin() as work:
        account_data.follow_person(changed, work)


def open_of(api: Api, person: Caller) -> tuple[str, ...]:
    with api.begin() as work:
        return account_data.look_through(DeletionAsked(person_id=person.person_id, round=1), work)


def shown_name(api: Api, person: Caller) -> str:
    seen = api.person("client").get(f"{JOBS}/profiles/{person.person_id}").json()
    return str(seen["name"])


def test_the_later_of_two_names_is_shown_whichever_is_told_first(api: Api) -> None:
    assistant = assistant_of(api)
    kept(assistant)
    rename(api, assistant, "佐藤 花子", 3)
    rename(api, assistant, "鈴木 花子", 2)
    assert shown_name(api, assistant) == "佐藤 花子"


def test_a_new_name_waits_until_the_person_is_known(api: Api) -> None:
    with pytest.raises(Transient, match="person_not_known_yet"):
        rename(api, api.person("assistant"), "花子", 2)


def test_open_jobs_and_standing_proposals_keep_somebody_here(api: Api) -> None:
    client, assistant = api.person("client"), assistant_of(api)
    assert open_of(api, client) == open_of(api, assistant) == ()
    job = posted(client)
    made = assistant.post(f"{JOBS}/{job['job_id']}/proposals", OFFER).json()
    assert open_of(api, client) == ("open_jobs",)
    assert open_of(api, assistant) == ("open_proposals",)
    assistant.post(f"{JOBS}/proposals/{made['proposal_id']}/withdrawal")
    client.post(f"{JOBS}/{job['job_id']}/closure")
    assert open_of(api, client) == open_of(api, assistant) == ()


def test_a_company_that_would_go_too_is_looked_through_as_well(api: Api) -> None:
    company = new_id()
    founder = api.person("client", companies={company: ["post"]})  # type: ignore[list-item]
    posted(founder, client_id=str(company))
    alone = DeletionAsked(person_id=founder.person_id, round=1)
    with api.begin() as work:
        assert account_data.look_through(alone, work) == ()
        both = alone.model_copy(update={"companies": (company,)})
        assert account_data.look_through(both, work) == ("open_jobs",)


def test_people_take_along_their_own_data_and_nothing_of_others(api: Api) -> None:
    api.client.app.include_router(export_router("jobs"))  # type: ignore[attr-defined]
    client, assistant = api.person("client"), assistant_of(api)
    kept(assistant, private_note="二人の子どもがいます")
    job = posted(client)
    assistant.post(f"{JOBS}/{job['job_id']}/proposals", OFFER)
    mine = assistant.get("/api/v1/jobs/people/me/export").json()
    assert mine["person_id"] == str(assistant.person_id)
    [profile], [proposal] = mine["data"]["profile"], mine["data"]["proposals"]
    assert profile["private_note"] == "二人の子どもがいます"
    assert "shortlisted" not in proposal
    assert mine["data"]["jobs"] == []
    theirs = client.get("/api/v1/jobs/people/me/export").json()
    assert [each["job_id"] for each in theirs["data"]["jobs"]] == [job["job_id"]]
    assert theirs["data"]["proposals"] == theirs["data"]["profile"] == []
    assert api.client.get("/api/v1/jobs/people/me/export").status_code == 401


def test_who_has_left_has_no_name_and_no_profile_and_no_later_name_brings_them_back(
    api: Api,
) -> None:
    client, assistant = api.person("client"), assistant_of(api)
    kept(assistant)
    job = posted(client)
    made = assistant.post(f"{JOBS}/{job['job_id']}/proposals", OFFER).json()
    assistant.post(f"{JOBS}/proposals/{made['proposal_id']}/withdrawal")
    with api.begin() as work:
        account_data.forget(PersonDeleted(person_id=assistant.person_id), work)
    rename(api, assistant, "花子", 9)
    with api.begin() as work:
        left = work.people.all_of(assistant.person_id)
    assert left["profile"] == left["saved_searches"] == []
    [person] = left["person"]
    assert person["name"] == account_data.FORMER
    assert [each["cover"] for each in left["proposals"]] == [""]
