"""Alembic runs this file."""

from services.programs.adapters import tables_path, tables_work  # noqa: F401  (they add to it)
from services.programs.adapters.tables import metadata
from shared.migrations import run_migrations

run_migrations(metadata)
