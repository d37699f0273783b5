"""Another name, all one's data, and leaving for good: what contracts makes of each."""

from sqlalchemy import text

from shared import account_data
from shared.http.export import export_router
from shared.messages.accounts import PersonChanged
from shared.messages.companies import CompanyRenamed
from shared.messages.deletion import DeletionAsked, PersonDeleted
from tests.integration.contracts.conftest import CONTRACTS, Agreed
from tests.support.apis import Api, Caller


def open_of(api: Api, person: Caller) -> tuple[str, ...]:
    with api.begin() as work:
        return account_data.look_through(DeletionAsked(person_id=person.person_id, round=1), work)


def test_a_new_name_is_kept_and_the_terms_go_on_naming_who_agreed(api: Api) -> None:
    agreed = Agreed(api)
    before = agreed.client.get(f"{agreed.path}/terms").json()
    changed = PersonChanged(
        person_id=agreed.assistant.person_id,
        email="new@example.jp",
        display_name="佐藤 花子",
        locale="ja",
        change=3,
    )
    with api.begin() as work:
        account_data.follow_person(changed, work)
        older = changed.model_copy(update={"display_name": "鈴木", "change": 2})
        account_data.follow_person(older, work)
        assert work.people.name(agreed.assistant.person_id) == "佐藤 花子"
        renamed = CompanyRenamed(
            company_id=agreed.client.person_id, name="緑園", email="a@b.jp", locale="ja", change=2
        )
        account_data.follow_company(renamed, work)
        assert work.people.name(agreed.client.person_id) == "緑園"
    assert agreed.client.get(f"{agreed.path}/terms").json() == before


def test_both_parties_stay_until_their_contract_is_completed(api: Api) -> None:
    agreed = Agreed(api)
    for party in (agreed.client, agreed.assistant):
        assert open_of(api, party) == ("open_contracts",)
    assert open_of(api, api.person("client")) == ()
    with api.database.transaction() as connection:
        connection.execute(text("UPDATE contracts SET completed_at = agreed_at"))
    for party in (agreed.client, agreed.assistant):
        assert open_of(api, party) == ()


def test_people_take_along_what_they_agreed_and_said(api: Api) -> None:
    api.client.app.include_router(export_router("contracts"))  # type: ignore[attr-defined]
    agreed = Agreed(api)
    agreed.fund()
    agreed.deliver()
    agreed.client.post(f"{agreed.path}/messages", {"text": "ありがとうございます"})
    path = f"{CONTRACTS}/people/me/export"
    mine = agreed.assistant.get(path).json()["data"]
    assert [each["contract_id"] for each in mine["contracts"]] == [str(agreed.contract_id)]
    assert [each["text"] for each in mine["deliveries"]] == ["Here it is"]
    assert mine["messages"] == []
    theirs = agreed.client.get(path).json()["data"]
    assert [each["text"] for each in theirs["messages"]] == ["ありがとうございます"]
    nobody = api.person("client").get(path).json()["data"]
    assert {name for name, rows in nobody.items() if rows} == set()


def test_what_a_client_said_of_an_assistant_in_secret_is_not_taken_along_yet(api: Api) -> None:
    agreed = Agreed(api)
    rated = text(
        "INSERT INTO ratings (contract_id, by_id, of_id, stars, comment, given_at)"
        " VALUES (:contract, :client, :assistant, 2, 'secret', now())"
    )
    opened = text("INSERT INTO rating_rounds (contract_id, open_until) VALUES (:contract, now())")
    about = {
        "contract": agreed.contract_id,
        "client": agreed.client.person_id,
        "assistant": agreed.assistant.person_id,
    }
    with api.database.transaction() as connection:
        connection.execute(opened, about)
        connection.execute(rated, about)
    with api.begin() as work:
        assert work.people.all_of(agreed.assistant.person_id)["ratings"] == []
        assert len(work.people.all_of(agreed.client.person_id)["ratings"]) == 1
    with api.database.transaction() as connection:
        connection.execute(text("UPDATE rating_rounds SET revealed_at = now()"))
    with api.begin() as work:
        assert len(work.people.all_of(agreed.assistant.person_id)["ratings"]) == 1


def test_who_has_left_has_no_name_but_what_was_agreed_stays(api: Api) -> None:
    agreed = Agreed(api)
    before = agreed.client.get(f"{agreed.path}/terms").json()
    with api.begin() as work:
        account_data.forget(PersonDeleted(person_id=agreed.assistant.person_id), work)
        assert work.people.name(agreed.assistant.person_id) == account_data.FORMER
    assert agreed.client.get(f"{agreed.path}/terms").json() == before
