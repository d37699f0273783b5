"""Parts, bonuses and disputes over HTTP, on a real database."""

import json
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text

from services.contracts.use_cases import clocks, money
from shared.ids import new_id
from shared.messages.payments import ChargebackOpened, MilestoneChargedBack, MilestoneFunded
from shared.money import yen
from tests.integration.contracts.conftest import CONTRACTS, Agreed
from tests.integration.contracts.test_api import refusal
from tests.support.apis import Api, Caller

OPEN = f"{CONTRACTS}/disputes"


def amount(of: int) -> dict[str, int]:
    return {"amount": of}


@pytest.fixture
def delivered(agreed: Agreed) -> Agreed:
    agreed.fund()
    agreed.deliver()
    return agreed


@pytest.fixture
def operator(api: Api) -> Caller:
    return api.person("operator")


def dispute(agreed: Agreed, by: Caller) -> str:
    """Open a dispute; return its path."""
    answer = by.post(f"{agreed.milestone_path}/disputes", {"reason": "No roses"})
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    return f"{agreed.path}/disputes/{answer.json()['dispute']['dispute_id']}"


def last_event(agreed: Agreed, kind: str) -> dict[str, Any]:
    query = "SELECT data FROM outbox WHERE type = :type ORDER BY position DESC LIMIT 1"
    with agreed.api.database.transaction() as connection:
        data = connection.execute(text(query), {"type": f"contracts.{kind}.v1"}).scalar_one()
    event: dict[str, Any] = json.loads(data)
    return event


def test_a_part_is_accepted_and_the_rest_divided_by_an_operator(
    delivered: Agreed, operator: Caller
) -> None:
    parts = f"{delivered.milestone_path}/partial-acceptances"
    part = {"price": amount(50_000), "comment": "All but the roses"}
    assert refusal(delivered.client.post(parts, part)) == (409, "part_not_less_than_rest")
    assert delivered.client.post(parts, part).json()["left"] == {
        "amount": 50_000,
        "currency": "JPY",
    }
    assert refusal(delivered.assistant.post(parts, part)) == (403, "other_party_required")
    answer = delivered.client.post(parts, part | {"price": amount(20_000)})
    assert answer.status_code == HTTPStatus.CREATED
    assert answer.json()["status"] == "changes_requested"
    assert answer.json()["accepted_price"]["amount"] == 20_000
    assert answer.json()["deliveries"][0]["change_request"] == "All but the roses"

    path = dispute(delivered, delivered.assistant)
    spoken = delivered.client.post(f"{path}/answers", {"text": "There are none"})
    assert spoken.status_code == HTTPStatus.CREATED
    assert spoken.json()["dispute"]["answer"] == "There are none"
    too_much = {"to_assistant": amount(30_001), "reason": "x"}
    assert refusal(operator.post(f"{path}/decision", too_much)) == (409, "split_exceeds_rest")
    decided = operator.post(
        f"{path}/decision", {"to_assistant": amount(0), "reason": "No roses were found"}
    )
    assert decided.status_code == HTTPStatus.OK
    assert decided.json()["to_client"]["amount"] == 30_000
    milestone = delivered.milestone()
    assert milestone["status"] == "resolved"
    assert milestone["dispute"] == decided.json()
    assert [entry["what"] for entry in delivered.view()["timeline"]][-5:] == [
        "partly_accepted",
        "dispute_opened",
        "dispute_answered",
        "dispute_resolved",
        "completed",
    ]
    assert delivered.told()[-4:] == [
        "contracts.milestone_partly_accepted.v1",
        "contracts.dispute_opened.v1",
        "contracts.contract_completed.v1",
        "contracts.dispute_resolved.v1",
    ]


def test_a_bonus_stands_last_in_the_contract_and_is_accepted_when_it_is_paid(
    agreed: Agreed,
) -> None:
    body = {"title": "Thank you", "price": amount(5_000), "note": "It was lovely"}
    path = f"{agreed.path}/bonuses"
    assert refusal(agreed.assistant.post(path, body)) == (403, "other_party_required")
    given = [agreed.client.post(path, body, key=key) for key in ("a", "a", "b")]
    assert [answer.status_code for answer in given] == [HTTPStatus.CREATED] * 3
    first, same, second = (answer.json()["milestone_id"] for answer in given)
    assert first == same
    shown = agreed.view()["milestones"]
    assert [each["milestone_id"] for each in shown] == [str(agreed.milestone_id), first, second]
    assert [each["kind"] for each in shown] == ["work", "bonus", "bonus"]

    facts = agreed.facts() | {"milestone_id": first, "title": "Thank you"}
    with agreed.api.begin() as work:
        money.note_funded(MilestoneFunded(**facts, amount=yen(5_500)), work)
    paid = agreed.view()["milestones"][1]
    assert (paid["status"], paid["deadlines"]) == ("accepted", [])
    assert agreed.told()[-3:] == [
        "contracts.milestone_added.v1",
        "contracts.milestone_added.v1",
        "contracts.milestone_accepted.v1",
    ]


def test_the_parties_settle_and_the_list_of_open_disputes_is_empty_again(
    delivered: Agreed, operator: Caller
) -> None:
    path = dispute(delivered, delivered.client)
    [shown] = operator.get(OPEN).json()["items"]
    assert shown["milestone_id"] == str(delivered.milestone_id)
    assert shown["reason"] == "No roses"
    assert shown["left"]["amount"] == 50_000
    half = {"to_assistant": amount(25_000)}
    first = delivered.assistant.post(f"{path}/settlement", half).json()
    assert first["status"] == "disputed"
    assert first["dispute"]["proposed_to_assistant"]["amount"] == 25_000
    assert delivered.client.post(f"{path}/settlement", half).json()["status"] == "resolved"
    assert refusal(delivered.client.post(f"{path}/settlement", half)) == (
        409,
        "milestone_step_not_allowed",
    )
    assert operator.get(OPEN).json()["items"] == []
    delivered.api.clock.forward(days=30)
    assert delivered.fire() == 0
    assert delivered.told().count("contracts.dispute_resolved.v1") == 1


