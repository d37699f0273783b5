"""Old code on new tables: what migrations did since a release is an expansion of what was there."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import psycopg
import pytest

from tests.support.releases import Release, releases
from tests.support.servers import TestPostgres
from tools.releases.tables import narrowings, tables_of
from tools.services import WITH_STATE

# What narrows and is harmless, with the reason: by service and by what is told of it.
_WAS: Final = "'work'::text, 'money'::text, 'messages'::text, 'reminders'::text, 'companies'::text"
EXCEPTIONS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "contracts": {
            "policies is held to CHECK ((protected_revisions > 0))": (
                "of a column that old code doesn't write, and its default passes"
            )
        },
        "payments": {
            "releases.milestone_id may be NULL now, which old code doesn't expect": (
                "only of what sponsors pay, which programs asks for: it comes after payments"
            ),
            "releases is held to FOREIGN KEY (sponsorship_id) REFERENCES "
            "sponsorships(sponsorship_id)": "of a column that old code doesn't write",
            "releases is held to btree (sponsorship_id)": "of a column that old code doesn't write",
        },
        "notify": {
            f"notifications is held to CHECK ((kind = ANY (ARRAY[{_WAS}, "
            "'programs'::text, 'account'::text])))": "it allows all that it allowed, and more"
        },
    }
)
# A service of later is held to the releases that had it.
HELD: Final = [(r, service) for r in releases() for service in WITH_STATE if service in r.tables]


@pytest.mark.parametrize(("release", "service"), HELD, ids=str)
def test_todays_tables_are_an_expansion_of_those_of_a_release(
    postgres: TestPostgres, release: Release, service: str
) -> None:
    database = postgres.service_database(service)
    today = tables_of(database.url, f"tasuki_{service}")
    assert len(release.tables[service]) > 1
    excepted = EXCEPTIONS.get(service, {})
    told = narrowings(release.tables[service], today)
    assert [each for each in told if each not in excepted] == []
    assert set(excepted) <= set(told), "an exception that nothing needs"


OLD = """
    CREATE TABLE jobs (job_id int PRIMARY KEY, title text NOT NULL, kind text DEFAULT 'a',
                       CHECK (title <> ''));
    CREATE UNIQUE INDEX jobs_title ON jobs (title);
    GRANT SELECT, INSERT ON jobs TO PUBLIC;
"""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("ALTER TABLE jobs DROP COLUMN kind", ["jobs.kind is gone"]),
        ("ALTER TABLE jobs RENAME TO posts", ["jobs is gone"]),
        ("ALTER TABLE jobs ALTER kind TYPE varchar(9)", ["jobs.kind was text, is character"]),
        ("ALTER TABLE jobs ALTER kind SET NOT NULL", ["jobs.kind has become required"]),
        ("ALTER TABLE jobs ALTER title DROP NOT NULL", ["jobs.title may be NULL now"]),
        ("ALTER TABLE jobs ALTER kind DROP DEFAULT", ["jobs.kind has lost its default"]),
        (
            "ALTER TABLE jobs ADD COLUMN more int NOT NULL",
            ["jobs.more is required of INSERTs that don't know it"],
        ),
        (
            "ALTER TABLE jobs ADD CHECK (kind <> '') NOT VALID",
            ["jobs is held to CHECK ((kind <> ''::text)) NOT VALID"],
        ),
        ("CREATE UNIQUE INDEX ON jobs (kind)", ["jobs is held to btree (kind)"]),
        ("DROP INDEX jobs_title", ["jobs has no more btree (title)"]),
        ("REVOKE INSERT ON jobs FROM old_code", ["jobs may no more INSERT"]),
    ],
)
def test_what_old_code_would_stumble_over_is_named(
    postgres: TestPostgres, change: str, told: list[str]
) -> None:
    found = after(postgres, change)
    assert len(found) == len(told)
    assert all(each.startswith(start) for each, start in zip(found, told, strict=True)), found


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE jobs ADD COLUMN more int",
        "ALTER TABLE jobs ADD COLUMN more int NOT NULL DEFAULT 0",
        "ALTER TABLE jobs ADD COLUMN more int GENERATED ALWAYS AS IDENTITY",
        "ALTER TABLE jobs DROP CONSTRAINT jobs_title_check",
        "CREATE TABLE more (x int NOT NULL)",
        "CREATE INDEX ON jobs (kind)",
        "GRANT UPDATE ON jobs TO old_code",
    ],
)
def test_an_expansion_is_nothing_to_stumble_over(postgres: TestPostgres, change: str) -> None:
    assert after(postgres, change) == []


def after(postgres: TestPostgres, change: str) -> list[str]:
    """Return what a change narrows."""
    url = postgres.create_database()
    with psycopg.connect(url, autocommit=True) as connection:
        roles: Any = connection.execute("SELECT FROM pg_roles WHERE rolname = 'old_code'")
        if not roles.fetchall():
            connection.execute("CREATE ROLE old_code")
        connection.execute(OLD.encode().replace(b"PUBLIC", b"old_code"))
        before = tables_of(url, "old_code")
        connection.execute(change.encode())
    return narrowings(before, tables_of(url, "old_code"))
