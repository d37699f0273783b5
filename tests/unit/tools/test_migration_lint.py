from pathlib import Path

import pytest

from tests.support.migrations import saying, write_migrations
from tools.migration_lint import BEFORE_THE_FIRST_RELEASE, complaints, looked_at
from tools.services import WITH_STATE

FIRST = saying("CREATE TABLE jobs (job_id uuid PRIMARY KEY, title text NOT NULL)")


def complaints_of(folder: Path, body: str, variables: str = "") -> list[str]:
    scripts = write_migrations(folder, FIRST, body, variables=variables)
    return list(complaints("jobs", "0002", scripts))


@pytest.mark.parametrize("service", WITH_STATE)
def test_no_migration_since_the_first_release_locks_or_breaks_anything(service: str) -> None:
    found = {
        revision: told
        for revision in looked_at(service)
        if (told := list(complaints(service, revision)))
    }
    assert not found


def test_every_service_with_a_database_is_looked_at() -> None:
    assert set(BEFORE_THE_FIRST_RELEASE) == set(WITH_STATE)


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("ALTER TABLE jobs ADD COLUMN kind text NOT NULL", "adding-required-field"),
        ("ALTER TABLE jobs ADD COLUMN made float8 DEFAULT random()", "adding-field-with-default"),
        ("CREATE INDEX jobs_title ON jobs (title)", "require-concurrent-index-creation"),
        ("DROP INDEX jobs_title", "require-concurrent-index-deletion"),
        ("ALTER TABLE jobs ADD CONSTRAINT x CHECK (title <> '')", "constraint-missing-not-valid"),
        (
            "ALTER TABLE jobs ADD COLUMN of uuid REFERENCES people",
            "adding-foreign-key-constraint",
        ),
        ("ALTER TABLE jobs ADD CONSTRAINT x UNIQUE (title)", "disallowed-unique-constraint"),
        ("ALTER TABLE jobs ALTER COLUMN title TYPE varchar(9)", "changing-column-type"),
        ("ALTER TABLE jobs ALTER COLUMN title SET NOT NULL", "adding-not-nullable-field"),
        ("ALTER TABLE jobs RENAME COLUMN title TO name", "renaming-column"),
        ("ALTER TABLE jobs RENAME TO posts", "renaming-table"),
        ("ALTER TABLE jobs DROP COLUMN title", "ban-drop-column"),
        ("DROP TABLE jobs", "ban-drop-table"),
        ("TRUNCATE jobs CASCADE", "ban-truncate-cascade"),
        ("UPDATE jobs SET title = upper(title)", "rewriting-rows"),
        ("DO $$ BEGIN\nDELETE FROM jobs;\nEND $$", "rewriting-rows"),
        ("CREATE TABEL posts (x bigint)", "syntax-error"),
    ],
)
def test_a_migration_that_locks_or_breaks_is_refused(tmp_path: Path, sql: str, rule: str) -> None:
    assert any(each.startswith(f"{rule}: ") for each in complaints_of(tmp_path, saying(sql)))


@pytest.mark.parametrize(
    "body",
    [
        saying(
            "CREATE TABLE notes (note_id bigint PRIMARY KEY); CREATE INDEX x ON notes (note_id)"
        ),
        saying("ALTER TABLE jobs ADD COLUMN kind text NOT NULL DEFAULT 'fixed'"),
        saying("ALTER TABLE jobs ADD COLUMN note text"),
        saying("ALTER TABLE jobs ADD CONSTRAINT x CHECK (title <> '') NOT VALID"),
        saying("ALTER TABLE jobs VALIDATE CONSTRAINT x"),
        saying(
            "CREATE FUNCTION x() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\n"
            "DELETE FROM jobs;\nEND $$"
        ),
        "create_index(op, 'jobs_title', 'jobs (title)')",
    ],
)
def test_a_migration_that_only_expands_passes(tmp_path: Path, body: str) -> None:
    assert complaints_of(tmp_path, body) == []


def test_a_migration_that_reads_from_a_connection_is_refused(tmp_path: Path) -> None:
    body = "op.get_bind().execute('SELECT 1').scalar_one()"
    [told] = complaints_of(tmp_path, body)
    assert told.startswith("needs-connection: ")


def test_an_exception_with_its_reason_is_taken(tmp_path: Path) -> None:
    said = 'LINT_EXCEPTIONS = {"ban-drop-column": "no version reads it since 1.4"}'
    assert complaints_of(tmp_path, saying("ALTER TABLE jobs DROP COLUMN title"), said) == []


def test_an_exception_without_a_reason_is_refused(tmp_path: Path) -> None:
    said = 'LINT_EXCEPTIONS = {"ban-drop-column": " "}'
    assert complaints_of(tmp_path, saying("ALTER TABLE jobs DROP COLUMN title"), said) == [
        "the exception from ban-drop-column has no reason"
    ]


def test_an_exception_that_nothing_needs_is_refused(tmp_path: Path) -> None:
    said = 'LINT_EXCEPTIONS = {"ban-drop-column": "no version reads it since 1.4"}'
    assert complaints_of(tmp_path, saying("ALTER TABLE jobs ADD COLUMN note text"), said) == [
        "nothing needs the exception from ban-drop-column"
    ]
