from http import HTTPStatus
from typing import Any
from uuid import UUID

from services.notify.domain import examples
from services.notify.domain.examples import ASSISTANT, CLIENT, EXAMPLES
from services.notify.domain.examples_programs import PROGRAMS
from services.notify.use_cases import hearing, telling
from shared.messages.companies import CompanyFounded, MembershipChanged
from shared.people import Right
from tests.integration.notify.conftest import EVERYBODY, TARO
from tests.support.apis import Api

EVERY = (*EXAMPLES, *PROGRAMS)
NOTIFICATIONS = "/api/v1/notify/notifications"


def test_people_see_what_they_were_told_newest_first(api: Api) -> None:
    for happened in (examples.contract_agreed, examples.milestone_funded):
        with api.begin() as work:
            telling.tell([happened], work)
    client = api.person("client", person_id=CLIENT)
    assistant = api.person("assistant", person_id=ASSISTANT)

    [seen_by_client] = client.get(NOTIFICATIONS).json()["items"]
    assert seen_by_client["subject"] == "「商品説明の作成」の条件が書面になりました"
    assert seen_by_client["body"].startswith("太郎 さん")
    newest, oldest = assistant.get(NOTIFICATIONS).json()["items"]
    assert [newest["what"], oldest["what"]] == ["milestone_funded", "contract_agreed"]
    assert newest["mailed_at"] is None


def test_pages_show_everything_once(api: Api) -> None:
    with api.begin() as work:
        telling.tell([examples.milestone_funded] * 7, work)
    assistant = api.person("assistant", person_id=ASSISTANT)
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    for _ in range(3):
        page = assistant.get(NOTIFICATIONS, params=query).json()
        seen += [item["notification_id"] for item in page["items"]]
        query["after"] = page["next"]
    assert page["next"] is None
    assert len(set(seen)) == 7
    assert seen == sorted(seen, reverse=True)


def test_nobody_sees_what_others_were_told(api: Api) -> None:
    with api.begin() as work:
        telling.tell([examples.milestone_funded], work)
    assert api.person("assistant").get(NOTIFICATIONS).json() == {"items": [], "next": None}
    answer = api.client.get(NOTIFICATIONS)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED


def test_a_limit_beyond_a_hundred_is_refused(api: Api) -> None:
    answer = api.person().get(NOTIFICATIONS, params={"limit": 101})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json()["errors"][0]["pointer"] == "/query/limit"


def test_every_event_can_be_kept(api: Api) -> None:
    with api.begin() as work:
        telling.tell(EVERY, work)
    items = []
    for each in EVERYBODY:
        person = api.person(person_id=each.person_id)
        items += person.get(NOTIFICATIONS, params={"limit": 100}).json()["items"]
    assert {item["what"] for item in items} == {event.event_name for event in EVERY}


def test_a_person_who_is_heard_of_again_is_known_as_last_told(api: Api) -> None:
    moved = TARO.model_copy(update={"email": "new@example.jp", "locale": "en"})
    with api.begin() as work:
        hearing.remember_people([TARO, moved], work)
        assert work.people.find({CLIENT})[CLIENT].email == "new@example.jp"
        assert work.people.find({CLIENT})[CLIENT].locale == "en"


def test_members_of_a_company_see_what_it_was_told_by_their_rights(api: Api) -> None:
    company_id, (taro, hanako) = UUID(int=9), (CLIENT, ASSISTANT)
    founded = CompanyFounded(
        company_id=company_id,
        name="株式会社みどり園芸",
        email="office@midori.example",
        locale="ja",
        founded_by=taro,
    )
    first = MembershipChanged(
        company_id=company_id,
        company_name=founded.name,
        person_id=taro,
        member=True,
        rights=frozenset({Right.FUND}),
        changed_by=taro,
        change=1,
    )
    second = first.model_copy(update={"change": 2, "rights": frozenset({Right.ACCEPT})})
    other = first.model_copy(update={"person_id": hanako, "changed_by": hanako})
    short = examples.funding_short.model_copy(update={"client_id": company_id})
    with api.begin() as work:
        hearing.remember_companies([founded], work)
        hearing.follow_members([second, first, other], work)
        hearing.follow_members([first], work)
        telling.tell([short], work)
    assert api.person(person_id=taro).get(NOTIFICATIONS).json()["items"] == []
    [told] = api.person(person_id=hanako).get(NOTIFICATIONS).json()["items"]
    assert "as a member of 株式会社みどり園芸" in told["body"]
