"""Gets what the processor has told us while nobody listened, or since a backup that is in use now.

An event that was kept before is not kept again, so this may be done at any time and repeated.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from services.payments.ports import EventLog, Transactions
from services.payments.ports_books import BooksTransactions

TOGETHER: Final = 100


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """How many events the processor has listed, and how many of them were new to us."""

    listed: int
    new: int


def catch_up(
    since: datetime, log: EventLog, transactions: Transactions, books: BooksTransactions
) -> CaughtUp:
    """Keep all events since then that aren't kept yet; the events process handles them.

    Raises Transient (`processor_unavailable`) when the processor is away: what was kept stays.
    """
    with books.begin() as work:
        accounts = work.reconciliations.accounts()
    listed = new = 0
    for account_id in (None, *accounts):
        events = iter(log.since(since, account_id))
        while batch := list(islice(events, TOGETHER)):
            listed += len(batch)
            with transactions.begin() as receiving:
                new += sum(map(receiving.processor_events.receive, batch))
    return CaughtUp(listed, new)
