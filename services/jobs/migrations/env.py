"""Alembic runs this file."""

from services.jobs.adapters import tables_profiles  # noqa: F401  (it adds to the metadata)
from services.jobs.adapters.tables import metadata
from shared.migrations import run_migrations

run_migrations(metadata)
