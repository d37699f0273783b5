import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.contracts.adapters.tables import metadata
from shared.provision.databases import ServiceDatabase
from tests.integration.contracts.conftest import Agreed
from tests.support.apis import Api


def test_the_migrated_database_is_what_the_tables_say(api: Api) -> None:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in metadata.tables

    with api.database.transaction() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("table", ["terms", "timeline"])
@pytest.mark.parametrize("change", ["UPDATE {} SET contract_id = contract_id", "DELETE FROM {}"])
def test_terms_and_timeline_are_appended_to_only_even_by_their_owner(
    agreed: Agreed, database: ServiceDatabase, table: str, change: str
) -> None:
    assert agreed.contract_id
    for url in (database.url, database.owner_url):
        with (
            psycopg.connect(url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"appended|denied"),
        ):
            connection.execute(change.format(table))
    with (
        psycopg.connect(database.owner_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="appended to only"),
    ):
        connection.execute(f"TRUNCATE {table}")


def test_terms_whose_hash_is_wrong_are_refused_by_the_database(
    agreed: Agreed, database: ServiceDatabase
) -> None:
    with (
        psycopg.connect(database.url) as connection,
        pytest.raises(psycopg.errors.CheckViolation),
    ):
        connection.execute(
            "INSERT INTO terms VALUES (%s, 2, '{}', %s)", (agreed.contract_id, "0" * 64)
        )
