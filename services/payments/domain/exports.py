"""The journal as other programs read it: CSV for spreadsheets, beancount for accountants."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from services.payments.domain.journal import Balance, StoredEntry
from services.payments.domain.postings import ACCOUNTS
from shared.calendar import day_in_japan
from shared.csv_lines import csv_line

COLUMNS: Final = (
    "entry",
    "date",
    "fact",
    "account",
    "owner",
    "debit",
    "credit",
    "currency",
    "reference",
    "source",
)

# Currencies without anything behind the point (ISO 4217), of those that the books are kept in.
_WHOLE: Final = frozenset({"JPY"})
_ROOTS: Final = {
    "asset": "Assets",
    "liability": "Liabilities",
    "income": "Income",
    "expense": "Expenses",
}


def csv_head() -> str:
    """Return the first line."""
    return csv_line(COLUMNS)


def csv_entry(entry: StoredEntry) -> str:
    """Return the lines of an entry, with its day in Japan; amounts in minor units."""
    day = _day(entry)
    return "".join(
        csv_line(
            (
                entry.entry_id,
                day,
                entry.fact,
                line.account,
                line.owner or "",
                line.debit,
                line.credit,
                entry.currency,
                entry.reference,
                entry.source,
            )
        )
        for line in entry.lines
    )


def beancount_head(title: str) -> str:
    """Return the options of a file."""
    return f'option "title" {_text(title)}\noption "operating_currency" "JPY"\n\n'


def beancount_opens(day: date, sub_accounts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield what opens the chart of accounts, and these sub-accounts."""
    for account in ACCOUNTS:
        yield f"{day} open {_account(account)}\n"
    for name, owner in sub_accounts:
        yield f"{day} open {_account(name, owner)}\n"
    yield "\n"


def beancount_openings(day: date, balances: Iterable[Balance], *, by_owner: bool) -> Iterator[str]:
    """Yield the transaction that brings in what there was before; nothing when nothing was."""
    head = f'{day} * "Opening balances"\n'
    for each in balances:
        owner = each.owner if by_owner else None
        yield f"{head}  {_account(each.account, owner)}  {_amount(each.amount, each.currency)}\n"
        head = ""
    if not head:
        yield "\n"


def beancount_entry(entry: StoredEntry, not_before: date, *, by_owner: bool) -> str:
    """Return an entry as a transaction; what occurred before the first day is dated with it."""
    day = _day(entry)
    lines = [f'{max(day, not_before)} * "{entry.fact}"']
    lines += [f"  entry: {entry.entry_id}", f'  reference: "{entry.reference}"']
    lines.append(f"  source: {_text(entry.source or '')}")
    if day < not_before:
        lines.append(f"  occurred: {day}")
    lines += [
        f"  {_account(line.account, line.owner if by_owner else None)}  "
        f"{_amount(line.debit - line.credit, entry.currency or '')}"
        for line in entry.lines
    ]
    return "\n".join(lines) + "\n\n"


def beancount_closings(day: date, balances: Iterable[Balance]) -> Iterator[str]:
    """Yield what each account must have at the beginning of this day."""
    for each in balances:
        amount = _amount(each.amount, each.currency)
        yield f"{day} balance {_account(each.account)}  {amount}\n"


def _account(name: str, owner: str | None = None) -> str:
    """Return `liability:escrow` as `Liabilities:Escrow`, its owner (a UUID) in capitals behind."""
    root, _, rest = name.partition(":")
    words = "".join(word.capitalize() for word in rest.split("_"))
    behind = f":{owner.upper()}" if owner else ""
    return f"{_ROOTS[root]}:{words}{behind}"


def _amount(minor: int, currency: str) -> str:
    if currency not in _WHOLE:
        raise ValueError(f"how many digits {currency} has behind the point is not known")
    return f"{minor} {currency}"


def _day(entry: StoredEntry) -> date:
    assert entry.occurred_at  # noqa: S101  (only a torn entry lacks it, and has no lines)
    return day_in_japan(entry.occurred_at)


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
