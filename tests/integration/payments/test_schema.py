from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.payments.adapters.documents.tables import issuers
from services.payments.adapters.tables import metadata
from services.payments.adapters.tables_books import sealed_ranges
from services.payments.adapters.tables_wallets import wallets
from shared.db import Database

# How tables are indexed and guarded.
TOLD_BY_MIGRATIONS = {"remove_index", "remove_constraint", "remove_fk"}


def test_the_migrated_database_has_the_columns_that_the_tables_say(database: Database) -> None:
    assert {issuers.name, sealed_ranges.name, wallets.name} <= metadata.tables.keys()

    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in metadata.tables

    with database.transaction() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        found = compare_metadata(context, metadata)
    assert [each for each in found if each[0] not in TOLD_BY_MIGRATIONS] == []
