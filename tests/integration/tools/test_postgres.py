import psycopg
import pytest

from shared.provision.databases import RolePasswords, prepare, service_database
from tests.support.servers import TestPostgres

JOBS = RolePasswords(runtime="first/one@", owner="own er")


def test_the_owner_makes_tables_and_the_runtime_role_only_uses_them(
    postgres: TestPostgres,
) -> None:
    database = postgres.empty_service_database("jobs")
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("CREATE TABLE job (id bigserial PRIMARY KEY, title text)")

    with psycopg.connect(database.url) as runtime:
        runtime.execute("INSERT INTO job (title) VALUES ('weave')")
        runtime.execute("UPDATE job SET title = 'spin'")
        assert runtime.execute("SELECT title FROM job").fetchall() == [("spin",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            runtime.execute("DROP TABLE job")

    with (
        psycopg.connect(database.url) as runtime,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        runtime.execute("CREATE TABLE another (id int)")


def test_a_role_may_not_connect_to_another_services_database(postgres: TestPostgres) -> None:
    prepare(postgres.server.url, {"jobs": JOBS, "payments": RolePasswords("p", "q")})
    elsewhere = service_database(postgres.server.url, "jobs", JOBS, database="tasuki_payments")

    for url in (elsewhere.url, elsewhere.owner_url):
        with pytest.raises(psycopg.OperationalError, match="CONNECT privilege"):
            psycopg.connect(url)


def test_preparing_twice_keeps_the_data_and_takes_the_new_passwords(
    postgres: TestPostgres,
) -> None:
    admin = postgres.server.url
    prepare(admin, {"jobs": JOBS})
    with psycopg.connect(service_database(admin, "jobs", JOBS).owner_url) as owner:
        owner.execute("CREATE TABLE kept (id int)")
    changed = RolePasswords.generate()

    prepare(admin, {"jobs": changed})

    with psycopg.connect(service_database(admin, "jobs", changed).url) as runtime:
        assert runtime.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(service_database(admin, "jobs", JOBS).url)


def test_each_database_for_a_test_is_a_new_one(postgres: TestPostgres) -> None:
    first, second = postgres.create_database(), postgres.create_database()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE here (id int)")

    with (
        psycopg.connect(second) as connection,
        pytest.raises(psycopg.errors.UndefinedTable),
    ):
        connection.execute("SELECT * FROM here")
