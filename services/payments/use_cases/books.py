"""The journal, for operators to look at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from services.payments.ports_books import BooksWork
from shared.calendar import JAPAN, day_in_japan
from shared.messages.accounts import Role
from shared.messages.books import JournalEntryView, MonthlyIncomeView, TrialBalanceView
from shared.people import Person

MONTHS: Final = 12


def trial_balance(by: Person, work: BooksWork) -> TrialBalanceView:
    """Return the sums over all accounts."""
    by.must_be(Role.OPERATOR)
    accounts = tuple(work.journal.trial_balance())
    return TrialBalanceView(
        at=work.clock.now(),
        accounts=accounts,
        difference=sum(each.debit - each.credit for each in accounts),
    )


def income(months: int, by: Person, work: BooksWork) -> Sequence[MonthlyIncomeView]:
    """Return what the market earned in the last months, oldest first, also where it is nothing."""
    by.must_be(Role.OPERATOR)
    today = day_in_japan(work.clock.now())
    newest = today.year * MONTHS + today.month - 1
    names = [
        f"{each // MONTHS}-{each % MONTHS + 1:02}"
        for each in range(newest - months + 1, newest + 1)
    ]
    begins = datetime.fromisoformat(f"{names[0]}-01").replace(tzinfo=JAPAN)
    earned = {each.month: each.amount for each in work.journal.income(begins)}
    return [MonthlyIncomeView(month=name, amount=earned.get(name, 0)) for name in names]


def list_entries(
    by: Person, work: BooksWork, *, reference: UUID | None, after: int | None, limit: int
) -> Sequence[JournalEntryView]:
    """Return entries of the journal, oldest first."""
    by.must_be(Role.OPERATOR)
    return work.journal.entries(reference=reference, after=after, limit=limit)
