"""Each command, tried by each role, on one's own contract and on another's: every cell is asserted.

The commands are those of the API's own description, so that a new one needs its row here. A cell is
what the API says: done (or refused for another reason than who asks), 401, 403 or 404.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from services.contracts.use_cases import agreeing
from shared.ids import new_id
from shared.people import Person, Right
from tests.integration.contracts.conftest import CONTRACTS, Agreed
from tests.support.apis import Api, Caller
from tests.unit.contracts.agreed import registered

MILESTONE = "{contract_id}/milestones/{milestone_id}"
DISPUTE = "{contract_id}/disputes/{dispute_id}"
AMENDMENT = "{contract_id}/amendments/{amendment_id}"
HAND_OVER = "{contract_id}/hand-overs/{hand_over_id}"
TEXT = {"text": "?"}
REASON = {"reason": "?"}
PART = {"amount": 1}
HOURS = {"day": "2026-05-01", "minutes": 60}

# Who may do what to a contract of theirs. The client's rights are those of a company's members.
PARTIES = ("client", "assistant", "accept")
MEMBERS = ("post", "fund", "accept", "see_money")
EVERY_SIDE = ("client", "assistant", *MEMBERS)
SIGNED_IN = (*EVERY_SIDE, "other_client", "other_assistant", "substitute", "operator")


@dataclass(frozen=True)
class Row:
    """A command: its body, and who may give it.

    `hidden`: to strangers it isn't there (404); `of_contract`: to the parties and members it is.
    """

    body: Any = None
    may: tuple[str, ...] = PARTIES
    hidden: bool = True
    of_contract: bool = True


ROWS: dict[str, Row] = {
    f"POST {MILESTONE}/deliveries": Row(TEXT, ("assistant",)),
    f"POST {MILESTONE}/deliveries/{{delivery_id}}/comments": Row(TEXT, EVERY_SIDE),
    f"POST {MILESTONE}/change-requests": Row({"comment": "?"}, ("client", "accept")),
    f"POST {MILESTONE}/partial-acceptances": Row(
        {"price": PART, "comment": "?"}, ("client", "accept")
    ),
    f"POST {MILESTONE}/acceptance": Row(None, ("client", "accept")),
    f"POST {MILESTONE}/ending": Row(REASON),
    f"POST {MILESTONE}/ending/agreement": Row(None),
    f"POST {MILESTONE}/disputes": Row(REASON),
    f"POST {MILESTONE}/hand-overs": Row(
        {"substitute_id": str(new_id()), "to_assistant": PART, "note": "?"}
    ),
    f"POST {HAND_OVER}/consent": Row({}),
    f"POST {HAND_OVER}/refusal": Row(None),
    "POST hand-overs/{hand_over_id}/consent": Row(None, ("substitute",), of_contract=False),
    "POST hand-overs/{hand_over_id}/refusal": Row(None, ("substitute",), of_contract=False),
    f"POST {DISPUTE}/answers": Row(TEXT, ("assistant",)),
    f"POST {DISPUTE}/statements": Row(TEXT),
    f"POST {DISPUTE}/settlement": Row({"to_assistant": PART}),
    f"POST {DISPUTE}/decision": Row(
        {"to_assistant": PART, "reason": "?"}, ("operator",), hidden=False
    ),
    "POST {contract_id}/amendments": Row({"reason": "?", "milestones": []}),
    f"POST {AMENDMENT}/acceptance": Row(None, ("assistant",)),
    f"POST {AMENDMENT}/refusal": Row(None, ("assistant",)),
    f"POST {AMENDMENT}/withdrawal": Row(None, ("client", "accept")),
    "POST {contract_id}/bonuses": Row(
        {"title": "?", "price": PART, "note": "?"}, ("client", "fund")
    ),
    "POST {contract_id}/date-moves": Row({"days": 1}, ("assistant",)),
    "POST {contract_id}/retainer/notice": Row(None),
    "POST {contract_id}/retainer/resumption": Row(None, ("client", "fund")),
    f"POST {MILESTONE}/hours": Row(HOURS, ("assistant",)),
    f"PUT {MILESTONE}/hours/{{entry_id}}": Row(HOURS, ("assistant",)),
    f"DELETE {MILESTONE}/hours/{{entry_id}}": Row(None, ("assistant",)),
    "POST {contract_id}/files": Row(b"bytes", EVERY_SIDE),
    "POST {contract_id}/messages": Row(TEXT, EVERY_SIDE),
    "POST {contract_id}/messages/read": Row({"up_to": "{message_id}"}, EVERY_SIDE),
    "POST {contract_id}/ratings": Row({"stars": 5, "comment": "?"}),
    "POST {contract_id}/ratings/reply": Row(TEXT),
    "PUT blocks/{account_id}": Row(None, SIGNED_IN),
    "DELETE blocks/{account_id}": Row(None, SIGNED_IN),
    "POST reports": Row({"kind": "account", "subject_id": "{account_id}", "text": "?"}, SIGNED_IN),
    "POST reports/{report_id}/closure": Row({"outcome": "?"}, ("operator",), hidden=False),
}


@dataclass
class Stage:
    """A contract on which everything has happened that leaves something to act on."""

    agreed: Agreed
    callers: dict[str, Caller] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def send(self, command: str, row: Row, role: str, ids: dict[str, str]) -> int:
        """Return the status of a command that somebody gives."""
        method, path = command.split(" ")
        caller = self.callers[role]
        options: dict[str, Any] = {}
        if isinstance(row.body, bytes):
            options = {"content": row.body, "params": {"name": f"{role}.txt"}}
        elif row.body is not None:
            options = {"json": {key: fill(value, ids) for key, value in row.body.items()}}
        answer = caller.client.request(
            method, f"{CONTRACTS}/{fill(path, ids)}", headers=caller.headers, **options
        )
        return answer.status_code


def fill(value: Any, ids: dict[str, str]) -> Any:
    """Return the text with the ids in their places."""
    if isinstance(value, str):
        for name, each in ids.items():
            value = value.replace("{" + name + "}", each)
    return value


@pytest.fixture(scope="module")
def stage(module_api: Api) -> Stage:
    agreed = Agreed(module_api)
    stage = Stage(agreed)
    api, client_id = agreed.api, agreed.client.person_id
    other = Agreed(api)
    substitute = api.person("assistant")
    stage.callers = {
        "client": agreed.client,
        "assistant": agreed.assistant,
        "other_client": other.client,
        "other_assistant": other.assistant,
        "substitute": substitute,
        "operator": api.person("operator"),
        **{each: api.person(companies={client_id: [Right(each)]}) for each in MEMBERS},
        "nobody": replace(agreed.client, headers={}),
    }
    with api.begin() as work:
        for person_id in (substitute.person_id, new_id()):
            person = Person(person_id, frozenset({"assistant"}))
            agreeing.remember_person(registered(person, "次郎"), work)
    stage.ids = ids_of(agreed, substitute) | {"account_id": str(person_id)}
    return stage


def ids_of(agreed: Agreed, substitute: Caller) -> dict[str, str]:
    """Let something of everything happen on a contract, and return its ids."""
    path, milestone = agreed.path, agreed.milestone_path
    agreed.fund()
    hand_over = agreed.assistant.post(
        f"{milestone}/hand-overs",
        {"substitute_id": str(substitute.person_id), "to_assistant": PART, "note": "?"},
    ).json()
    delivery = agreed.deliver().json()["deliveries"][0]
    added: dict[str, Any] = {
        "title": "More",
        "description": "?",
        "price": PART,
        "due_on": str(agreed.accepted.milestones[0].due_on),
    }
    amendment = agreed.client.post(
        f"{path}/amendments",
        {
            "reason": "?",
            "added": [added],
        },
    ).json()
    message = agreed.client.post(f"{path}/messages", TEXT).json()
    disputed: dict[str, Any] = agreed.client.post(f"{milestone}/disputes", REASON).json()
    report = agreed.client.post(
        f"{CONTRACTS}/reports",
        {"kind": "contract", "subject_id": str(agreed.contract_id), "text": "?"},
    ).json()
    return {
        "contract_id": str(agreed.contract_id),
        "milestone_id": str(agreed.milestone_id),
        "hand_over_id": hand_over["hand_over_id"],
        "delivery_id": delivery["delivery_id"],
        "amendment_id": amendment["amendment_id"],
        "message_id": message["message_id"],
        "dispute_id": disputed["dispute"]["dispute_id"],
        "report_id": report["report_id"],
        "entry_id": str(new_id()),
    }


def expected(row: Row, role: str) -> set[int] | None:
    """Return the statuses that a cell may have; None: whatever is no refusal of the person."""
    if role == "nobody":
        return {401}
    if role in row.may:
        return None
    inside = row.of_contract and role in EVERY_SIDE
    return {403} if inside or not row.hidden else {404}


def test_every_command_has_its_row(stage: Stage) -> None:
    paths = stage.agreed.api.client.get(f"{CONTRACTS}/openapi.json").json()["paths"]
    commands = {
        f"{method.upper()} {path.removeprefix(CONTRACTS + '/')}"
        for path, methods in paths.items()
        for method in methods
        if method != "get" and "/operations/" not in path  # every service has these alike
    }
    assert commands == ROWS.keys()


# Refusals first: they change nothing. What is allowed may end what the others act on.
CELLS = sorted(
    ((command, role) for command in ROWS for role in (*SIGNED_IN, "nobody")),
    key=lambda cell: cell[1] in ROWS[cell[0]].may,
)


@pytest.mark.parametrize(("command", "role"), CELLS)
def test_a_command_is_for_whom_the_table_says(stage: Stage, command: str, role: str) -> None:
    row = ROWS[command]
    status = stage.send(command, row, role, stage.ids)
    wanted = expected(row, role)
    if wanted is None:
        assert status not in {401, 403, 404, 422, 500} or (status, command) in UNMET, status
    else:
        assert status in wanted


# Allowed, and refused for what it says or for what has happened: nothing was said of them yet.
UNMET = {
    (404, "POST {contract_id}/ratings/reply"),
    (422, "POST {contract_id}/amendments"),
    (404, f"POST {MILESTONE}/hand-overs"),
}


THINGS = ("milestone_id", "dispute_id", "amendment_id", "hand_over_id", "message_id")


@pytest.mark.parametrize(
    "command",
    [
        command
        for command, row in ROWS.items()
        if "{contract_id}" in command and any(each in f"{command}{row.body}" for each in THINGS)
    ],
)
def test_nobody_reaches_anothers_things_through_a_contract_of_their_own(
    stage: Stage, command: str
) -> None:
    own, row = Agreed(stage.agreed.api), ROWS[command]
    mixed = stage.ids | {"contract_id": str(own.contract_id)}
    for caller in (own.client, own.assistant):
        strangers = replace(stage, callers={"mixed": caller})
        assert strangers.send(command, row, "mixed", mixed) == (404 if row.hidden else 403)
    operator = replace(stage, callers={"mixed": stage.callers["operator"]})
    assert operator.send(command, row, "mixed", mixed) == 404
