"""Hand-overs and moved dates over HTTP and a real database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from services.contracts.use_cases import agreeing
from shared.calendar import day_in_japan
from shared.people import Person
from tests.integration.contracts.conftest import CONTRACTS, Agreed
from tests.integration.contracts.test_files import upload
from tests.support.apis import Api, Caller
from tests.unit.contracts.agreed import registered

NOTE = "Only the roses are missing"
FILE = b"# A draft\n"


@dataclass
class Three:
    """A funded milestone, and an assistant who could go on with it."""

    agreed: Agreed
    substitute: Caller = field(init=False)

    def __post_init__(self) -> None:
        self.agreed.fund()
        self.substitute = self.agreed.api.person("assistant")
        person = Person(self.substitute.person_id, frozenset({"assistant"}))
        with self.agreed.api.begin() as work:
            agreeing.remember_person(registered(person, "次郎"), work)

    def propose(self, by: Caller | None = None, **more: Any) -> Any:
        asked = {
            "substitute_id": str(self.substitute.person_id),
            "to_assistant": {"amount": 20_000},
            "note": NOTE,
        }
        path = f"{self.agreed.milestone_path}/hand-overs"
        return (by or self.agreed.assistant).post(path, asked | more)

    def consent(self, hand_over_id: str, by: Caller, **shares: bool) -> Any:
        if by is self.substitute:
            return by.post(f"{CONTRACTS}/hand-overs/{hand_over_id}/consent")
        return by.post(f"{self.agreed.path}/hand-overs/{hand_over_id}/consent", shares)


@pytest.fixture
def three(agreed: Agreed) -> Three:
    return Three(agreed)


def test_with_three_consents_the_substitute_has_a_contract_and_the_milestone_is_handed_over(
    three: Three,
) -> None:
    agreed = three.agreed
    proposed = three.propose()
    assert proposed.status_code == 201, proposed.text
    hand_over_id = proposed.json()["hand_over_id"]
    [offered] = three.substitute.get(f"{CONTRACTS}/hand-overs").json()["items"]
    assert offered["terms"]["milestones"][0]["price"]["amount"] == 30_000
    assert three.consent(hand_over_id, agreed.client).json()["status"] == "proposed"
    done = three.consent(hand_over_id, three.substitute).json()
    assert done["status"] == "agreed"
    assert agreed.milestone()["status"] == "handed_over"
    assert agreed.milestone()["deadlines"] == []
    new = three.substitute.get(f"{CONTRACTS}/{done['contract_id']}").json()
    assert new["terms"]["sha256"] == offered["terms"]["sha256"]
    assert [each["party"] for each in new["terms"]["consents"]] == ["client", "assistant"]
    assert new["milestones"][0]["status"] == "agreed"
    assert agreed.assistant.get(f"{CONTRACTS}/{done['contract_id']}").status_code == 404
    assert agreed.told()[-4:] == [
        "contracts.hand_over_proposed.v1",
        "contracts.contract_agreed.v1",
        "contracts.contract_completed.v1",
        "contracts.milestone_handed_over.v1",
    ]
    [shown] = agreed.client.get(f"{agreed.path}/hand-overs").json()["items"]
    assert (shown["status"], shown["substitute_name"]) == ("agreed", "次郎")


def test_of_two_last_consents_at_once_one_makes_the_contract(three: Three) -> None:
    hand_over_id = three.propose().json()["hand_over_id"]
    with ThreadPoolExecutor(2) as pool:
        both = (three.agreed.client, three.substitute)
        answers = list(pool.map(lambda by: three.consent(hand_over_id, by), both))
    assert {each.status_code for each in answers} == {200}
    assert sorted(each.json()["status"] for each in answers) == ["agreed", "proposed"]
    assert len(three.substitute.get(CONTRACTS).json()["items"]) == 1


def test_a_delivery_voids_it_and_the_next_one_can_be_proposed(three: Three) -> None:
    first = three.propose().json()["hand_over_id"]
    assert three.propose(three.agreed.client).json()["code"] == "hand_over_standing"
    three.agreed.deliver()
    refused = three.consent(first, three.agreed.client)
    assert (refused.status_code, refused.json()["code"]) == (409, "hand_over_closed")
    changes = {"comment": "More roses"}
    three.agreed.client.post(f"{three.agreed.milestone_path}/change-requests", changes)
    second = three.propose(three.agreed.client)
    assert second.status_code == 201, second.text
    refusal = f"{CONTRACTS}/hand-overs/{second.json()['hand_over_id']}/refusal"
    assert three.substitute.post(refusal).json()["status"] == "refused"


def test_files_are_the_substitutes_to_see_only_when_the_assistant_shares_them(
    three: Three,
) -> None:
    agreed = three.agreed
    file = upload(agreed, agreed.assistant, content=FILE).json()
    delivery = {"text": "Here it is", "file_ids": [file["file_id"]]}
    agreed.assistant.post(f"{agreed.milestone_path}/deliveries", delivery)
    agreed.client.post(f"{agreed.milestone_path}/change-requests", {"comment": "More"})
    hand_over_id = three.propose(agreed.client).json()["hand_over_id"]
    path = f"{CONTRACTS}/hand-overs/{hand_over_id}"
    assert three.substitute.get(path).json()["files"] == []
    assert three.substitute.get(f"{path}/files/{file['file_id']}").status_code == 404
    three.consent(hand_over_id, agreed.assistant, share_deliveries=True)
    assert three.substitute.get(path).json()["files"] == [file]
    assert three.substitute.get(f"{path}/files/{file['file_id']}").content == FILE
    for other in (agreed.client, agreed.assistant, agreed.api.person("assistant")):
        assert other.get(path).status_code == 404


def test_dates_move_for_both_and_only_new_dates_are_seen(agreed: Agreed) -> None:
    agreed.fund()
    before = agreed.view()
    answer = agreed.assistant.post(f"{agreed.path}/date-moves", {"days": 3})
    assert answer.json() == {"agreed_days": 7, "left_days": 4}
    after = agreed.view()
    due_on = day_in_japan(agreed.api.clock.now()).fromisoformat(before["milestones"][0]["due_on"])
    assert after["milestones"][0]["due_on"] == (due_on + timedelta(days=3)).isoformat()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"milestones", "timeline"}
    milestone, was = after["milestones"][0], before["milestones"][0]
    assert {name for name in milestone if milestone[name] != was[name]} == {"due_on", "deadlines"}
    assert [each["what"] for each in after["timeline"]][-1] == "dates_moved"
    refused = agreed.assistant.post(f"{agreed.path}/date-moves", {"days": 5})
    assert (refused.status_code, refused.json()["left_days"]) == (409, 4)
    assert agreed.client.get(f"{agreed.path}/date-moves").status_code == 403
    outbox = outbox_of(agreed.api)[-1]
    for word in ("care", "pause", "reason", "left"):
        assert word not in outbox


def test_days_are_not_used_up_twice_by_two_at_once(agreed: Agreed) -> None:
    agreed.fund()
    with ThreadPoolExecutor(2) as pool:
        path, asked = f"{agreed.path}/date-moves", {"days": 4}
        answers = list(pool.map(lambda _: agreed.assistant.post(path, asked), range(2)))
    assert sorted(each.status_code for each in answers) == [201, 409]


def outbox_of(api: Api) -> list[str]:
    with api.database.transaction() as connection:
        found = connection.exec_driver_sql("SELECT outbox::text FROM outbox ORDER BY position")
        return list(found.scalars())


def test_a_substitute_who_registered_before_roles_were_kept_may_go_on(three: Three) -> None:
    with three.agreed.api.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE people SET is_assistant = NULL")
    assert three.propose().status_code == 201
