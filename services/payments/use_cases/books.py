"""The journal, for operators to look at."""

from collections.abc import Sequence
from uuid import UUID

from services.payments.ports_books import BooksWork
from shared.messages.accounts import Role
from shared.messages.books import JournalEntryView, TrialBalanceView
from shared.people import Person


def trial_balance(by: Person, work: BooksWork) -> TrialBalanceView:
    """Return the sums over all accounts."""
    by.must_be(Role.OPERATOR)
    accounts = tuple(work.journal.trial_balance())
    return TrialBalanceView(
        at=work.clock.now(),
        accounts=accounts,
        difference=sum(each.debit - each.credit for each in accounts),
    )


def list_entries(
    by: Person, work: BooksWork, *, reference: UUID | None, after: int | None, limit: int
) -> Sequence[JournalEntryView]:
    """Return entries of the journal, oldest first."""
    by.must_be(Role.OPERATOR)
    return work.journal.entries(reference=reference, after=after, limit=limit)
