"""Migrations that a test makes up, in a folder as Alembic wants it."""

from pathlib import Path

ENV = """
from sqlalchemy import MetaData
from shared.migrations import run_migrations
run_migrations(MetaData())
"""
MIGRATION = """
from alembic import op
from shared.migrations import create_index
revision = {revision!r}
down_revision = {before!r}
{variables}
def upgrade():
    {body}
"""


def write_migrations(folder: Path, *bodies: str, variables: str = "") -> Path:
    """Write migrations 0001, 0002 … with these bodies; `variables` are the last one's."""
    versions = folder / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    (folder / "env.py").write_text(ENV)
    for number, body in enumerate(bodies, start=1):
        before = f"{number - 1:04}" if number > 1 else None
        text = MIGRATION.format(
            revision=f"{number:04}",
            before=before,
            variables=variables if number == len(bodies) else "",
            body=body,
        )
        (versions / f"{number:04}_x.py").write_text(text)
    return folder


def saying(sql: str) -> str:
    """Return the body of a migration that says this to PostgreSQL."""
    return f"op.execute({sql!r})"
