from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.programs.adapters.tables import metadata
from services.programs.adapters.work import make_work
from shared.db import Database
from tests.support.servers import TestPostgres


def test_the_migrated_database_is_what_the_tables_say(postgres: TestPostgres) -> None:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in metadata.tables

    assert callable(make_work)  # its import brings all adapters, with their tables
    database = Database(postgres.service_database("programs").url)
    with database.transaction() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        assert compare_metadata(context, metadata) == []
    database.engine.dispose()
