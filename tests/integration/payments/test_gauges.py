"""What payments tells of its books, and of the calls that it has not finished."""

from datetime import UTC, datetime, timedelta

import pytest

from services.payments.adapters import gauges
from services.payments.adapters.gauges import Gauges
from services.payments.adapters.operations import SqlOperations
from services.payments.domain.operation import Operation, OperationKind
from shared.db import Database
from shared.ids import new_id
from shared.observability.gauges import Reading
from shared.observability.metrics import (
    ESCROW,
    IMBALANCE,
    OPERATION_AGE,
    OPERATIONS_PENDING,
    Described,
)
from tests.integration.payments.ledgers import Ledger

NOW = datetime(2026, 12, 1, tzinfo=UTC)
# As nobody who isn't the server's administrator can.
SPOILED = """
    UPDATE journal_lines SET debit = debit + 7 WHERE line = 1 AND debit > 0
    AND entry_id = (SELECT max(entry_id) FROM journal_lines WHERE line = 1 AND debit > 0)
"""


def read(own: Gauges, database: Database) -> list[Reading]:
    with database.transaction() as connection:
        return list(own(connection, NOW))


def shown(readings: list[Reading], gauge: Described, *labels: str) -> float:
    (value,) = [each.value for each in readings if (each.gauge, each.labels) == (gauge, labels)]
    return value


def test_what_is_held_is_summed_and_books_that_balance_differ_by_nothing(
    ledger: Ledger, database: Database
) -> None:
    before = read(Gauges(), database)
    ledger.post(ledger.captured(new_id()), ledger.captured(new_id()))
    after = read(Gauges(), database)
    assert shown(before, ESCROW, "JPY") == 0
    held = ledger.rows(
        "SELECT sum(credit - debit) AS held FROM journal_lines WHERE account = 'liability:escrow'"
    )
    assert shown(after, ESCROW, "JPY") == held[0]["held"] > 0
    assert shown(after, IMBALANCE, "JPY") == 0


def test_an_entry_that_does_not_balance_is_seen_also_by_who_has_looked_before(
    ledger: Ledger, database: Database
) -> None:
    ledger.post(ledger.captured(new_id()))
    own = Gauges()
    read(own, database)
    ledger.post(ledger.captured(new_id()))
    ledger.tamper(SPOILED)
    for _ in range(2):
        assert shown(read(own, database), IMBALANCE, "JPY") == 7
    assert shown(read(Gauges(), database), IMBALANCE, "JPY") == 7


def test_a_long_journal_is_looked_at_piece_by_piece(
    ledger: Ledger, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.lives(10)
    ledger.tamper(SPOILED)
    monkeypatch.setattr(gauges, "ENTRIES_AT_ONCE", 4)
    monkeypatch.setattr(gauges, "LATE_ENTRIES", 1)
    own = Gauges()
    seen = [shown(read(own, database), IMBALANCE, "JPY") for _ in range(20)]
    assert (seen[0], seen[-1]) == (0, 7)


def test_open_calls_are_counted_by_kind_with_the_age_of_the_oldest(database: Database) -> None:
    kind = OperationKind.CREATE_REFUND
    made = [Operation(new_id(), kind, new_id(), {}, NOW) for _ in range(2)]
    with database.transaction() as connection:
        SqlOperations(connection).add(made)
    readings = read(Gauges(), database)
    assert shown(readings, OPERATIONS_PENDING, "create_refund") == 2
    assert 0 <= shown(readings, OPERATION_AGE, "create_refund") < timedelta(minutes=1).seconds
    assert shown(readings, OPERATIONS_PENDING, "create_payout") == 0
