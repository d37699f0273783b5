"""What was there before hours were counted by contract goes on, and no private note is left."""

from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from alembic import command
from alembic.config import Config

from services.jobs import migrations
from services.jobs.adapters.work import make_work
from services.jobs.ports.profiles import Commitment
from shared.db import Database
from shared.ids import new_id
from shared.migrations import migrate
from shared.provision.databases import ServiceDatabase
from tests.support.fakes import NOW, SetClock
from tests.support.servers import TestPostgres

ANSWERS = (('{"headline":"庭","private_note":"言えない"}', None), ('{"text":"private_note"}',) * 2)


@pytest.fixture
def before(postgres: TestPostgres) -> ServiceDatabase:
    """The database as the version before has left it."""
    database = postgres.empty_service_database("jobs")
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__path__[0])))
    config.attributes["url"] = database.owner_url
    command.upgrade(config, "0004")
    return database


def a_commitment(owner: psycopg.Connection, job_id: UUID, assistant_id: UUID) -> None:
    owner.execute(
        "INSERT INTO commitments (job_id, assistant_id, weekly_hours, began_at)"
        " VALUES (%s, %s, 4, %s)",
        (job_id, assistant_id, NOW),
    )


def a_proposal(owner: psycopg.Connection, job_id: UUID, assistant_id: UUID, status: str) -> UUID:
    proposal_id = new_id()
    owner.execute(
        "INSERT INTO proposals (proposal_id, job_id, assistant_id, cover, milestones, status,"
        " made_at) VALUES (%s, %s, %s, '', '[]', %s, %s)",
        (proposal_id, job_id, assistant_id, status, NOW),
    )
    return proposal_id


def test_hours_of_before_are_joined_with_their_proposal_and_end_with_their_contract(
    before: ServiceDatabase,
) -> None:
    job_id, assistant_id, substitute_id = new_id(), new_id(), new_id()
    with psycopg.connect(before.owner_url) as owner:
        # What the job says is of no interest here.
        owner.execute("ALTER TABLE proposals DROP CONSTRAINT proposals_job_id_fkey")
        for each in (assistant_id, substitute_id):
            a_commitment(owner, job_id, each)
        a_proposal(owner, job_id, assistant_id, "withdrawn")
        proposal_id = a_proposal(owner, job_id, assistant_id, "accepted")
    migrate("jobs", before.owner_url)
    database = Database(before.url)
    with database.transaction() as connection:
        taken = make_work(connection, SetClock(NOW)).commitments
        assert [taken.hours(each) for each in (assistant_id, substitute_id)] == [4, 4]
        contract_id = new_id()
        # What was told of its agreement came to the version before.
        taken.end(contract_id, job_id, assistant_id, NOW)
        taken.end(new_id(), job_id, substitute_id, NOW)
        assert [taken.hours(each) for each in (assistant_id, substitute_id)] == [0, 0]
        taken.agree(contract_id, proposal_id, Commitment(job_id, assistant_id, 4, NOW))
        assert taken.hours(assistant_id) == 0
    database.engine.dispose()


def test_no_kept_answer_has_a_private_note_any_more(before: ServiceDatabase) -> None:
    with psycopg.connect(before.owner_url) as owner:
        for number, (answer, _) in enumerate(ANSWERS):
            owner.execute(
                "INSERT INTO idempotency_keys VALUES ('me', %s, '', 200, %s, %s)",
                (str(number), answer, NOW),
            )
    migrate("jobs", before.owner_url)
    with psycopg.connect(before.owner_url) as owner:
        kept = owner.execute("SELECT answer FROM idempotency_keys ORDER BY key_digest")
        assert [answer for (answer,) in kept] == [after for _, after in ANSWERS]
