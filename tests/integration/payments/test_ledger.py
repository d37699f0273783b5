"""The journal guards itself: against our code, and against anybody's psql session."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import psycopg
import pytest
from psycopg import errors, sql

from services.payments.adapters.ledger import SqlBooks
from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.postings import ACCOUNTS, Account, Fact, Owner
from shared.db import Database
from shared.errors import Rejected
from shared.ids import new_id
from shared.money import Money, yen
from shared.provision.databases import ServiceDatabase

NOW = datetime(2026, 4, 1, tzinfo=UTC)


def an_entry(fact: Fact, milestone: UUID, assistant: UUID, **parts: Money) -> JournalEntry:
    owners = dict.fromkeys(Owner, milestone) | {Owner.ASSISTANT: assistant}
    return journal_entry(fact, Happening(milestone, f"{fact}-{milestone}", NOW, owners), **parts)


def captured(milestone: UUID, gross: int = 49_895) -> JournalEntry:
    return an_entry(
        Fact.CAPTURED,
        milestone,
        milestone,
        escrow=yen(gross),
        credit=yen(0),
        processor_fee=yen(1_796),
    )


def released(milestone: UUID, assistant: UUID) -> JournalEntry:
    return an_entry(
        Fact.RELEASED,
        milestone,
        assistant,
        net=yen(37_795),
        platform_fee=yen(11_000),
        platform_fee_tax=yen(1_100),
        withholding=yen(0),
    )


def post(database: Database, *entries: JournalEntry) -> set[tuple[str, str]]:
    with database.transaction() as connection:
        return SqlBooks(connection).post(entries)


def balances(database: Database) -> dict[tuple[str, UUID], int]:
    with database.transaction() as connection:
        rows = connection.exec_driver_sql("SELECT account, owner, balance FROM account_balances")
        return {(row.account, row.owner): row.balance for row in rows}


@pytest.fixture(params=["runtime role", "owner"])
def psql(
    request: pytest.FixtureRequest, payments_database: ServiceDatabase
) -> Iterator[psycopg.Connection]:
    """A session as an operator has one, in either role."""
    url = payments_database.url if request.param == "runtime role" else payments_database.owner_url
    with psycopg.connect(url, autocommit=True) as session:
        yield session


@pytest.fixture
def milestone(database: Database) -> UUID:
    """A milestone whose money is in escrow."""
    milestone = new_id()
    post(database, captured(milestone))
    return milestone


def test_an_entry_is_posted_with_its_lines_and_balances(database: Database) -> None:
    milestone, assistant = new_id(), new_id()
    post(database, captured(milestone), released(milestone, assistant))
    assert balances(database) == {
        (Account.ESCROW, milestone): 0,
        (Account.ASSISTANT_PAYABLE, assistant): 37_795,
    }


def test_a_fact_that_comes_again_is_posted_once(database: Database, milestone: UUID) -> None:
    other = new_id()
    assert post(database, captured(milestone), captured(other)) == {
        (Fact.CAPTURED, f"captured-{other}")
    }
    assert balances(database)[Account.ESCROW, milestone] == 49_895


def test_nothing_is_posted_of_no_entries(database: Database) -> None:
    assert post(database) == set()


def test_an_overdrawn_escrow_is_refused_and_nothing_moves(
    database: Database, milestone: UUID
) -> None:
    before = balances(database)
    with pytest.raises(Rejected, match="account_overdrawn"):
        post(
            database,
            captured(new_id()),
            an_entry(Fact.REFUND_ASKED, milestone, milestone, amount=yen(49_896)),
        )
    assert balances(database) == before


def test_a_bug_that_unbalances_an_entry_is_refused(database: Database) -> None:
    entry = captured(new_id())
    broken = JournalEntry(
        entry.fact, entry.reference, entry.source, entry.currency, NOW, entry.lines[:-1]
    )
    with pytest.raises(Exception, match="must balance"):
        post(database, broken)


def test_simultaneous_postings_in_any_order_never_block_each_other_for_good(
    database: Database,
) -> None:
    assistants = [new_id() for _ in range(4)]
    batches = []
    for number in range(16):
        milestones = [new_id() for _ in range(8)]
        post(database, *map(captured, milestones))
        order = assistants if number % 2 else assistants[::-1]
        batches.append([released(each, order[i % 4]) for i, each in enumerate(milestones)])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda batch: post(database, *batch), batches))
    held = balances(database)
    assert [held[Account.ASSISTANT_PAYABLE, each] for each in assistants] == [32 * 37_795] * 4


def test_the_database_knows_the_chart_of_accounts(database: Database) -> None:
    with database.transaction() as connection:
        rows = connection.exec_driver_sql("SELECT account, guarded FROM ledger_accounts")
        kept = {row.account: row.guarded for row in rows}
    assert kept == {account.value: rule.guarded for account, rule in ACCOUNTS.items()}


ENTRY = """
    WITH entry AS (
        INSERT INTO journal_entries (fact, reference, source, currency, occurred_at)
        VALUES ('captured', gen_random_uuid(), 'psql', 'JPY', now()) RETURNING entry_id
    )
    INSERT INTO journal_lines (entry_id, line, account, owner, debit, credit)
    SELECT entry_id, line, account, owner, debit, credit FROM entry, (VALUES {lines})
        AS line (line, account, owner, debit, credit)
