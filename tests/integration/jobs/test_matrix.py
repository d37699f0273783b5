"""Each operation, tried by each role, on one's own job and on another's: every cell is asserted.

The operations are those of the API's own description, so that a new one needs its row.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from shared.ids import new_id
from shared.people import Right
from tests.integration.jobs.conftest import jobs_api_at
from tests.integration.jobs.rights import MATRIX, MEMBERS, TEXT
from tests.integration.jobs.test_api import JOBS, posted, proposed
from tests.integration.jobs.test_profiles import kept
from tests.support.matrix import Stage
from tests.support.servers import TestPostgres


@pytest.fixture(scope="module")
def stage(postgres: TestPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    files = tmp_path_factory.mktemp("files")
    with jobs_api_at(postgres.service_database("jobs").url, files) as api:
        client, assistant = api.person("client"), api.person("assistant")
        job = posted(client)
        path = f"{JOBS}/{job['job_id']}"
        kept(assistant)
        ids = {
            "job_id": job["job_id"],
            "question_id": assistant.post(f"{path}/questions", TEXT).json()["question_id"],
            "file_id": client.post(f"{path}/files", content=b"1", params={"name": "1"}).json()[
                "file_id"
            ],
            "proposal_id": proposed(assistant, job)["proposal_id"],
            "search_id": assistant.post(f"{JOBS}/searches", {"name": "?", "terms": {}}).json()[
                "search_id"
            ],
            "person_id": str(assistant.person_id),
            "assistant_id": str(new_id()),
            "letter_id": "0",
        }
        callers = {
            "client": client,
            "assistant": assistant,
            "other_client": api.person("client"),
            "other_assistant": api.person("assistant"),
            "operator": api.person("operator"),
            "nobody": replace(client, headers={}),
            **{each: api.person(companies={client.person_id: [Right(each)]}) for each in MEMBERS},
        }
        yield Stage(MATRIX, callers, ids)


@pytest.mark.parametrize(("operation", "role"), MATRIX.cells())
def test_an_operation_is_for_whom_the_table_says(stage: Stage, operation: str, role: str) -> None:
    stage.check(operation, role)
