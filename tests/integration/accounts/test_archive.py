"""The archive of accounts: the runtime role adds to it, and names go with whoever leaves."""

import json

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg import errors, sql

from shared.messages.accounts import PersonRegistered, SecretLetter
from shared.messages.base import Event
from shared.messages.companies import AddressInvited
from shared.messaging.relay import ARCHIVE
from shared.messaging.stored import LETTERS
from shared.provision.databases import ServiceDatabase
from tests.integration.accounts.test_api import HANAKO, ME, bearer, register, rows
from tests.integration.accounts.test_leaving import (
    DELETION,
    everybody_has_nothing_open,
    make_due,
)
from tests.integration.accounts.test_sessions import signed_in

PERSONAL = {"email", "display_name", "reading", "name", "company_name"}
ABOUT = (
    "accounts.company_founded.v1",
    "accounts.company_renamed.v1",
    "accounts.member_invited.v1",
    "accounts.membership_changed.v1",
    "accounts.person_changed.v1",
    "accounts.person_registered.v1",
)


def publish_all(database: ServiceDatabase) -> None:
    """Do to the outbox what the relay does, as the runtime role."""
    with psycopg.connect(database.url) as connection:
        positions = [row[0] for row in connection.execute("SELECT position FROM outbox")]
        connection.execute(ARCHIVE, (positions, list(LETTERS)))


def test_letters_are_those_events_that_open_doors_or_are_written_to_an_address() -> None:
    assert set(LETTERS) == {SecretLetter.event_type(), AddressInvited.event_type()}
    with_names = {
        name
        for name, event in Event.registry.items()
        if name.startswith("accounts.") and PERSONAL & set(event.model_fields)
    }
    assert with_names - set(LETTERS) == set(ABOUT)


def test_names_leave_archive_and_outbox_with_whoever_leaves(
    client: TestClient, database: ServiceDatabase
) -> None:
    person_id = register(client)["person_id"]
    mine = bearer(signed_in(client)["access_token"])
    publish_all(database)
    client.put(ME, json={"display_name": "花子", "locale": "ja"}, headers=mine)
    client.post(DELETION, json={"password": HANAKO["password"]}, headers=mine)
    everybody_has_nothing_open(client, person_id, 1)
    make_due(client)
    everybody_has_nothing_open(client, person_id, 2)

    for table in ("outbox", "outbox_archive"):
        kept = rows(database, f"SELECT data FROM {table} WHERE type <> '{LETTERS[0]}'")  # noqa: S608
        assert "花子" not in str(kept), table
        assert "hanako" not in str(kept), table
    found = rows(database, "SELECT data FROM outbox_archive WHERE type LIKE '%person_registered%'")
    redacted = PersonRegistered.model_validate_json(found[0][0])
    assert (str(redacted.person_id), redacted.reading) == (person_id, None)
    assert json.loads(found[0][0])["display_name"] == "退会した利用者"
    assert rows(database, "SELECT FROM outbox_archive WHERE type LIKE '%letter%'") == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE outbox_archive SET data = '{{}}'",
        "DELETE FROM outbox_archive",
        "TRUNCATE outbox_archive",
        "DELETE FROM {month}",
        "DROP TABLE {month}",
        "INSERT INTO outbox_archive_rest SELECT * FROM outbox_archive",
    ],
)
def test_the_runtime_role_adds_to_the_archive_and_does_nothing_else(
    database: ServiceDatabase, statement: str
) -> None:
    months = rows(
        database,
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent ="
        " 'outbox_archive'::regclass ORDER BY 1",
    )
    query = sql.SQL(statement).format(month=sql.Identifier(months[0][0]))
    with (
        psycopg.connect(database.url) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute(query)