"""
OWNER = "'0199aaaa-0000-7000-8000-000000000001'::uuid"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            f"(1, 'asset:bank', NULL::uuid, 5, 0), (2, 'liability:escrow', {OWNER}, 0, 4)",
            id="unbalanced",
        ),
        pytest.param("(1, 'asset:processor_balance', NULL::uuid, 5, 0)", id="one-sided"),
        pytest.param(
            "(1, 'asset:bank', NULL::uuid, 5, 5), (2, 'asset:bank', NULL::uuid, 5, 5)",
            id="both sides in a line",
        ),
        pytest.param(
            "(1, 'asset:bank', NULL::uuid, -5, 0), (2, 'asset:bank', NULL::uuid, 0, -5)",
            id="negative",
        ),
        pytest.param(
            "(1, 'asset:pocket', NULL::uuid, 5, 0), (2, 'asset:bank', NULL::uuid, 0, 5)",
            id="unknown account",
        ),
        pytest.param(
            "(1, 'asset:bank', NULL::uuid, 5, 0), (2, 'liability:escrow', NULL::uuid, 0, 5)",
            id="nobody's escrow",
        ),
        pytest.param(
            f"(1, 'liability:escrow', {OWNER}, 5, 0), (2, 'asset:bank', NULL::uuid, 0, 5)",
            id="overdrawn",
        ),
    ],
)
def test_psql_cannot_post_what_does_not_hold(psql: psycopg.Connection, lines: str) -> None:
    with pytest.raises(errors.CheckViolation):
        psql.execute(sql.SQL(ENTRY).format(lines=sql.SQL(lines)))


def test_psql_can_post_what_holds(psql: psycopg.Connection) -> None:
    lines = f"(1, 'asset:bank', NULL::uuid, 5, 0), (2, 'liability:escrow', {OWNER}, 0, 5)"
    assert psql.execute(sql.SQL(ENTRY).format(lines=sql.SQL(lines))).rowcount == 2


def test_psql_cannot_add_an_entry_without_lines(psql: psycopg.Connection) -> None:
    with pytest.raises(errors.CheckViolation):
        psql.execute(
            "INSERT INTO journal_entries (fact, reference, source, currency, occurred_at)"
            " VALUES ('captured', gen_random_uuid(), 'psql', 'JPY', now())"
        )


@pytest.mark.usefixtures("milestone")
def test_psql_cannot_extend_an_entry_even_in_balance(psql: psycopg.Connection) -> None:
    with pytest.raises(errors.CheckViolation):
        psql.execute(
            "INSERT INTO journal_lines SELECT entry_id, 10 + line, account, owner, credit, debit"
            " FROM journal_lines"
        )


@pytest.mark.usefixtures("milestone")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_lines SET debit = debit + 1",
        "UPDATE journal_lines SET debit = debit WHERE false",
        "UPDATE journal_entries SET occurred_at = now()",
        "DELETE FROM journal_lines",
        "DELETE FROM journal_entries",
        "TRUNCATE journal_lines",
        "TRUNCATE journal_entries CASCADE",
        "TRUNCATE account_balances",
        "UPDATE account_balances SET balance = 0",
        "DELETE FROM account_balances",
        "INSERT INTO account_balances VALUES ('liability:escrow', gen_random_uuid(), 'JPY', 10000)",
    ],
)
def test_psql_cannot_change_the_journal_or_a_balance(
    psql: psycopg.Connection, statement: str
) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        psql.execute(sql.SQL(statement))


def test_the_runtime_role_may_not_even_try(payments_database: ServiceDatabase) -> None:
    query = """
        SELECT privilege_type, table_name FROM information_schema.role_table_grants
        WHERE grantee = 'tasuki_payments' AND table_name IN
            ('journal_entries', 'journal_lines', 'account_balances', 'ledger_accounts')
    """
    with psycopg.connect(payments_database.owner_url) as session:
        rights = {(table, right) for right, table in session.execute(query)}
    assert rights == {
        ("journal_entries", "SELECT"),
        ("journal_entries", "INSERT"),
        ("journal_lines", "SELECT"),
        ("journal_lines", "INSERT"),
        ("account_balances", "SELECT"),
        ("ledger_accounts", "SELECT"),
    }


def test_numbers_of_entries_follow_the_order_of_posting(database: Database) -> None:
    milestones = [new_id() for _ in range(5)]
    post(database, *map(captured, milestones))
    with database.transaction() as connection:
        rows = connection.exec_driver_sql("SELECT entry_id, reference FROM journal_entries")
        numbers = {row.reference: row.entry_id for row in rows}
    assert all(numbers[one] < numbers[next_] for one, next_ in pairwise(milestones))


def test_posting_costs_the_same_however_much_was_posted_before(database: Database) -> None:
    posted = 1_000
    for _ in range(posted // 100):
        post(database, *[captured(new_id()) for _ in range(100)])
    for _ in range(20):
        post(database, captured(new_id()))
    query = """
        SELECT relname, seq_tup_read FROM pg_stat_user_tables
        WHERE relname IN ('journal_entries', 'journal_lines', 'account_balances')
    """
    with database.transaction() as connection:
        connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
    with database.transaction() as connection:
        read = {row.relname: row.seq_tup_read for row in connection.exec_driver_sql(query)}
    # Plans are made while the tables are small, and kept: a scan would grow with the journal.
    assert all(rows < posted for rows in read.values()), read
