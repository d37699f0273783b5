"""Who was invited before invitations were kept by address is so afterwards."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config

from services.accounts.adapters.invitations import SqlInvitations
from shared.db import Database
from shared.ids import new_id
from shared.migrations import migrate
from shared.people import Right
from tests.support.servers import TestPostgres

MIGRATIONS = Path(__file__).parents[3] / "services" / "accounts" / "migrations"
ACCOUNT = """
    INSERT INTO accounts (person_id, email, email_key, display_name, roles, locale, registered_at)
    VALUES (%s, %s, lower(%s), '?', '{client}', 'ja', now())
"""
COMPANY = "INSERT INTO companies VALUES (%s, 'みどり園芸', 'office@example.jp', 'ja', %s, now())"
MEMBERSHIP = "INSERT INTO memberships VALUES (%s, %s, %s, '{fund}', false, 1)"


def test_who_was_invited_stays_so_by_address(postgres: TestPostgres) -> None:
    database = postgres.empty_service_database("accounts")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = database.owner_url
    command.upgrade(config, "0005")
    company, founder, invited = new_id(), new_id(), new_id()
    with psycopg.connect(database.owner_url) as connection:
        for person, email in ((founder, "founder@example.jp"), (invited, "Hanako@example.jp")):
            connection.execute(ACCOUNT, (person, email, email))
        connection.execute(COMPANY, (company, founder))
        connection.execute(MEMBERSHIP, (company, founder, "member"))
        connection.execute(MEMBERSHIP, (company, invited, "invited"))

    migrate("accounts", database.owner_url)

    opened = Database(database.url)
    soon = datetime.now(UTC) + timedelta(days=29)
    with opened.transaction() as connection:
        [(name, moved)] = SqlInvitations(connection).to_address("hanako@example.jp", soon)
    opened.engine.dispose()
    assert (name, moved.company_id, moved.invited_by) == ("みどり園芸", company, founder)
    assert (moved.email, moved.rights) == ("Hanako@example.jp", frozenset({Right.FUND}))
    with psycopg.connect(database.owner_url) as connection:
        left = connection.execute(
            "SELECT status, change FROM memberships ORDER BY status"
        ).fetchall()
    assert left == [("gone", 2), ("member", 1)]
