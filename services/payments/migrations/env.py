"""Alembic runs this file."""

from services.payments.adapters import tables_books  # noqa: F401  (it adds to the metadata)
from services.payments.adapters.tables import metadata
from shared.migrations import run_migrations

run_migrations(metadata)
