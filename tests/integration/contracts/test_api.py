"""Contracts over HTTP, on a real database: what is right, what is refused, and who sees what."""

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import pytest

from services.contracts.use_cases import agreeing, money
from shared.ids import new_id
from shared.messages.payments import EscrowReleased, MilestoneRefunded, PayoutPaid
from shared.money import yen
from tests.integration.contracts.conftest import CONTRACTS, Agreed
from tests.support.apis import Api


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_list_says_where_each_milestone_stands_and_until_when_to_act(agreed: Agreed) -> None:
    agreed.fund()
    agreed.deliver()
    whole = agreed.client.get(f"{CONTRACTS}/{agreed.contract_id}").json()
    [listed] = agreed.client.get(CONTRACTS, params={"running": True}).json()["items"]
    assert listed["client_name"] == whole["terms"]["client_name"]
    assert listed["assistant_name"] == whole["terms"]["assistant_name"]
    [first, *_] = listed["milestones"]
    assert (first["status"], first["overdue"]) == ("delivered", False)
    [review] = [each for each in agreed.milestone()["deadlines"] if each["kind"] == "review"]
    assert first["act_until"] == review["due_at"]


def test_the_whole_life_up_to_the_payday(agreed: Agreed) -> None:
    assert agreed.milestone()["status"] == "agreed"
    agreed.fund()
    funded = agreed.milestone()
    assert funded["status"] == "funded"
    assert [each["kind"] for each in funded["deadlines"]] == ["delivery_reminder", "delivery"]

    assert agreed.deliver().status_code == HTTPStatus.CREATED
    asked = agreed.client.post(
        f"{agreed.milestone_path}/change-requests", {"comment": "More roses"}
    )
    assert asked.json()["status"] == "changes_requested"
    assert asked.json()["deliveries"][0]["change_request"] == "More roses"
    delivered = agreed.deliver().json()
    assert [each["change_request"] for each in delivered["deliveries"]] == ["More roses", None]
    accepted = agreed.client.post(f"{agreed.milestone_path}/acceptance")
    assert accepted.status_code == HTTPStatus.OK
    assert accepted.json()["status"] == "accepted"
    assert accepted.json()["deadlines"] == []
    one = yen(1)
    with agreed.api.begin() as work:
        released = EscrowReleased(
            **agreed.facts(),
            gross=one,
            platform_fee=one,
            platform_fee_tax=one,
            withholding=one,
            net=one,
        )
        money.note_released(released, work)
        paid = PayoutPaid(
            payout_id=new_id(),
            assistant_id=agreed.assistant.person_id,
            amount=one,
            transfer_fee=one,
            milestones=(agreed.paid(),),
        )
        money.note_payout_paid(paid, work)
        money.note_payout_paid(paid, work)

    view = agreed.view()
    assert view["milestones"][0]["status"] == "released"
    assert [entry["what"] for entry in view["timeline"]] == [
        "agreed",
        "funding_started",
        "funded",
        "delivered",
        "changes_requested",
        "delivered",
        "accepted",
        "completed",
        "released",
        "paid_out",
    ]
    assert agreed.told() == [
        "contracts.contract_agreed.v1",
        "contracts.milestone_delivered.v1",
        "contracts.changes_requested.v1",
        "contracts.milestone_delivered.v1",
        "contracts.contract_completed.v1",
        "contracts.milestone_accepted.v1",
    ]


def test_a_proposal_becomes_one_contract_however_often_it_is_told(agreed: Agreed) -> None:
    def again(_: int) -> None:
        with agreed.api.begin() as work:
            agreeing.agree(agreed.accepted, work)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(again, range(4)))
    assert len(agreed.client.get(CONTRACTS).json()["items"]) == 1
    assert agreed.told() == ["contracts.contract_agreed.v1"]


def test_both_parties_read_the_same_terms_in_writing(agreed: Agreed) -> None:
    terms = agreed.client.get(f"{agreed.path}/terms").json()
    assert terms == agreed.assistant.get(f"{agreed.path}/terms").json() == agreed.view()["terms"]
    assert terms["client_name"] == "花子"
    assert terms["ordered_on"] == "2026-04-01"
    assert terms["milestones"][0]["payday"] == "2026-06-01"
    assert len(terms["sha256"]) == 64


def test_contracts_come_in_pages_newest_first(agreed: Agreed) -> None:
    for _ in range(4):
        accepted = agreed.accepted.model_copy(
            update={
                "proposal_id": new_id(),
                "milestones": (
                    agreed.accepted.milestones[0].model_copy(update={"milestone_id": new_id()}),
                ),
            }
        )
        with agreed.api.begin() as work:
            agreeing.agree(accepted, work)
    seen: list[str] = []
    after = None
    for _ in range(3):
        query = {"limit": 2} | ({"after": after} if after else {})
        page = agreed.assistant.get(CONTRACTS, params=query).json()
        seen += [each["contract_id"] for each in page["items"]]
        after = page["next"]
    assert after is None
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)


