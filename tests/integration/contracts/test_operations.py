"""What operators do in contracts: written down, above a limit by two, and never changed after."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from shared.ids import new_id
from tests.integration.contracts.conftest import CONTRACTS, Agreed
from tests.integration.contracts.test_api import refusal
from tests.support.apis import Api, Caller

ACTIONS = f"{CONTRACTS}/operations/actions"
APPROVALS = f"{CONTRACTS}/operations/approvals"


@pytest.fixture(scope="module")
def api(module_api: Api) -> Api:
    return module_api


@pytest.fixture
def operator(api: Api) -> Caller:
    return api.person("operator")


@pytest.fixture
def disputed(api: Api) -> str:
    """The path of a dispute about 50,000 yen."""
    agreed = Agreed(api)
    agreed.fund()
    agreed.deliver()
    answer = agreed.client.post(f"{agreed.milestone_path}/disputes", {"reason": "No roses"})
    return f"{agreed.path}/disputes/{answer.json()['dispute']['dispute_id']}"


@pytest.fixture
def limited(api: Api) -> Iterator[None]:
    """Two operators are needed from 50,000 yen on."""
    with api.database.transaction() as connection:
        connection.execute(text("UPDATE four_eyes_limits SET amount = 50000"))
    yield
    with api.database.transaction() as connection:
        connection.execute(text("UPDATE four_eyes_limits SET amount = 100000"))


def decision(to_assistant: int = 10_000) -> dict[str, Any]:
    return {"to_assistant": {"amount": to_assistant}, "reason": "Half of it is there"}


def actions(by: Caller, **about: str) -> list[dict[str, Any]]:
    params = {"person_id": str(by.person_id)} | about
    found: list[dict[str, Any]] = by.get(ACTIONS, params=params).json()["items"]
    return found


def test_a_decision_is_written_down_with_its_reason_and_the_ids_of_what_it_was_about(
    operator: Caller, disputed: str
) -> None:
    done = operator.post(
        f"{disputed}/decision", decision(), key="k", headers={"X-Request-Id": "ticket-7"}
    )
    assert done.status_code == HTTPStatus.OK, done.text
    operator.post(f"{disputed}/decision", decision(), key="k")  # a replay is nothing new
    [action] = actions(operator)
    assert (action["method"], action["path"]) == (
        "POST",
        f"{CONTRACTS}/{{contract_id}}/disputes/{{dispute_id}}/decision",
    )
    assert (action["outcome"], action["reason"]) == ("done", "Half of it is there")
    assert action["request_id"] == "ticket-7"
    assert action["objects"]["dispute_id"] == done.json()["dispute_id"]
    assert action["objects"]["milestone_id"] == done.json()["milestone_id"]
    assert actions(operator, object_id=done.json()["contract_id"]) == [action]
    assert actions(operator, object_id=str(new_id())) == []


def test_what_was_refused_is_written_down_with_the_code(operator: Caller, disputed: str) -> None:
    assert refusal(operator.post(f"{disputed}/decision", decision(50_001))) == (
        409,
        "split_exceeds_rest",
    )
    assert [action["outcome"] for action in actions(operator)] == ["split_exceeds_rest"]


def test_only_operators_are_written_down_and_only_they_read_it(api: Api, disputed: str) -> None:
    client = api.person("client")
    assert client.post(f"{disputed}/answers", {"text": "x"}).status_code == HTTPStatus.NOT_FOUND
    assert refusal(client.get(ACTIONS)) == (403, "role_required")
    assert refusal(client.get(APPROVALS)) == (403, "role_required")
    reader = api.person("operator")
    whole = reader.get(ACTIONS, params={"limit": 100}).json()["items"]
    assert str(client.person_id) not in {action["person_id"] for action in whole}


def test_actions_come_in_pages_newest_first(operator: Caller, disputed: str) -> None:
    for amount in (50_001, 50_002, 50_003):
        operator.post(f"{disputed}/decision", decision(amount))
    params = {"person_id": str(operator.person_id), "limit": "2"}
    first = operator.get(ACTIONS, params=params).json()
    second = operator.get(ACTIONS, params=params | {"after": first["next"]}).json()
    ids = [each["action_id"] for each in first["items"] + second["items"]]
    assert len(ids) == 3
    assert ids == sorted(ids, reverse=True)
    assert second["next"] is None


@pytest.mark.parametrize(
    "statement",
    ["UPDATE operator_actions SET reason = ''", "DELETE FROM operator_actions"],
)
def test_nobody_changes_what_was_written_down(api: Api, statement: str) -> None:
    refused = pytest.raises(ProgrammingError, match=r"permission denied|appended to only")
    with refused, api.database.transaction() as connection:
        connection.execute(text(statement))


@pytest.mark.usefixtures("limited")
def test_a_decision_about_much_money_waits_for_a_second_operator(
    api: Api, operator: Caller, disputed: str
) -> None:
    asked = operator.post(f"{disputed}/decision", decision(), key="k")
    assert asked.status_code == HTTPStatus.ACCEPTED
    assert operator.post(f"{disputed}/decision", decision(), key="k").json() == asked.json()
    waits = asked.json()
    assert (waits["kind"], waits["status"], waits["amount"]["amount"]) == (
        "dispute_decision",
        "waiting",
        50_000,
    )
    assert waits in operator.get(APPROVALS, params={"status": "waiting"}).json()["items"]
    assert refusal(operator.post(f"{disputed}/decision", decision())) == (409, "approval_waiting")

    approval = f"{APPROVALS}/{waits['approval_id']}/approval"
    assert refusal(operator.post(approval)) == (403, "own_approval")
    second = api.person("operator")
    done = second.post(approval)
    assert (done.status_code, done.json()["status"]) == (HTTPStatus.OK, "carried_out")
    assert refusal(second.post(approval)) == (409, "approval_closed")
    assert [action["outcome"] for action in actions(operator)] == [
        "own_approval",
        "approval_waiting",
        "waiting",
    ]
    assert [action["outcome"] for action in actions(second)] == ["approval_closed", "done"]
    with api.database.transaction() as connection:
        query = text("SELECT to_assistant, resolution FROM disputes WHERE dispute_id = :id")
        row = connection.execute(query, {"id": waits["subject"]}).one()
    assert tuple(row) == (10_000, "Half of it is there")


@pytest.mark.usefixtures("limited")
def test_a_refused_decision_changes_nothing_and_may_be_made_again(
    api: Api, operator: Caller, disputed: str
) -> None:
    waits = operator.post(f"{disputed}/decision", decision()).json()
    path = f"{APPROVALS}/{waits['approval_id']}/refusal"
    refused = api.person("operator").post(path, {"reason": "Read the files again"})
    assert (refused.json()["status"], refused.json()["note"]) == ("refused", "Read the files again")
    again = operator.post(f"{disputed}/decision", decision(20_000))
    assert again.status_code == HTTPStatus.ACCEPTED


@pytest.mark.usefixtures("limited")
def test_an_approval_that_comes_too_late_is_refused_and_goes_on_waiting(
    api: Api, operator: Caller
) -> None:
    agreed = Agreed(api)
    agreed.fund()
    agreed.deliver()
    opened = agreed.client.post(f"{agreed.milestone_path}/disputes", {"reason": "No roses"})
    path = f"{agreed.path}/disputes/{opened.json()['dispute']['dispute_id']}"
    waits = operator.post(f"{path}/decision", decision()).json()
    for party in (agreed.client, agreed.assistant):
        party.post(f"{path}/settlement", {"to_assistant": {"amount": 40_000}})
    late = api.person("operator").post(f"{APPROVALS}/{waits['approval_id']}/approval")
    assert refusal(late) == (409, "milestone_step_not_allowed")
    still = operator.get(APPROVALS, params={"status": "waiting"}).json()["items"]
    assert waits["approval_id"] in {each["approval_id"] for each in still}
