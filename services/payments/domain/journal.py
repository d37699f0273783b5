"""Entries as they stand in the journal, read in streams by all that proves or exports it."""

from datetime import datetime
from typing import Final, NamedTuple

# The lowest number that PostgreSQL could give to an entry; our own begin with 1.
LOWEST: Final = -(2**63)


class StoredLine(NamedTuple):
    """One side of an entry, in minor units: one of debit and credit is zero."""

    line: int
    account: str
    owner: str | None
    debit: int
    credit: int


class Balance(NamedTuple):
    """Debit less credit of an account, or of one of its sub-accounts, in minor units."""

    account: str
    owner: str | None
    currency: str
    amount: int


class StoredEntry(NamedTuple):
    """An entry as it was read. Tuples, as millions of them pass by.

    Where somebody has torn entry and lines apart, `fact` and the rest are None or `lines` is empty.
    """

    entry_id: int
    fact: str | None
    reference: str | None
    source: str | None
    currency: str | None
    occurred_at: datetime | None
    lines: tuple[StoredLine, ...]
