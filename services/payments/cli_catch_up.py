"""`python -m services.payments catch-up --since 2026-11-26T09:00:00Z`: missed webhooks, fetched.

After a restore the time is that of the backup, less some minutes: events that were kept before are
not kept again. The processor lists those of the last 30 days.
"""

import argparse
import sys
from datetime import datetime

from services.payments.ports import EventLog, Transactions
from services.payments.ports_books import BooksTransactions
from services.payments.use_cases import catching_up
from shared.errors import DomainError


def run(
    arguments: list[str], log: EventLog, transactions: Transactions, books: BooksTransactions
) -> None:
    """Do it, and say how many events there were; exit with status 1 when it was cut off."""
    parser = argparse.ArgumentParser(prog="python -m services.payments catch-up")
    parser.add_argument(
        "--since", required=True, type=_time, help="a time with its zone: 2026-11-26T09:00:00Z"
    )
    since = parser.parse_args(arguments).since
    try:
        done = catching_up.catch_up(since, log, transactions, books)
    except DomainError as error:
        sys.exit(f"{error.code}: {error.detail}")
    sys.stdout.write(f"listed: {done.listed}\nnew: {done.new}\n")


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no zone: 2026-11-26T09:00:00Z has")
    return time
