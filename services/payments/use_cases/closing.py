"""A month is closed: the whole journal is checked once more, the month summed up and sealed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from services.payments.domain.months import (
    AccountMonth,
    Findings,
    Month,
    Scope,
    check_next,
    unlike_before,
)
from services.payments.domain.seal import ORIGIN, SealedRange
from services.payments.ports_books import (
    BooksTransactions,
    BooksWork,
    ClosedMonth,
    Progress,
    in_silence,
)
from services.payments.use_cases.sealing import seal_up_to_now
from shared.messages.accounts import Role
from shared.messages.books import ClosedMonthView
from shared.people import Person

# How many numbers of the journal are added up in one statement.
TOGETHER: Final = 20_000
_TOLD_AT_MOST: Final = 10


def close(
    month: Month, transactions: BooksTransactions, progress: Progress = in_silence
) -> ClosedMonthView:
    """Close a month: seal all that is settled, check the books in one pass, keep the balances.

    What is posted later counts in a later month, whenever it occurred. Raises Rejected
    (`month_not_over`, `month_closed`, `month_not_next`; `books_do_not_hold`, and then nothing is
    closed) or Transient (`close_under_way`, `journal_busy`).
    """
    with transactions.begin() as work:
        check_next(month, max(work.months.cuts(), default=None), work.clock.now())
        sealed = seal_up_to_now(work)
    with transactions.begin(snapshot=True) as work:
        work.months.lock()
        closed_before = max(work.months.cuts(), default=None)
        check_next(month, closed_before, work.clock.now())
        _close(month, closed_before, sealed, work, progress)
        return work.months.views()[0]


def list_closed(by: Person, work: BooksWork) -> Sequence[ClosedMonthView]:
    """Return the closed months, newest first (role operator)."""
    by.must_be(Role.OPERATOR)
    return work.months.views()


def _close(
    month: Month,
    closed_before: Month | None,
    sealed: SealedRange | None,
    work: BooksWork,
    progress: Progress,
) -> None:
    cut = sealed.to_entry if sealed else 0
    scope = Scope.of(month, {**work.months.cuts(), month: cut})
    sums: Counter[tuple[str, str, str]] = Counter()
    entries, unbalanced = 0, list[int]()
    newest = work.journal.newest()
    for first in range(1, newest + 1, TOGETHER):
        added = work.months.add_up(first, first + TOGETHER - 1, scope)
        entries += added.entries
        unbalanced += added.unbalanced
        for (account, currency, counted), (debit, credit) in added.sums.items():
            sides = ("debit", "credit") if counted else ("debit_before", "credit_before")
            sums[account, currency, sides[0]] += debit
            sums[account, currency, sides[1]] += credit
        progress(min(first + TOGETHER - 1, newest), newest)
    accounts = _accounts(sums)
    before = work.months.closings(closed_before) if closed_before else None
    Findings(
        tuple(unbalanced[:_TOLD_AT_MOST]),
        tuple(work.months.sub_accounts_off()),
        unlike_before(accounts, before),
    ).check()
    closed = ClosedMonth(month, cut, entries, sealed.sha256 if sealed else ORIGIN, work.clock.now())
    work.months.add(closed, accounts)


def _accounts(sums: Mapping[tuple[str, str, str], int]) -> list[AccountMonth]:
    names = sorted({(account, currency) for account, currency, _ in sums})
    return [
        AccountMonth(
            *name,
            opening=sums[*name, "debit_before"] - sums[*name, "credit_before"],
            debit=sums[*name, "debit"],
            credit=sums[*name, "credit"],
        )
        for name in names
    ]
