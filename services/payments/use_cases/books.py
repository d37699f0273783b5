"""The books, for operators, and how they compare with the processor."""

from collections.abc import Sequence
from uuid import UUID

from services.payments.domain.rates import CURRENCY
from services.payments.domain.statement import PLATFORM, Statement, reconcile
from services.payments.ports import PaymentGateway, Work
from shared.messages.accounts import Role
from shared.messages.books import JournalEntryView, ReconciliationView, TrialBalanceView
from shared.people import Person


def trial_balance(by: Person, work: Work) -> TrialBalanceView:
    """Return the sums over all accounts."""
    by.must_be(Role.OPERATOR)
    accounts = tuple(work.books.trial_balance())
    return TrialBalanceView(
        at=work.clock.now(),
        accounts=accounts,
        difference=sum(each.debit - each.credit for each in accounts),
    )


def list_entries(
    by: Person, work: Work, *, reference: UUID | None, after: int | None, limit: int
) -> Sequence[JournalEntryView]:
    """Return entries of the journal, oldest first."""
    by.must_be(Role.OPERATOR)
    return work.books.entries(reference=reference, after=after, limit=limit)


def accounts_to_reconcile(by: Person, work: Work) -> list[str]:
    """Return the payees' accounts at the processor."""
    by.must_be(Role.OPERATOR)
    return [payee.account_id for payee in work.payees.with_accounts() if payee.account_id]


def read_statements(accounts: Sequence[str], gateway: PaymentGateway) -> list[Statement]:
    """Ask the processor for the statements of the platform and of these accounts."""
    return [gateway.statement(None), *(gateway.statement(account) for account in accounts)]


def compare(statements: Sequence[Statement], work: Work) -> ReconciliationView:
    """Compare the books with the processor's statements.

    The statements were read first: an entry that was posted since is shown as ours only, and a
    movement whose webhook is still on its way as theirs only. The next run has both.
    """
    movements = work.books.movements()
    theirs = [line for statement in statements for line in statement.transactions]
    items = reconcile(theirs, movements)
    unmatched = tuple(item for item in items if item.reason != "matched")
    return ReconciliationView(
        at=work.clock.now(),
        currency=CURRENCY,
        books_balance=sum(each.net for each in movements if each.account == PLATFORM),
        processor_balance=sum(each.balance for each in statements if each.account == PLATFORM),
        payees_books_balance=sum(each.net for each in movements if each.account != PLATFORM),
        payees_processor_balance=sum(
            each.balance for each in statements if each.account != PLATFORM
        ),
        matched=len(items) - len(unmatched),
        unmatched=unmatched,
    )
