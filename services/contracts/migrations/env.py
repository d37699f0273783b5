"""Alembic runs this file."""

from services.contracts.adapters import tables_talk  # noqa: F401  (it adds to the metadata)
from services.contracts.adapters.tables import metadata
from shared.migrations import run_migrations

run_migrations(metadata)
