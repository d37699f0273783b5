"""Each command, tried by each role, on one's own job and on another's: every cell is asserted.

The commands are those of the API's own description, so that a new one needs its row here.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from shared.ids import new_id
from shared.people import Right
from tests.integration.jobs.conftest import jobs_api_at
from tests.integration.jobs.test_api import JOB, JOBS, OFFER, posted, proposed
from tests.integration.jobs.test_profiles import PROFILE
from tests.support.apis import Api, Caller
from tests.support.servers import TestPostgres

MEMBERS = ("post", "fund", "accept", "see_money")
CLIENT = ("client", "post")
ASSISTANTS = ("assistant", "other_assistant")
SIGNED_IN = ("client", *MEMBERS, *ASSISTANTS, "other_client", "operator")
EVERYBODY = (*SIGNED_IN, "nobody")
TEXT = {"text": "?"}


@dataclass(frozen=True)
class Row:
    """A command: its body, who may give it, and what it is to each of the others."""

    body: Any = None
    may: tuple[str, ...] = CLIENT
    refused: dict[str, int] = field(default_factory=dict)
    """Where it isn't 403: 404 to whom the thing isn't there."""


# A proposal is there for its two sides only.
HIDDEN = dict.fromkeys(("other_assistant", "other_client", "operator"), 404)

ROWS: dict[str, Row] = {
    "POST ": Row(JOB, ("client", "other_client")),
    "PUT {job_id}": Row(JOB),
    "POST {job_id}/publication": Row(),
    "POST {job_id}/pause": Row(),
    "POST {job_id}/resumption": Row(),
    "POST {job_id}/closure": Row(),
    "POST {job_id}/files": Row(b"bytes"),
    "POST {job_id}/questions": Row(TEXT, ASSISTANTS),
    "POST {job_id}/questions/{question_id}/answer": Row(TEXT),
    "POST {job_id}/invitations": Row({"assistant_id": "{assistant_id}"}),
    "POST {job_id}/proposals": Row(OFFER, ASSISTANTS),
    "POST {job_id}/takes": Row({}, ASSISTANTS),
    "PUT proposals/{proposal_id}": Row(OFFER, ("assistant",), HIDDEN),
    "POST proposals/{proposal_id}/counter-offers": Row(
        {"milestones": OFFER["milestones"]}, refused=HIDDEN
    ),
    "POST proposals/{proposal_id}/refusal": Row(refused=HIDDEN),
    "POST proposals/{proposal_id}/withdrawal": Row(None, ("assistant",), HIDDEN),
    "PUT proposals/{proposal_id}/shortlist": Row(refused=HIDDEN),
    "DELETE proposals/{proposal_id}/shortlist": Row(refused=HIDDEN),
    "POST proposals/{proposal_id}/acceptance": Row(refused=HIDDEN),
    "PUT profiles/me": Row(PROFILE, ASSISTANTS),
    "POST searches": Row({"name": "?", "terms": {}}, SIGNED_IN),
    "DELETE searches/{search_id}": Row(may=("assistant",), refused=dict.fromkeys(SIGNED_IN, 404)),
}


@dataclass
class Stage:
    """A job with a question and a proposal, and everybody who may try something."""

    api: Api
    callers: dict[str, Caller]
    ids: dict[str, str]

    def send(self, command: str, role: str) -> int:
        """Return the status of a command that somebody gives."""
        method, path = command.split(" ")
        body, caller = ROWS[command].body, self.callers[role]
        options: dict[str, Any] = {}
        if isinstance(body, bytes):
            options = {"content": body, "params": {"name": f"{role}.txt"}}
        elif body is not None:
            options = {"json": {name: self._fill(value) for name, value in body.items()}}
        whole = f"{JOBS}/{self._fill(path)}".removesuffix("/")
        answer = caller.client.request(method, whole, headers=caller.headers, **options)
        return answer.status_code

    def _fill(self, value: Any) -> Any:
        if isinstance(value, str):
            for name, each in self.ids.items():
                value = value.replace("{" + name + "}", each)
        return value


@pytest.fixture(scope="module")
def stage(postgres: TestPostgres, tmp_path_factory: pytest.TempPathFactory) -> Any:
    files: Path = tmp_path_factory.mktemp("files")
    with jobs_api_at(postgres.service_database("jobs").url, files) as api:
        client, assistant = api.person("client"), api.person("assistant")
        job = posted(client)
        question = assistant.post(f"{JOBS}/{job['job_id']}/questions", TEXT).json()
        made = proposed(assistant, job)
        search = assistant.post(f"{JOBS}/searches", {"name": "?", "terms": {}}).json()
        callers = {
            "client": client,
            "assistant": assistant,
            "other_client": api.person("client"),
            "other_assistant": api.person("assistant"),
            "operator": api.person("operator"),
            "nobody": replace(client, headers={}),
            **{each: api.person(companies={client.person_id: [Right(each)]}) for each in MEMBERS},
        }
        ids = {
            "job_id": job["job_id"],
            "question_id": question["question_id"],
            "proposal_id": made["proposal_id"],
            "search_id": search["search_id"],
            "assistant_id": str(new_id()),
        }
        yield Stage(api, callers, ids)


def test_every_command_has_its_row(stage: Stage) -> None:
    paths = stage.api.client.get(f"{JOBS}/openapi.json").json()["paths"]
    commands = {
        f"{method.upper()} {path.removeprefix(JOBS).removeprefix('/')}"
        for path, methods in paths.items()
        for method in methods
        if method != "get"
    }
    assert commands == ROWS.keys()


# Refusals first: they change nothing.
CELLS = sorted(
    ((command, role) for command in ROWS for role in EVERYBODY),
    key=lambda cell: cell[1] in ROWS[cell[0]].may,
)


@pytest.mark.parametrize(("command", "role"), CELLS)
def test_a_command_is_for_whom_the_table_says(stage: Stage, command: str, role: str) -> None:
    row = ROWS[command]
    status = stage.send(command, role)
    if role == "nobody":
        assert status == 401
    elif role in row.may:
        assert status in {200, 201, 409} or command.endswith("/invitations")
    else:
        assert status == row.refused.get(role, 403)
