"""Search over the real database: two languages, filters, orders, pages, and who sees what."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from services.jobs.adapters.search import SqlIndex
from services.jobs.use_cases import hearing, searching
from shared.messages.talk import PersonBlocked
from tests.integration.jobs.test_api import JOBS, posted, told
from tests.support.apis import Api, Caller
from tests.support.fakes import NOW

SEARCH = f"{JOBS}/search"
TEXTS = {
    "input": ("データの打込み", "毎週の売上を、決まった表に打ち込んでください。Excelを使います。"),
    "move": ("引越しの見積り", "引っ越しの見積もりを三社に頼み、表にします。"),
    "web": ("ホームページの文章", "小さな庭のWebサイトに載せる紹介を書きます。"),
    "english": ("Translations of letters", "Translate ten letters from Japanese into English."),
    "vote": ("選挙管理委員会の資料整理", "資料を年ごとに並べ、目録を作ります。"),
}


@pytest.fixture
def jobs(api: Api) -> dict[str, dict[str, Any]]:
    client = api.person("client")
    return {
        name: posted(
            client,
            title=title,
            description=description,
            budget={"amount": 10_000 * place},
            category="translation" if name == "english" else "writing",
            skills=["Excel"] if name == "input" else [],
            deadline=f"2026-04-{10 + place}" if name != "vote" else None,
            weekly_hours=5 * place,
        )
        for place, (name, (title, description)) in enumerate(TEXTS.items(), start=1)
    }


def found(api: Api, jobs: dict[str, dict[str, Any]], **parameters: Any) -> list[str]:
    """Return the names of the jobs that somebody finds, in their order."""
    answer = api.person("assistant").get(SEARCH, params=parameters)
    assert answer.status_code == 200, answer.text
    names = {job["job_id"]: name for name, job in jobs.items()}
    return [names[each["job_id"]] for each in answer.json()["items"]]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("データ入力", ["input"]),
        ("エクセル", ["input"]),
        ("引っ越し 見積もり", ["move"]),
        ("ウェブサイト", ["web"]),
        ("選挙", ["vote"]),
        ("委員会 資料", ["vote"]),
        ("translation", ["english"]),
        ("TRANSLATING letter", ["english"]),
        ('"庭の紹介"', []),
        ('"紹介を書く"', ["web"]),
        ("表 -引越し", ["input"]),
        ("選挙 OR 翻訳", ["vote", "english"]),
        ("資料 ピアノ", []),
        ("' \\ & | ! <-> : * ( )", ["vote", "english", "web", "move", "input"]),
    ],
)
def test_what_people_mean_is_found(
    api: Api, jobs: dict[str, dict[str, Any]], q: str, expected: list[str]
) -> None:
    assert found(api, jobs, q=q) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"category": "translation"}, ["english"]),
        ({"skill": "EXCEL"}, ["input"]),
        ({"budget_from": 20_000, "budget_to": 30_000}, ["web", "move"]),
        ({"weekly_hours_max": 10}, ["move", "input"]),
        ({"deadline_from": "2026-04-14"}, ["vote", "english"]),
        ({"beginner_friendly": True}, []),
        ({"kind": "retainer"}, []),
        ({"mode": "brokered", "q": "表"}, ["move", "input"]),
    ],
)
def test_filters_narrow_what_is_found(
    api: Api, jobs: dict[str, dict[str, Any]], filters: dict[str, Any], expected: list[str]
) -> None:
    assert found(api, jobs, **filters) == expected


def test_what_takes_no_proposals_any_more_is_neither_found_nor_listed(
    api: Api, jobs: dict[str, dict[str, Any]]
) -> None:
    api.clock.forward(days=12)  # to 13 April
    assert found(api, jobs) == ["vote", "english", "web"]
    assert found(api, jobs, deadline_from="2026-04-01") == ["vote", "english", "web"]
    listed = api.person("assistant").get("/api/v1/jobs").json()["items"]
    assert [each["job_id"] for each in listed] == [
        jobs[name]["job_id"] for name in ("vote", "english", "web")
    ]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("newest", ["vote", "english", "web", "move", "input"]),
        ("budget", ["vote", "english", "web", "move", "input"]),
        ("deadline", ["input", "move", "web", "english", "vote"]),
        ("relevance", ["vote", "english", "web", "move", "input"]),
    ],
)
def test_every_order_has_stable_pages(
    api: Api, jobs: dict[str, dict[str, Any]], sort: str, expected: list[str]
) -> None:
    assert found(api, jobs, sort=sort) == expected
    person, names, after = api.person("assistant"), [], None
    by_id = {job["job_id"]: name for name, job in jobs.items()}
    while True:
        parameters = {"sort": sort, "limit": 2} | ({"after": after} if after else {})
        page = person.get(SEARCH, params=parameters).json()
        names += [by_id[each["job_id"]] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert names == expected


def test_the_title_weighs_more_than_the_description(api: Api) -> None:
    client = api.person("client")
    titled = posted(client, title="庭の写真", description="十枚")
    for _ in range(2):
        posted(client, title="案内", description="庭の写真も一枚だけ撮ってください")
    person = api.person("assistant")
    page = person.get(SEARCH, params={"q": "写真", "sort": "relevance", "limit": 1}).json()
    assert page["items"][0]["job_id"] == titled["job_id"]
    rest = person.get(
        SEARCH, params={"q": "写真", "sort": "relevance", "after": page["next"]}
    ).json()
    assert len(rest["items"]) == 2


def test_only_what_one_may_see_is_found(api: Api) -> None:
    client, assistant = api.person("client"), api.person("assistant")
    posted(client, draft=True)
    hidden = posted(client, visibility="invited")
    paused = posted(client)
    client.post(f"{JOBS}/{paused['job_id']}/pause")
    assert assistant.get(SEARCH).json()["items"] == []
    assert [each["job_id"] for each in client.get(SEARCH).json()["items"]] == [hidden["job_id"]]
    with api.begin() as work:
        work.people.remember(assistant.person_id, "花子", assistant=True)
    client.post(
        f"{JOBS}/{hidden['job_id']}/invitations", {"assistant_id": str(assistant.person_id)}
    )
    assert len(assistant.get(SEARCH).json()["items"]) == 1
    blocked = PersonBlocked(
        blocked_by=assistant.person_id, account_id=client.person_id, blocked_at=NOW
    )
    with api.begin() as work:
        hearing.note_block(blocked, work)
    assert assistant.get(SEARCH).json()["items"] == []


def test_an_edited_job_is_found_by_what_it_says_now(api: Api) -> None:
    client, assistant = api.person("client"), api.person("assistant")
    job = posted(client, title="庭の案内")
    body = {name: job[name] for name in ("description", "category", "budget")}
    client.client.put(
        f"{JOBS}/{job['job_id']}", json=body | {"title": "池の案内"}, headers=client.headers
    )
    assert assistant.get(SEARCH, params={"q": "庭"}).json()["items"] == []
    assert len(assistant.get(SEARCH, params={"q": "池"}).json()["items"]) == 1


def test_jobs_of_before_are_found_once_they_are_taken_in(api: Api) -> None:
    posted(api.person("client"), title="庭の案内")
    with api.database.transaction() as connection:
        connection.execute(text("UPDATE jobs SET search = ''"))
    assistant = api.person("assistant")
    assert assistant.get(SEARCH, params={"q": "庭"}).json()["items"] == []
    assert SqlIndex.rebuild(api.database) == 1
    assert len(assistant.get(SEARCH, params={"q": "庭"}).json()["items"]) == 1


def test_each_search_is_planned_for_its_own_words(
    api: Api, jobs: dict[str, dict[str, Any]]
) -> None:
    for _ in range(15):
        assert found(api, jobs, q="表", sort="relevance") == ["move", "input"]
    with api.database.transaction() as connection:
        ranked = "SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE '%ts_rank%'"
        assert list(connection.scalars(text(ranked))) == [0]


class Replica:
    """One of several events processes."""

    def __init__(self, api: Api) -> None:
        self.api = api

    @contextmanager
    def begin(self) -> Iterator[Any]:
        with self.api.begin() as work:
            yield work


def saved(assistant: Caller, **terms: Any) -> dict[str, Any]:
    answer = assistant.post(f"{JOBS}/searches", {"name": "庭", "terms": terms})
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


def test_a_saved_search_tells_once_over_several_replicas(api: Api) -> None:
    assistant, client = api.person("assistant"), api.person("client")
    search = saved(assistant, q="庭", budget_from=10_000)
    assert assistant.get(f"{JOBS}/searches").json()["items"] == [search]
    api.clock.forward(minutes=1)
    posted(client, title="庭の案内")
    posted(client, title="池の案内")
    api.clock.forward(minutes=5)
    with ThreadPoolExecutor(3) as replicas:
        ran = sum(replicas.map(searching.run_due_searches, [Replica(api)] * 3))
    assert ran == 1
    assert told(api).count("jobs.saved_search_matched.v1") == 1
    with api.database.transaction() as connection:
        said = connection.scalar(
            text("SELECT data::text FROM outbox WHERE type LIKE '%saved_search%'")
        )
    assert "庭の案内" in str(said)
    assert "池の案内" not in str(said)
    path = f"{JOBS}/searches/{search['search_id']}"
    gone = assistant.client.delete(path, headers=assistant.headers)
    assert gone.json()["items"] == []
    assert client.client.delete(path, headers=client.headers).status_code == 404
