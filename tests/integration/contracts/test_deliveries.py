"""Deliveries, statements and completion over HTTP and the real database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from shared.messages.amendments import OfferAmendment
from tests.integration.contracts.conftest import Agreed


@pytest.fixture
def delivered(agreed: Agreed) -> Agreed:
    """A milestone with two criteria, delivered."""
    changes = [{"milestone_id": str(agreed.milestone_id), "criteria": ["五ページ", "ばらがある"]}]
    body = OfferAmendment.model_validate({"reason": "基準", "milestones": changes})
    offer = agreed.client.post(f"{agreed.path}/amendments", body.model_dump(mode="json")).json()
    path = f"{agreed.path}/amendments/{offer['amendment_id']}/acceptance"
    assert agreed.assistant.post(path).status_code == 200
    agreed.fund()
    assert agreed.deliver().status_code == 201
    return agreed


def test_a_change_by_criterion_and_comments_are_shown_with_their_delivery(
    delivered: Agreed,
) -> None:
    path = f"{delivered.milestone_path}/change-requests"
    without = delivered.client.post(path, {"comment": "足りない"})
    assert (without.status_code, without.json()["code"]) == (422, "criterion_required")
    asked = delivered.client.post(path, {"comment": "足りない", "criterion": 2})
    assert (asked.status_code, asked.json()["revisions_left"]) == (201, 2)
    delivered.deliver()
    first, second = delivered.milestone()["deliveries"]
    assert (first["version"], first["criterion"], second["version"]) == (1, "ばらがある", 2)
    comments = f"{delivered.milestone_path}/deliveries/{second['delivery_id']}/comments"
    assert delivered.assistant.post(comments, {"text": "ばらを三つ"}).status_code == 201
    [comment] = delivered.milestone()["deliveries"][1]["comments"]
    assert (comment["text"], comment["by"]) == ("ばらを三つ", str(delivered.assistant.person_id))
    stranger = delivered.api.person("assistant", "operator")
    assert stranger.post(comments, {"text": "?"}).status_code == 404


def test_both_state_their_case_and_the_operator_reads_everything(delivered: Agreed) -> None:
    operator = delivered.api.person("operator")
    assert operator.get(delivered.path).status_code == 404
    dispute = delivered.client.post(
        f"{delivered.milestone_path}/disputes", {"reason": "ばらがない"}
    ).json()["dispute"]
    file = delivered.client.post(
        f"{delivered.path}/files", params={"name": "庭.jpg"}, content=b"no roses"
    ).json()
    path = f"{delivered.path}/disputes/{dispute['dispute_id']}/statements"
    said = {"text": "写真です", "file_ids": [file["file_id"]]}
    assert delivered.client.post(path, said).status_code == 201
    assert delivered.assistant.post(path, {"text": "冬でした"}).status_code == 201
    shown = operator.get(delivered.path).json()["milestones"][0]["dispute"]["statements"]
    assert [(each["text"], each["files"]) for each in shown] == [
        ("写真です", [file]),
        ("冬でした", []),
    ]
    downloaded = operator.get(f"{delivered.path}/files/{file['file_id']}")
    assert downloaded.content == b"no roses"
    assert operator.post(path, {"text": "?"}).status_code == 404


def test_the_hold_is_shown_while_the_money_is_in_escrow(delivered: Agreed) -> None:
    delivered.api.clock.time = datetime(2026, 4, 1, 3, tzinfo=UTC)
    assert delivered.milestone()["held_until"] == "2026-06-30"
    delivered.client.post(f"{delivered.milestone_path}/acceptance")
    assert delivered.milestone()["held_until"] is None


def test_two_last_milestones_that_end_at_once_complete_the_contract_once(
    delivered: Agreed,
) -> None:
    bonus = delivered.client.post(
        f"{delivered.path}/bonuses", {"title": "ありがとう", "price": {"amount": 500}, "note": "!"}
    ).json()
    ending = f"{delivered.path}/milestones/{bonus['milestone_id']}/ending"
    delivered.client.post(ending, {"reason": "やめます"})
    with ThreadPoolExecutor(2) as both:
        one = both.submit(delivered.client.post, f"{delivered.milestone_path}/acceptance")
        other = both.submit(delivered.assistant.post, f"{ending}/agreement")
        assert (one.result().status_code, other.result().status_code) == (200, 200)
    assert delivered.told().count("contracts.contract_completed.v1") == 1
    assert delivered.view()["completed_at"]
