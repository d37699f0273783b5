"""The archive of what was published: every event of the outbox, by months, for ever.

Rows are added and read. Only the function `forget_in_archive` changes some: names, addresses and
words of whoever has left for good.
"""

import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import Connection, text

from shared.account_data import FORMER
from shared.messaging.stored import LETTERS

if TYPE_CHECKING:
    from alembic.operations import Operations

NOBODYS_ADDRESS: Final = "left@example.invalid"
# What takes the place of what an event says of somebody.
NO_NAMES: Final = {
    "display_name": FORMER,
    "name": FORMER,
    "company_name": FORMER,
    "reading": None,
    "email": NOBODYS_ADDRESS,
}
NOBODY_ELSE: Final[Mapping[str, str]] = {}


def create_outbox_archive(op: "Operations") -> None:
    """Create the archive: called by the migration of a service that tells events."""
    for statement in (_TABLE, _MONTHS, _RIGHTS, "SELECT prepare_outbox_archive()"):
        op.execute(statement)


def create_forgetting(
    op: "Operations",
    of: str = "subject",
    instead: Mapping[str, str | None] = NO_NAMES,
    named_beside: Mapping[str, str] = NOBODY_ELSE,
) -> None:
    """Create `forget_in_archive`: called by the migration of a service that tells of people.

    Args:
        op: where the migration runs.
        of: whom a row is of, as SQL over its columns; it gets an index.
        instead: what takes the place of an event's members, where they aren't null.
        named_beside: members with the ids of others whom an event names, and those with their
            names; each gets an index.
    """
    for who, name in named_beside.items():
        op.execute(_INDEX_BESIDE.format(who=who, name=name))
    beside = (
        _FORGET_BESIDE.format(table=table, who=who, name=name, former=FORMER)
        for who, name in named_beside.items()
        for table in ("outbox", "outbox_archive")
    )
    replaced = json.dumps(instead, ensure_ascii=False)
    op.execute(_FORGET.format(of=of, instead=replaced, letters=LETTERS, beside="".join(beside)))
    op.execute(_RIGHTS)


def forget(connection: Connection, account_ids: Collection[UUID]) -> None:
    """Take what is to be forgotten of accounts out of what was told, and of what is still to be."""
    call = text("SELECT forget_in_archive(CAST(:ids AS text[]))")
    connection.execute(call, {"ids": [str(each) for each in account_ids]})


_TABLE = """
    CREATE TABLE outbox_archive (
        position bigint NOT NULL,
        id uuid NOT NULL,
        type text NOT NULL,
        routing_key text NOT NULL,
        subject text NOT NULL,
        occurred_at timestamptz NOT NULL,
        traceparent text,
        data text NOT NULL,
        published_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (position, published_at)
    ) PARTITION BY RANGE (published_at);
    -- A relay that was never able to prepare the next month still finds a place for its events.
    CREATE TABLE outbox_archive_rest PARTITION OF outbox_archive DEFAULT;
"""

# With the owner's rights, as the runtime role makes no tables; it takes no arguments. A month is
# attached, not created in place: that locks out nobody who adds to the archive meanwhile.
_MONTHS = """
    CREATE FUNCTION prepare_outbox_archive() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        month timestamptz := date_trunc('month', now(), 'UTC');
        following timestamptz;
        partition text;
        grantee name;
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('outbox_archive'));
        FOR ahead IN 0..2 LOOP
            following := (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
            partition := 'outbox_archive_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
            IF to_regclass('public.' || partition) IS NULL AND NOT EXISTS (
                SELECT FROM public.outbox_archive_rest
                WHERE published_at >= month AND published_at < following
            ) THEN
                EXECUTE format('CREATE TABLE public.%I (LIKE public.outbox_archive'
                    ' INCLUDING DEFAULTS INCLUDING INDEXES)', partition);
                EXECUTE format('ALTER TABLE public.outbox_archive ATTACH PARTITION public.%I'
                    ' FOR VALUES FROM (%L) TO (%L)', partition, month, following);
                FOR grantee IN
                    SELECT DISTINCT acl.grantee::regrole::name FROM pg_class, aclexplode(relacl) acl
                    WHERE oid = ('public.' || partition)::regclass
                        AND acl.grantee NOT IN (0, relowner)
                LOOP
                    EXECUTE format('REVOKE ALL ON public.%I FROM %I', partition, grantee);
                END LOOP;
            END IF;
            month := following;
        END LOOP;
    END $$
"""

# First the outbox: that waits for the relay's statement that moves a row, and the archive is looked
# at afterwards. Ids, amounts and times stay, so that whoever hears it all again knows as much.
_FORGET = """
    CREATE INDEX outbox_archive_subject ON outbox_archive (({of}));
    CREATE FUNCTION without_names(told text) RETURNS text LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
        SELECT (told::jsonb || coalesce(
            (SELECT jsonb_object_agg(key, value) FROM jsonb_each('{instead}')
            WHERE told::jsonb -> key <> 'null'), '{{}}'))::text
    $$;
    CREATE FUNCTION forget_in_archive(accounts text[]) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        UPDATE public.outbox SET data = public.without_names(data)
            WHERE ({of}) = ANY(accounts) AND type NOT IN {letters};
        UPDATE public.outbox_archive SET data = public.without_names(data)
            WHERE ({of}) = ANY(accounts);
        {beside}
    END $$
"""

_INDEX_BESIDE = """
    CREATE INDEX outbox_archive_{who} ON outbox_archive ((data::jsonb ->> '{who}'))
        WHERE data::jsonb ? '{name}'
"""
_FORGET_BESIDE = """
        UPDATE public.{table}
            SET data = (data::jsonb || jsonb_build_object('{name}', '{former}'))::text
            WHERE data::jsonb ->> '{who}' = ANY(accounts) AND data::jsonb ? '{name}';
"""

# Whatever the runtime role is called: it adds, reads, and calls the two functions.
_RIGHTS = """
    DO $$
    DECLARE
        grantee name;
        callable regprocedure;
    BEGIN
        FOR callable IN
            SELECT oid::regprocedure FROM pg_proc
            WHERE proname IN ('prepare_outbox_archive', 'forget_in_archive')
        LOOP
            EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', callable);
        END LOOP;
        FOR grantee IN
            SELECT DISTINCT acl.grantee::regrole::name FROM pg_class, aclexplode(relacl) acl
            WHERE oid = 'outbox_archive'::regclass AND acl.grantee NOT IN (0, relowner)
        LOOP
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON outbox_archive FROM %I', grantee);
            EXECUTE format('REVOKE ALL ON outbox_archive_rest FROM %I', grantee);
            FOR callable IN
                SELECT oid::regprocedure FROM pg_proc
                WHERE proname IN ('prepare_outbox_archive', 'forget_in_archive')
            LOOP
                EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', callable, grantee);
            END LOOP;
        END LOOP;
    END $$
"""
