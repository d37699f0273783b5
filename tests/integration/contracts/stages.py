"""A contract on which everything has happened that leaves something to act on."""

from dataclasses import replace
from typing import Any

from services.contracts.use_cases import agreeing
from shared.ids import new_id
from shared.people import Person, Right
from tests.integration.contracts.conftest import CONTRACTS, Agreed
from tests.integration.contracts.rights import MATRIX, MEMBERS, PART, REASON, TEXT
from tests.support.apis import Api, Caller
from tests.support.matrix import Stage
from tests.unit.contracts.agreed import registered


def stage_of_contracts(api: Api) -> Stage:
    """Let something of everything happen on a contract, with people in every relation to it."""
    agreed = Agreed(api)
    client_id = agreed.client.person_id
    other = Agreed(api)
    substitute = api.person("assistant")
    callers = {
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
    return Stage(MATRIX, callers, ids_of(agreed, substitute) | {"account_id": str(person_id)})


def ids_of(agreed: Agreed, substitute: Caller) -> dict[str, str]:
    """Let something of everything happen on a contract, and return its ids."""
    path, milestone = agreed.path, agreed.milestone_path
    agreed.fund()
    hand_over = agreed.assistant.post(
        f"{milestone}/hand-overs",
        {
            "substitute_id": str(substitute.person_id),
            "to_assistant": PART,
            "note": "?",
            "share_deliveries": True,
        },
    ).json()
    file_id = agreed.assistant.post(f"{path}/files", content=b"1", params={"name": "1"}).json()[
        "file_id"
    ]
    delivery = agreed.assistant.post(
        f"{milestone}/deliveries", TEXT | {"file_ids": [file_id]}
    ).json()["deliveries"][0]
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
        "file_id": file_id,
        "version": "1",
        "approval_id": str(new_id()),
        "letter_id": "0",
        "replay_id": str(new_id()),
        "delivery_id": delivery["delivery_id"],
        "amendment_id": amendment["amendment_id"],
        "message_id": message["message_id"],
        "dispute_id": disputed["dispute"]["dispute_id"],
        "report_id": report["report_id"],
        "entry_id": str(new_id()),
    }
