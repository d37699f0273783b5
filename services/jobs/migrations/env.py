"""Alembic runs this file."""

from services.jobs.adapters import (  # (they add to the metadata)
    tables_profiles,  # noqa: F401
    tables_search,  # noqa: F401
)
from services.jobs.adapters.tables import metadata
from shared.migrations import run_migrations

run_migrations(metadata)
