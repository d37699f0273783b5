"""Alembic runs this file."""

from services.contracts.adapters import (  # noqa: F401  (they add to the metadata)
    tables_hand_overs,
    tables_retainers,
    tables_talk,
)
from services.contracts.adapters.tables import metadata
from shared.migrations import run_migrations

run_migrations(metadata)
