"""What a service's database user may not do is tried, one by one, as that user."""

from collections.abc import Iterator
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from shared.provision.databases import ServiceDatabase, with_database
from tests.support.servers import TestPostgres
from tools.services import WITH_STATE

# What is never changed or deleted, not even by a bug: grants refuse it before any trigger does.
APPENDED = {
    "payments": (
        *("journal_entries", "journal_lines", "sealed_ranges"),
        *("closed_months", "closed_month_balances"),
    )
}
# Written by the database itself alone.
KEPT_BY_THE_DATABASE = {"payments": ("account_balances", "ledger_accounts")}

# Whatever of these got through would be the end of the rules above.
FORBIDDEN: dict[str, LiteralString] = {
    "make a table": "CREATE TABLE mine (id int)",
    "make a temporary table": "CREATE TEMPORARY TABLE mine (id int)",
    "make a schema": "CREATE SCHEMA mine",
    "make a function": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "change a table": "ALTER TABLE outbox ADD COLUMN mine int",
    "drop a table": "DROP TABLE outbox",
    "empty a table": "TRUNCATE outbox",
    "stop the triggers": "ALTER TABLE operator_actions DISABLE TRIGGER ALL",
    "stop all triggers": "SET session_replication_role = replica",
    "hang on a trigger": "CREATE TRIGGER t BEFORE INSERT ON outbox EXECUTE FUNCTION wake_relay()",
    "make a role": "CREATE ROLE mine",
    "make a database": "CREATE DATABASE mine",
    "read passwords": "SELECT * FROM pg_authid",
    "read a file": "SELECT pg_read_file('postgresql.conf')",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "write a file": "COPY (SELECT 1) TO '/tmp/mine'",
    "set up the server": "ALTER SYSTEM SET log_statement = 'all'",
    "change what operators did": "UPDATE operator_actions SET outcome = 'done'",
    "forget what operators did": "DELETE FROM operator_actions",
}
# Of those who tell anything.
FORBIDDEN_TO_TELLERS: dict[str, LiteralString] = {
    "change what was told": "UPDATE outbox_archive SET data = data",
    "forget what was told": "DELETE FROM outbox_archive",
    "forget all that was told": "TRUNCATE outbox_archive",
}


@pytest.fixture(params=WITH_STATE)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(service: str, postgres: TestPostgres) -> ServiceDatabase:
    return postgres.service_database(service)


@pytest.fixture
def runtime(database: ServiceDatabase) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database.url, autocommit=True) as connection:
        yield connection


def test_the_runtime_role_may_do_nothing_but_read_and_write_rows(
    service: str, runtime: psycopg.Connection
) -> None:
    got_through = []
    tried = FORBIDDEN | (FORBIDDEN_TO_TELLERS if service != "notify" else {})
    for name, statement in tried.items():
        try:
            runtime.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            continue
        got_through.append(name)
    assert got_through == []
    # PostgreSQL only warns of a GRANT that gives nothing.
    gives = "SELECT has_table_privilege('outbox', 'SELECT WITH GRANT OPTION')"
    assert runtime.execute(gives).fetchone() == (False,)


def test_neither_role_is_more_than_a_user_or_a_member_of_anybody(
    service: str, postgres: TestPostgres, database: ServiceDatabase
) -> None:
    query = """
        SELECT rolname FROM pg_roles
        WHERE rolname = ANY(%s) AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication
            OR rolbypassrls OR EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid))
    """
    roles = [f"tasuki_{service}", f"tasuki_{service}_owner"]
    assert all(role in f"{database.url} {database.owner_url}" for role in roles)
    with psycopg.connect(postgres.server.url) as admin:
        assert admin.execute(query, (roles,)).fetchall() == []


def test_the_runtime_role_cannot_become_the_owner(
    service: str, runtime: psycopg.Connection
) -> None:
    owner = sql.Identifier(f"tasuki_{service}_owner")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        runtime.execute(sql.SQL("SET ROLE {}").format(owner))


def test_nobody_connects_to_the_database_of_another_service(
    service: str, postgres: TestPostgres, database: ServiceDatabase
) -> None:
    for other in WITH_STATE:
        if other == service:
            continue
        name = postgres.service_database(other).url.rpartition("/")[2]
        for url in (database.url, database.owner_url):
            with pytest.raises(psycopg.OperationalError, match="CONNECT privilege"):
                psycopg.connect(with_database(url, name))


def test_what_is_only_appended_to_is_never_changed(
    service: str, runtime: psycopg.Connection
) -> None:
    for table in (*APPENDED.get(service, ()), *KEPT_BY_THE_DATABASE.get(service, ())):
        column = _plain_column(runtime, table)
        for statement in ("UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}"):
            tried = sql.SQL(statement).format(sql.Identifier(table), column)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                runtime.execute(tried)
    for table in KEPT_BY_THE_DATABASE.get(service, ()):
        insert = sql.SQL("INSERT INTO {} DEFAULT VALUES").format(sql.Identifier(table))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            runtime.execute(insert)


def _plain_column(connection: psycopg.Connection, table: str) -> sql.Identifier:
    query = """
        SELECT attname FROM pg_attribute
        WHERE attrelid = %s::regclass AND attnum > 0 AND attidentity = '' AND attgenerated = ''
    """
    row = connection.execute(query, (table,)).fetchone()
    assert row
    return sql.Identifier(row[0])
