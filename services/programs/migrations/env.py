"""Alembic runs this file."""

from services.programs.adapters import (  # noqa: F401  (they add to it)
    tables_path,
    tables_people,
    tables_work,
)
from services.programs.adapters.tables import metadata
from shared.migrations import run_migrations

run_migrations(metadata)
