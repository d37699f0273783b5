from pathlib import Path

import pytest

from shared.migrations import revisions
from shared.revisions import DatabaseReady, Revisions
from tools.services import WITH_STATE


@pytest.mark.parametrize("service", WITH_STATE)
def test_the_revisions_in_the_texts_are_those_that_alembic_finds(service: str) -> None:
    found = Revisions.of(service)
    assert found.known == set(revisions(service))
    assert found.head == revisions(service)[-1]


def test_what_came_later_serves_and_what_came_before_does_not(tmp_path: Path) -> None:
    versions = tmp_path / "jobs" / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001.py").write_text('revision = "0001"\ndown_revision = None\n')
    (versions / "0002.py").write_text('revision: str = "0002"\ndown_revision = "0001"\n')
    known = Revisions.of("jobs", tmp_path)
    assert [known.lack(each) for each in ("0002", "0003")] == ["", ""]
    assert known.lack("0001") == "migrations are behind: the database is at 0001, not 0002"


def test_a_database_that_is_not_there_is_told_without_its_address() -> None:
    lack = DatabaseReady("jobs", "postgresql://tasuki:secret@127.0.0.1:9/jobs")()
    assert lack.startswith("database unreachable: ")
    assert "secret" not in lack
