from datetime import timedelta

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.notify.adapters.tables import metadata
from services.notify.domain import examples
from services.notify.domain.examples import ASSISTANT
from services.notify.use_cases import mailing, telling
from shared.provision.databases import ServiceDatabase
from tests.integration.notify.conftest import MemoryMailer
from tests.support.apis import Api


@pytest.fixture
def told(api: Api) -> Api:
    """Four mails that are due."""
    with api.begin() as work:
        telling.tell([examples.milestone_funded] * 4, work)
    return api


def test_the_migrated_database_is_what_the_tables_say(api: Api) -> None:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in metadata.tables

    with api.database.transaction() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        assert compare_metadata(context, metadata) == []


def test_mail_that_is_due_is_sent_once_and_shown_as_sent(told: Api, mailer: MemoryMailer) -> None:
    mailing.send_due_mail(told)
    mailing.send_due_mail(told)
    assert len(mailer.sent) == 4
    assert mailer.sent[0].addressee.email == "hanako@example.jp"
    shown = told.person(person_id=ASSISTANT).get("/api/v1/notify/notifications").json()["items"]
    assert {item["mailed_at"] for item in shown} == {"2026-04-01T03:00:00Z"}


def test_replicas_never_take_the_same_mail(told: Api) -> None:
    until = told.clock.now() + timedelta(minutes=2)
    with told.begin() as one, told.begin() as other:
        first = one.mails.claim(until, 3)
        second = other.mails.claim(until, 3)
    assert (len(first), len(second)) == (3, 1)
    assert not {mail.mail_id for mail in first} & {mail.mail_id for mail in second}


def test_mail_of_a_process_that_died_is_taken_over_when_its_lease_ends(
    told: Api, mailer: MemoryMailer
) -> None:
    with told.begin() as died:
        died.mails.claim(told.clock.now() + timedelta(minutes=2), 4)
    mailing.send_due_mail(told)
    assert mailer.sent == []
    told.clock.forward(minutes=2)
    mailing.send_due_mail(told)
    assert [mail.attempt for mail in mailer.sent] == [2, 2, 2, 2]


def test_mail_that_was_sent_stays_sent_whatever_a_late_loser_says(
    told: Api, mailer: MemoryMailer, database: ServiceDatabase
) -> None:
    mailing.send_due_mail(told)
    with told.begin() as late:
        again_at = told.clock.now()
        late.mails.note_failed(mailer.sent[0], "TimeoutError", again_at)
        assert late.mails.claim(again_at, 10) == []
    with psycopg.connect(database.url) as connection:
        statuses = connection.execute("SELECT DISTINCT status FROM mails").fetchall()
    assert statuses == [("sent",)]
