from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.jobs.adapters.tables import metadata
from tests.support.apis import Api


def test_the_migrated_database_is_what_the_tables_say(api: Api) -> None:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in metadata.tables

    with api.database.transaction() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        assert compare_metadata(context, metadata) == []