def test_silence_decides_once_over_several_replicas(delivered: Agreed) -> None:
    others = [Agreed(delivered.api) for _ in range(3)]
    for each in others:
        each.fund()
        each.deliver()
    for each in (delivered, *others):
        dispute(each, each.client)
    delivered.api.clock.forward(days=8)
    together = Barrier(4)

    def replica(_: int) -> int:
        together.wait(timeout=10)
        return clocks.fire_deadlines(delivered.api)

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(replica, range(4))) == 8, "four reminders, four answers"
    shown = delivered.milestone()["dispute"]
    assert (shown["resolved_by"], shown["to_client"]["amount"]) == ("silence", 50_000)
    assert delivered.told().count("contracts.dispute_resolved.v1") == 4


def test_one_of_several_simultaneous_decisions_stands(delivered: Agreed, operator: Caller) -> None:
    path = dispute(delivered, delivered.client)

    def decide(to_assistant: int) -> Any:
        body = {"to_assistant": amount(to_assistant), "reason": "So be it"}
        return operator.post(f"{path}/decision", body)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(decide, range(4)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [HTTPStatus.OK] + [HTTPStatus.CONFLICT] * 3
    assert delivered.told().count("contracts.dispute_resolved.v1") == 1


def test_strangers_find_no_dispute_and_only_operators_decide(
    delivered: Agreed, operator: Caller
) -> None:
    path = dispute(delivered, delivered.client)
    other = Agreed(delivered.api)
    stranger = delivered.api.person("client", "assistant")
    answer, half = {"text": "x"}, {"to_assistant": amount(1)}
    decision = half | {"reason": "x"}
    assert refusal(stranger.post(f"{path}/answers", answer)) == (404, "contract_not_found")
    assert refusal(stranger.post(f"{path}/settlement", half)) == (404, "contract_not_found")
    assert refusal(stranger.post(f"{path}/decision", decision)) == (403, "role_required")
    assert refusal(stranger.get(OPEN)) == (403, "role_required")
    assert refusal(delivered.client.get(OPEN)) == (403, "role_required")
    assert refusal(delivered.client.post(f"{path}/answers", answer)) == (
        403,
        "other_party_required",
    )
    elsewhere = path.replace(str(delivered.contract_id), str(other.contract_id))
    assert refusal(other.client.post(f"{elsewhere}/answers", answer)) == (404, "dispute_not_found")
    assert refusal(operator.post(f"{elsewhere}/decision", decision)) == (404, "dispute_not_found")


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("partial-acceptances", {"price": amount(0), "comment": "x"}, "/body/price/amount"),
        ("partial-acceptances", {"price": amount(-1), "comment": "x"}, "/body/price/amount"),
        ("partial-acceptances", {"price": {"amount": 1.5}, "comment": "x"}, "/body/price/amount"),
        ("partial-acceptances", {"price": amount(1)}, "/body/comment"),
        (
            "partial-acceptances",
            {"price": {"amount": 1, "currency": "USD"}, "comment": "x"},
            "/body/price/currency",
        ),
        ("disputes", {"reason": " "}, "/body/reason"),
    ],
)
def test_a_malformed_body_is_refused_and_the_field_named(
    delivered: Agreed, path: str, body: dict[str, Any], pointer: str
) -> None:
    answer = delivered.client.post(f"{delivered.milestone_path}/{path}", body)
    assert refusal(answer) == (422, "validation_failed")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert delivered.milestone()["status"] == "delivered"


def test_open_disputes_come_in_pages_oldest_first(api: Api, operator: Caller) -> None:
    opened = []
    for _ in range(3):
        agreed = Agreed(api)
        agreed.fund()
        agreed.deliver()
        opened.append(dispute(agreed, agreed.client).rpartition("/")[2])
    first = operator.get(OPEN, params={"limit": 2}).json()
    second = operator.get(OPEN, params={"limit": 2, "after": first["next"]}).json()
    seen = [each["dispute_id"] for each in (*first["items"], *second["items"])]
    assert seen == opened
    assert second["next"] is None


def test_a_chargeback_takes_a_dispute_off_the_list(delivered: Agreed, operator: Caller) -> None:
    dispute(delivered, delivered.client)
    facts = delivered.facts() | {"chargeback_id": new_id(), "amount": yen(55_000)}
    with delivered.api.begin() as work:
        money.note_chargeback_opened(ChargebackOpened(**facts, answer_until=None), work)
        money.note_charged_back(MilestoneChargedBack(**facts), work)
    assert delivered.milestone()["status"] == "charged_back"
    assert operator.get(OPEN).json()["items"] == []
    delivered.api.clock.forward(days=30)
    assert delivered.fire() == 0


def test_a_delivery_tells_what_was_delivered(agreed: Agreed) -> None:
    agreed.fund()
    files = f"{agreed.path}/files"
    file = agreed.assistant.post(files, params={"name": "garden.txt"}, content=b"roses").json()
    body = {"text": "Here", "file_ids": [file["file_id"]]}
    agreed.assistant.post(f"{agreed.milestone_path}/deliveries", body)
    told = last_event(agreed, "milestone_delivered")
    assert told["text"] == "Here"
    assert told["files"] == [f"garden.txt (SHA-256 {file['sha256']})"]
    assert told["delivered_at"]
    terms = agreed.client.get(f"{agreed.path}/terms").json()
    assert last_event(agreed, "contract_agreed")["terms_sha256"] == terms["sha256"]
