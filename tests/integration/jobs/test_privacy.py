"""What a person tells about their health or family stays with them.

The test says it in every place that is for oneself alone, lets the person do everything that can be
done, and looks for it in every view of every other role, every event, and every line of the logs.
"""

import logging
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError

from shared.ids import new_id
from tests.contract.published import published
from tests.integration.jobs.test_api import JOBS, OFFER, posted
from tests.integration.jobs.test_profiles import PROFILE, kept
from tests.support.apis import Api, Caller

SECRET = "子どもの喘息と母の介護"


def every_view(api: Api, caller: Caller, ids: dict[str, str]) -> dict[str, str]:
    """Return the text of everything that the caller can read, by its path."""
    document: dict[str, Any] = api.client.get(f"{JOBS}/openapi.json").json()
    found = {}
    for path, methods in document["paths"].items():
        if "get" not in methods:
            continue
        filled = path
        for name, value in ids.items():
            filled = filled.replace("{" + name + "}", value)
        assert "{" not in filled, f"say what {path} stands for"
        found[path] = caller.get(filled).text
    return found


@pytest.fixture
def told(api: Api, caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """An assistant with a secret, who proposed, asked, was invited and was accepted."""
    caplog.set_level(logging.DEBUG)
    assistant, client = api.person("assistant"), api.person("client")
    # Twice under one key, as when an answer was lost on the way.
    first, again = (kept(assistant, key="k", private_note=SECRET) for _ in range(2))
    assert first == again
    assert first["private_note"] == SECRET
    with api.begin() as work:
        work.people.remember(assistant.person_id, "花子", assistant=True)
    job = posted(client, skills=["excel"])
    path = f"{JOBS}/{job['job_id']}"
    file = client.post(f"{path}/files", params={"name": "a.txt"}, content=b"a").json()
    assistant.post(f"{path}/questions", {"text": "いつからですか"})
    client.post(f"{path}/invitations", {"assistant_id": str(assistant.person_id)})
    made = assistant.post(f"{path}/proposals", OFFER).json()
    views_before = {"job": job, "assistant": assistant, "client": client}
    ids = {
        "job_id": job["job_id"],
        "file_id": file["file_id"],
        "person_id": str(assistant.person_id),
        "proposal_id": made["proposal_id"],
        "letter_id": "none",
        "replay_id": str(new_id()),
    }
    for caller in (client, api.person("operator"), api.person("assistant")):
        every_view(api, caller, ids)
    client.post(f"{JOBS}/proposals/{made['proposal_id']}/acceptance")
    return views_before | {"ids": ids}


@pytest.mark.parametrize("roles", [["client"], ["operator"], ["assistant"], []])
def test_no_view_of_any_other_person_holds_it(
    api: Api, told: dict[str, Any], roles: list[str]
) -> None:
    callers = [api.person(*roles)]
    if roles == ["client"]:
        callers.append(told["client"])
    for caller in callers:
        for path, shown in every_view(api, caller, told["ids"]).items():
            assert SECRET not in shown, path
            assert "private_note" not in shown, path


def test_its_owner_sees_it_only_where_it_was_said_and_in_what_they_take_along(
    api: Api, told: dict[str, Any]
) -> None:
    views = every_view(api, told["assistant"], told["ids"])
    holding = {path for path, shown in views.items() if SECRET in shown}
    assert holding == {f"{JOBS}/profiles/me", f"{JOBS}/people/me/export"}


def test_no_event_and_no_log_holds_it(
    api: Api, told: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    assert told
    with api.database.transaction() as connection:
        events = list(connection.scalars(text("SELECT data FROM outbox")))
    assert len(events) >= 4
    assert not [each for each in events if SECRET in str(each)]
    assert SECRET not in caplog.text
    assert all(SECRET not in str(vars(record)) for record in caplog.records)


def test_what_two_say_to_each_other_is_in_no_view_of_a_third_and_no_event(api: Api) -> None:
    client, assistant, rival = (api.person(role) for role in ("client", "assistant", "assistant"))
    said = {each: f"{each}: 二人だけの話" for each in ("cover", "questions", "note", "question")}
    kept(assistant)
    job = posted(client)
    path = f"{JOBS}/{job['job_id']}"
    file = client.post(f"{path}/files", params={"name": "a.txt"}, content=b"a").json()
    assistant.post(f"{path}/questions", {"text": said["question"]})
    asked = {"cover": said["cover"], "questions": said["questions"]}
    made = assistant.post(f"{path}/proposals", OFFER | asked).json()
    terms = {"milestones": OFFER["milestones"], "note": said["note"]}
    client.post(f"{JOBS}/proposals/{made['proposal_id']}/counter-offers", terms)
    assert rival.post(f"{path}/proposals", OFFER).status_code == 201
    ids = {
        "job_id": job["job_id"],
        "file_id": file["file_id"],
        "person_id": str(assistant.person_id),
        "proposal_id": made["proposal_id"],
        "letter_id": "none",
        "replay_id": str(new_id()),
    }
    for caller in (client, assistant):
        seen = str(every_view(api, caller, ids))
        assert [each for each, words in said.items() if words not in seen] == []
    for caller in (rival, api.person("client"), api.person("operator"), api.person()):
        seen = str(every_view(api, caller, ids))
        assert [each for each, words in said.items() if words in seen] == []
    with api.database.transaction() as connection:
        events = str(list(connection.scalars(text("SELECT data FROM outbox"))))
    assert [each for each, words in said.items() if words in events] == []


def test_of_all_that_is_published_only_its_owners_words_and_view_have_the_note() -> None:
    having = [path for path, schema in published().items() if "private_note" in str(schema)]
    assert having == ["profiles/command.KeepProfile.json", "profiles/view.OwnProfileView.json"]


def test_a_note_that_the_database_would_refuse_is_in_no_log(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assistant = api.person("assistant")
    refused = assistant.client.put(
        f"{JOBS}/profiles/me",
        json=PROFILE | {"private_note": f"{SECRET}\x00"},
        headers=assistant.headers,
    )
    assert (refused.status_code, SECRET in refused.text) == (422, False)
    assert SECRET not in caplog.text


def test_an_error_of_the_database_does_not_say_what_was_to_be_kept(api: Api) -> None:
    with pytest.raises(DataError) as failed, api.database.transaction() as connection:
        connection.execute(text("SELECT CAST(:said AS integer)"), {"said": 10**12})
    assert str(10**12) not in str(failed.value)


def test_only_the_profile_table_keeps_it(api: Api, told: dict[str, Any]) -> None:
    assert told
    with api.database.transaction() as connection:
        tables = connection.scalars(
            # Partitions are read through their table.
            text(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " AND relkind IN ('r', 'p') AND NOT relispartition"
            )
        )
        holding = [
            table
            for table in tables
            if connection.scalar(
                text(f'SELECT count(*) FROM "{table}" AS row WHERE row::text LIKE :said'),  # noqa: S608
                {"said": f"%{SECRET}%"},
            )
        ]
    assert holding == ["profiles"]