def test_one_of_several_simultaneous_acceptances_wins(agreed: Agreed) -> None:
    agreed.fund()
    agreed.deliver()

    def accept(_: int) -> Any:
        return agreed.client.post(f"{agreed.milestone_path}/acceptance")

    with ThreadPoolExecutor(4) as threads:
        answers = sorted(threads.map(accept, range(4)), key=lambda each: each.status_code)
    codes = [answer.status_code for answer in answers]
    assert codes == [HTTPStatus.OK] + [HTTPStatus.CONFLICT] * 3
    refused = answers[-1].json()
    assert refused["code"] == "milestone_step_not_allowed"
    assert refused["step"] == "accept"
    assert agreed.told().count("contracts.milestone_accepted.v1") == 1


def test_acceptance_with_one_key_is_answered_alike_twice(agreed: Agreed) -> None:
    agreed.fund()
    agreed.deliver()
    path = f"{agreed.milestone_path}/acceptance"
    first = agreed.client.post(path, key="k")
    again = agreed.client.post(path, key="k")
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert refusal(agreed.client.post(path)) == (409, "milestone_step_not_allowed")


def test_an_end_by_agreement_leaves_nothing_to_accept(agreed: Agreed) -> None:
    agreed.fund()
    asked = agreed.client.post(f"{agreed.milestone_path}/ending", {"reason": "No garden"})
    assert asked.json()["status"] == "ending"
    assert asked.json()["ending_asked_by"] == str(agreed.client.person_id)
    assert [each["kind"] for each in asked.json()["deadlines"]] == ["ending"]
    agreement = f"{agreed.milestone_path}/ending/agreement"
    assert refusal(agreed.client.post(agreement)) == (403, "other_party_required")
    assert agreed.assistant.post(agreement).json()["status"] == "ended"
    acceptance = f"{agreed.milestone_path}/acceptance"
    assert refusal(agreed.client.post(acceptance)) == (409, "milestone_step_not_allowed")
    assert refusal(agreed.deliver()) == (409, "milestone_step_not_allowed")
    with agreed.api.begin() as work:
        money.note_refunded(MilestoneRefunded(**agreed.facts(), amount=yen(55_000)), work)
    assert agreed.milestone()["status"] == "refunded"


def test_strangers_find_nothing_and_each_party_does_its_own_part(agreed: Agreed) -> None:
    agreed.fund()
    stranger = agreed.api.person("client", "assistant")
    bodies: dict[str, dict[str, str] | None] = {
        "deliveries": {"text": "x"},
        "change-requests": {"comment": "x"},
        "acceptance": None,
        "ending": {"reason": "x"},
        "ending/agreement": None,
    }
    for step, body in bodies.items():
        answer = stranger.post(f"{agreed.milestone_path}/{step}", body)
        assert refusal(answer) == (404, "contract_not_found"), step
        answer = agreed.client.post(f"{agreed.path}/milestones/{new_id()}/{step}", body)
        assert refusal(answer) == (404, "milestone_not_found"), step
        answer = agreed.api.client.post(f"{agreed.milestone_path}/{step}", json=body)
        assert refusal(answer) == (401, "token_missing"), step
    for path in (agreed.path, f"{agreed.path}/terms", f"{CONTRACTS}/{new_id()}"):
        assert refusal(stranger.get(path)) == (404, "contract_not_found")
    assert stranger.get(CONTRACTS).json()["items"] == []
    wrong = agreed.client.post(f"{agreed.milestone_path}/deliveries", {"text": "x"})
    assert refusal(wrong) == (403, "other_party_required")
    wrong = agreed.assistant.post(f"{agreed.milestone_path}/acceptance")
    assert refusal(wrong) == (403, "other_party_required")


@pytest.mark.parametrize(
    ("step", "body", "pointer"),
    [
        ("deliveries", {}, "/body/text"),
        ("deliveries", {"text": " "}, "/body/text"),
        ("deliveries", {"text": "a\x00"}, "/body/text"),
        ("deliveries", {"text": "x" * 20_001}, "/body/text"),
        ("deliveries", {"text": "x", "file_ids": ["7"]}, "/body/file_ids/0"),
        ("deliveries", {"text": "x", "price": 1}, "/body/price"),
        ("change-requests", {"comment": ""}, "/body/comment"),
        ("ending", {"reason": None}, "/body/reason"),
    ],
)
def test_a_malformed_body_is_refused_and_the_field_named(
    agreed: Agreed, step: str, body: dict[str, Any], pointer: str
) -> None:
    answer = agreed.assistant.post(f"{agreed.milestone_path}/{step}", body)
    assert refusal(answer) == (422, "validation_failed")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_the_open_api_document_names_every_path(api: Api) -> None:
    paths = api.client.get(f"{CONTRACTS}/openapi.json").json()["paths"]
    upload = paths[CONTRACTS + "/{contract_id}/files"]["post"]
    assert list(upload["requestBody"]["content"]) == ["application/octet-stream"]
    assert len(paths) == 73
