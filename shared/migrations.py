"""Migrations of a service's own database with Alembic; forward only: expand, then contract."""

from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, pool

from shared.db import driver_url


def migrate(service: str, url: str) -> None:
    """Bring the service's database to the newest revision (`services/<service>/migrations`)."""
    scripts = Path(__file__).parent.parent / "services" / service / "migrations"
    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.attributes["url"] = url
    command.upgrade(config, "head")


def run_migrations(metadata: MetaData) -> None:
    """Run Alembic's migrations online: what every service's `migrations/env.py` calls."""
    engine = create_engine(driver_url(context.config.attributes["url"]), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
