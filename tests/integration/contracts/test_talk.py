"""Messages, ratings, blocks and reports over HTTP and the real database."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from services.contracts.use_cases import rating
from shared.ids import new_id
from shared.people import Right
from tests.integration.contracts.conftest import CONTRACTS, Agreed

GOOD = {"stars": 5, "comment": "親切で早い"}
FAIR = {"stars": 3, "comment": "返事に一週間かかった"}


@pytest.fixture
def completed(agreed: Agreed) -> Agreed:
    with agreed.api.begin() as work:
        rating.open_round(work.contracts.get(agreed.contract_id), work)
    return agreed


def test_a_message_with_a_file_is_written_listed_and_read(agreed: Agreed) -> None:
    file = agreed.client.post(
        f"{agreed.path}/files", params={"name": "庭.txt"}, content=b"two gardens"
    ).json()
    body = {"text": "どちらの庭ですか", "file_ids": [file["file_id"]]}
    sent = agreed.client.post(f"{agreed.path}/messages", body).json()
    assert sent["files"] == [file]
    agreed.client.post(f"{agreed.path}/messages", {"text": "急ぎません"})
    assert agreed.told().count("contracts.message_sent.v1") == 1
    [waiting] = agreed.assistant.get(f"{CONTRACTS}/messages/unread").json()["items"]
    assert waiting == {
        "contract_id": str(agreed.contract_id),
        "title": "Write a guide",
        "unread": 2,
    }
    read = agreed.assistant.post(f"{agreed.path}/messages/read", {"up_to": sent["message_id"]})
    assert read.json()["items"][0]["unread"] == 1
    page = agreed.client.get(f"{agreed.path}/messages", params={"limit": 1}).json()
    assert (page["items"][0]["text"], page["items"][0]["read_at"]) == ("急ぎません", None)
    [last] = agreed.client.get(f"{agreed.path}/messages", params={"after": page["next"]}).json()[
        "items"
    ]
    assert last["read_at"]


def test_messages_are_not_there_for_others(agreed: Agreed) -> None:
    stranger = agreed.api.person("client", "assistant", "operator")
    for path in ("messages", "ratings"):
        assert stranger.get(f"{agreed.path}/{path}").status_code == 404
    assert stranger.post(f"{agreed.path}/messages", {"text": "Hello"}).status_code == 404
    assert stranger.get(f"{CONTRACTS}/messages/unread").json()["items"] == []


def test_two_ratings_at_once_are_revealed_exactly_once(completed: Agreed) -> None:
    path = f"{completed.path}/ratings"
    with ThreadPoolExecutor(2) as both:
        one = both.submit(completed.client.post, path, FAIR)
        other = both.submit(completed.assistant.post, path, GOOD)
        assert {one.result().status_code, other.result().status_code} == {201}
    assert completed.told().count("contracts.ratings_revealed.v1") == 1
    seen = completed.assistant.get(path).json()
    assert (seen["own"]["stars"], seen["others"]["comment"]) == (5, FAIR["comment"])
    reply = completed.assistant.post(f"{path}/reply", {"text": "学校が休みでした"})
    assert reply.status_code == 201
    public = completed.api.person("client").get(
        f"{CONTRACTS}/ratings/{completed.assistant.person_id}"
    )
    [shown] = public.json()["items"]
    assert (shown["stars"], shown["reply"]) == (3, "学校が休みでした")


def test_what_one_party_said_is_revealed_when_the_time_is_over(completed: Agreed) -> None:
    path = f"{completed.path}/ratings"
    completed.client.post(path, FAIR)
    assert completed.assistant.get(path).json()["others"] is None
    completed.api.clock.forward(days=14)
    with ThreadPoolExecutor(2) as replicas:
        fired = replicas.map(rating.reveal_overdue, [completed.api, completed.api])
        assert sum(fired) == 1
    assert completed.told().count("contracts.ratings_revealed.v1") == 1
    assert completed.assistant.get(path).json()["others"]["stars"] == FAIR["stars"]
    assert completed.view()["timeline"][-1]["what"] == "ratings_revealed"


def test_a_block_comes_and_goes_also_for_a_company(agreed: Agreed) -> None:
    client_id, assistant_id = agreed.client.person_id, agreed.assistant.person_id
    member = agreed.api.person(companies={client_id: [Right.POST]})
    of_company = {"client_id": str(client_id)}
    path = f"{CONTRACTS}/blocks/{assistant_id}"

    def send(method: str) -> list[Any]:
        answer = member.client.request(method, path, headers=member.headers, params=of_company)
        assert answer.status_code == 200, answer.text
        items: list[Any] = answer.json()["items"]
        return items

    [blocked] = send("PUT")
    assert blocked["account_id"] == str(assistant_id)
    assert member.get(f"{CONTRACTS}/blocks").json()["items"] == []
    assert member.get(f"{CONTRACTS}/blocks", params=of_company).json()["items"] == [blocked]
    with agreed.api.begin() as work:
        assert work.blocks.between(assistant_id, client_id)
    assert send("DELETE") == []
    assert agreed.told()[-2:] == ["contracts.person_blocked.v1", "contracts.person_unblocked.v1"]


def test_a_report_goes_to_the_operators_and_back(agreed: Agreed) -> None:
    operator = agreed.api.person("operator")
    body = {"kind": "contract", "subject_id": str(agreed.contract_id), "text": "外で払うと言われた"}
    report = agreed.assistant.post(f"{CONTRACTS}/reports", body).json()
    assert agreed.client.get(f"{CONTRACTS}/reports").status_code == 403
    assert operator.get(f"{CONTRACTS}/reports").json()["items"] == [report]
    path = f"{CONTRACTS}/reports/{report['report_id']}/closure"
    assert operator.post(path, {"outcome": "注意しました"}).status_code == 200
    assert operator.get(f"{CONTRACTS}/reports").json()["items"] == []
    [mine] = agreed.assistant.get(f"{CONTRACTS}/reports", params={"mine": True}).json()["items"]
    assert mine["outcome"] == "注意しました"
    unknown = operator.post(f"{CONTRACTS}/reports/{new_id()}/closure", {"outcome": "?"})
    assert unknown.status_code == 404
