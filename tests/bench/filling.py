"""A journal of millions of lines within minutes, written by the server with its guards off.

What the guards would have kept is written beside: stored balances, the next number. It is checked
at the end that the books hold.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import md5

import psycopg

from shared.provision.databases import (
    RolePasswords,
    ServiceDatabase,
    grant_schema,
    make_database,
    service_database,
    with_database,
)
from tests.bench.servers import PASSWORD, Servers

GROSS = 55_000
FEE = 1_980

# Payments captured one after the other, all of November 2026. Charges have names without any
# order, as Stripe's have; milestones have UUIDs that grow.
_ENTRIES = """
    INSERT INTO journal_entries (entry_id, fact, reference, source, currency, occurred_at)
    OVERRIDING SYSTEM VALUE
    SELECT n, 'captured', uuidv7(make_interval(secs => n - %(entries)s)),
        'ch_' || substr(md5(n::text), 1, 24), 'JPY',
        timestamptz '2026-11-01 00:00+09' + interval '29 days' * n / %(entries)s
    FROM generate_series(1, %(entries)s) AS n
"""
_LINES = """
    INSERT INTO journal_lines (entry_id, line, account, owner, debit, credit)
    SELECT entry_id, line, account, CASE WHEN owned THEN reference END, debit, credit
    FROM journal_entries, (VALUES
        (1, 'asset:processor_balance', false, %(gross)s, 0),
        (2, 'expense:processor_fee', false, %(fee)s, 0),
        (3, 'liability:escrow', true, 0, %(gross)s),
        (4, 'asset:processor_balance', false, 0, %(fee)s)
    ) AS line (line, account, owned, debit, credit)
    WHERE debit + credit > 0
    ORDER BY entry_id, line
"""
_BALANCES = """
    INSERT INTO account_balances (account, owner, currency, balance)
    SELECT 'liability:escrow', reference, 'JPY', %(gross)s FROM journal_entries
"""
_HOLDS = """
    SELECT count(*) = 0 FROM (
        SELECT owner, sum(credit - debit) AS balance FROM journal_lines
        WHERE account = 'liability:escrow' GROUP BY owner
    ) AS summed FULL JOIN account_balances USING (owner)
    WHERE summed.balance IS DISTINCT FROM account_balances.balance
"""


@dataclass(frozen=True)
class Filled:
    """A database of payments with so many entries in its journal."""

    database: ServiceDatabase
    entries: int


def filled(
    servers: Servers,
    name: str,
    entries: int,
    *,
    fee: int = FEE,
    shape: Callable[[psycopg.Connection], None] = lambda _: None,
) -> Filled:
    """Return a new database of payments with so many payments in its books.

    An entry has four lines, or two when the processor takes no fee. `shape` may give the tables
    another shape before.
    """
    database = _copy(servers, name)
    values = {"entries": entries, "gross": GROSS, "fee": fee}
    with psycopg.connect(with_database(servers.postgres.url, name), autocommit=True) as admin:
        shape(admin)
        admin.execute("SET session_replication_role = replica")
        for statement in (_ENTRIES, _LINES, _BALANCES):
            # Written out on the client: a statement of such length needs no plan of its own.
            psycopg.ClientCursor(admin).execute(statement, values)
        admin.execute(
            "SELECT setval('journal_entries_entry_id_seq', max(entry_id)) FROM journal_entries"
        )
        admin.execute("VACUUM ANALYZE")
        holds = admin.execute(_HOLDS).fetchone()
        if holds != (True,):
            raise RuntimeError("the books that were filled in don't hold")
    return Filled(database, entries)


def charge_of(number: int) -> str:
    """Return the charge of an entry, as `filled` named it."""
    return f"ch_{md5(str(number).encode(), usedforsecurity=False).hexdigest()[:24]}"


def _copy(servers: Servers, name: str) -> ServiceDatabase:
    """Return a copy of the migrated, empty database of payments under another name."""
    with psycopg.connect(servers.postgres.url, autocommit=True) as admin:
        make_database(admin, "payments", name, "tasuki_payments")
    grant_schema(with_database(servers.postgres.url, name), "payments")
    passwords = RolePasswords(PASSWORD, PASSWORD)
    return service_database(servers.postgres.url, "payments", passwords, database=name)
