"""The books' own commands over a journal that `filling` made, in December 2026.

python -m tests.bench.ours.books <database url> <entries> <net of an entry> <command> [options …]

The processor's statement is made up as it is read, a line for each entry, newest first: what is
measured is ours.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from services.payments.adapters.work_books import SqlBooksTransactions, make_books_work
from services.payments.cli_books import run
from services.payments.domain.statement import PLATFORM, BalanceTransaction
from services.payments.ports_books import Wired
from shared.db import Database
from tests.bench.filling import charge_of

DECEMBER = datetime(2026, 12, 3, tzinfo=UTC)


class Clock:
    """It is the third of December."""

    def now(self) -> datetime:
        """Return that time."""
        return DECEMBER


@dataclass(frozen=True)
class Statements:
    """What the processor would say of a journal that was filled."""

    entries: int
    net: int

    def balance(self, account_id: str | None) -> int:
        """Return the balance of the platform: there are no other accounts."""
        return 0 if account_id else self.entries * self.net

    def lines(self, _account_id: str | None) -> Iterator[BalanceTransaction]:
        """Yield a line for each entry."""
        for number in range(self.entries, 0, -1):
            yield BalanceTransaction(
                PLATFORM, charge_of(number), f"txn_{number}", self.net, "charge", DECEMBER
            )


def main(url: str, entries: int, net: int, arguments: list[str]) -> None:
    """Run a command."""
    clock = Clock()
    transactions = SqlBooksTransactions(Database(url), clock)
    run(arguments, Wired(make_books_work, transactions, Statements(entries, net)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
