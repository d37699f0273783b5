"""The books are compared with the processor, every day and whenever an operator asks."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final, TypeVar
from uuid import UUID

from services.payments.domain.statement import (
    Circumstances,
    Compared,
    Movement,
    reconcile,
)
from services.payments.ports_books import (
    Balances,
    BooksTransactions,
    BooksWork,
    Outcome,
    Progress,
    Run,
    Statements,
    in_silence,
)
from shared.messages.accounts import Role
from shared.messages.books import ReconciliationSummary, ReconciliationView
from shared.people import Person

logger = logging.getLogger(__name__)

# How many lines of a statement are kept in one transaction.
TOGETHER: Final = 1_000
_TELL_AFTER: Final = 5_000

T = TypeVar("T")


def begin(by: Person, work: BooksWork) -> Run:
    """Begin a run that an operator asks for."""
    by.must_be(Role.OPERATOR)
    return work.reconciliations.begin(work.clock.now())


def read_statements(
    run: Run,
    statements: Statements,
    transactions: BooksTransactions,
    progress: Progress = in_silence,
) -> Balances:
    """Read the statements of the platform and of all payees; return their balances.

    What is read goes into the database at once: this is the network, and takes as long as it takes.
    """
    with transactions.begin() as work:
        accounts = work.reconciliations.accounts()
    balances = Balances()
    done = 0
    for account in (None, *accounts):
        lines = iter(statements.lines(account))
        while batch := list(islice(lines, TOGETHER)):
            with transactions.begin() as work:
                work.reconciliations.spool(run, batch, work.clock.now())
            done += len(batch)
            progress(done, 0)
        amount = statements.balance(account)
        balances = (
            replace(balances, payees=balances.payees + amount)
            if account
            else replace(balances, platform=amount)
        )
    return balances


def compare(
    run: Run, processor: Balances, work: BooksWork, progress: Progress = in_silence
) -> ReconciliationView:
    """Compare the books with the statements that were read, in one pass over both.

    An entry that was posted since they were read is shown as ours only, and a movement whose event
    is still on its way as theirs only, with that explanation. The next run has both.
    """
    found = _Found()
    theirs = work.reconciliations.spooled(run)
    pairs = reconcile(theirs, found.noting(work.journal.movements()))
    circumstances = Circumstances(
        run.started_at, run.posted_before, work.reconciliations.open_events()
    )
    total = work.reconciliations.count_spooled(run)
    unmatched = found.unmatched(pairs, lambda done: progress(done, total))
    for batch in _batches(unmatched):
        work.reconciliations.keep(
            run, [(number, each, circumstances.explain(each)) for number, each in batch]
        )
    outcome = Outcome(found.balances, processor, found.matched, found.without_partner)
    work.reconciliations.finish(run, outcome, work.clock.now())
    if found.without_partner:
        logger.warning(
            "the books and the processor differ",
            extra={"run": str(run.reconciliation_id), "unmatched": found.without_partner},
        )
    return work.reconciliations.get(run.reconciliation_id)


def reconcile_now(
    transactions: BooksTransactions, statements: Statements, progress: Progress = in_silence
) -> ReconciliationView:
    """Do a whole run for an operator at the command line."""
    with transactions.begin() as work:
        run = work.reconciliations.begin(work.clock.now())
    return _complete(run, transactions, statements, progress)


def reconcile_daily(
    transactions: BooksTransactions, statements: Statements
) -> ReconciliationView | None:
    """Do the run of today in Japan, unless it is done or another process does it."""
    with transactions.begin() as work:
        run = work.reconciliations.claim(work.clock.now())
    return _complete(run, transactions, statements, in_silence) if run else None


def list_runs(
    by: Person, work: BooksWork, *, after: UUID | None, limit: int
) -> Sequence[ReconciliationSummary]:
    """Return the runs, newest first (role operator)."""
    by.must_be(Role.OPERATOR)
    return work.reconciliations.newest(after=after, limit=limit)


def get_run(by: Person, work: BooksWork, reconciliation_id: UUID) -> ReconciliationView:
    """Return a run and what it found (role operator)."""
    by.must_be(Role.OPERATOR)
    return work.reconciliations.get(reconciliation_id)


def _complete(
    run: Run, transactions: BooksTransactions, statements: Statements, progress: Progress
) -> ReconciliationView:
    processor = read_statements(run, statements, transactions, progress)
    with transactions.begin() as work:
        return compare(run, processor, work, progress)


class _Found:
    """Counts, and sums up, while both sides pass by."""

    def __init__(self) -> None:
        self.balances = Balances()
        self.matched = 0
        self.without_partner = 0

    def noting(self, movements: Iterator[Movement]) -> Iterator[Movement]:
        """Yield the movements, having added them up."""
        for movement in movements:
            self.balances = self.balances.plus(movement.account, movement.net)
            yield movement

    def unmatched(
        self, pairs: Iterator[Compared], progress: Callable[[int], None]
    ) -> Iterator[tuple[int, Compared]]:
        """Yield those that are no pair, numbered from 1."""
        for number, each in enumerate(pairs, start=1):
            if number % _TELL_AFTER == 0:
                progress(number)
            if each.reason == "matched":
                self.matched += 1
            else:
                self.without_partner += 1
                yield self.without_partner, each


def _batches(items: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(items, TOGETHER)):
        yield batch
