from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import services.accounts.adapters.tables_factors  # noqa: F401  (they are in the metadata by that)
from services.accounts.adapters.tables import metadata
from shared.db import Database
from shared.provision.databases import ServiceDatabase


def test_the_migrated_database_is_what_the_tables_say(database: ServiceDatabase) -> None:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in metadata.tables

    opened = Database(database.url)
    with opened.transaction() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        assert compare_metadata(context, metadata) == []
    opened.engine.dispose()
