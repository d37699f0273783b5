"""A job on which there is something to act on, and people in every relation to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from shared.ids import new_id
from shared.people import Right
from tests.integration.jobs.conftest import jobs_api_at
from tests.integration.jobs.rights import MATRIX, MEMBERS, TEXT
from tests.integration.jobs.test_api import JOBS, posted, proposed
from tests.integration.jobs.test_profiles import kept
from tests.support.matrix import Stage
from tests.support.servers import TestPostgres


@contextmanager
def stage_of_jobs(postgres: TestPostgres, files: Path) -> Iterator[Stage]:
    """Yield the stage, over a new database."""
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
            "replay_id": str(new_id()),
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
