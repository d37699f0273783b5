"""Journal entries: immutable, and balanced by construction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from services.payments.domain.postings import ACCOUNTS, POSTINGS, Account, Fact, Owner, Posting
from shared.money import Money


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry, in minor units: one of debit and credit is zero."""

    account: Account
    owner: UUID | None
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What one fact does to the books.

    `reference` is the milestone that it is about. `source` is what made it happen, once: an event
    of ours or an object of the processor; a fact with the same source is the same fact.
    """

    fact: Fact
    reference: UUID
    source: str
    currency: str
    occurred_at: datetime
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """Where and when a fact happened, and whose sub-accounts it touches."""

    reference: UUID
    source: str
    occurred_at: datetime
    owners: Mapping[Owner, UUID]


def journal_entry(fact: Fact, happening: Happening, **parts: Money) -> JournalEntry:
    """Apply the posting table to a fact; every part that it names must be given, and no other.

    Parts of zero give no line. What one account gets on one side is one line. Raises ValueError
    when the parts don't fit the table, are all zero or of different currencies.
    """
    rules = postings_of(fact)
    if parts.keys() != {rule.part for rule in rules}:
        raise ValueError(f"{fact} has the parts {sorted({rule.part for rule in rules})}")
    currencies = {part.currency for part in parts.values()}
    if len(currencies) != 1 or not any(parts.values()):
        raise ValueError(f"{fact} needs amounts of one currency, not all of them zero")
    debits: dict[Account, int] = {}
    credits_: dict[Account, int] = {}
    for rule in rules:
        if amount := parts[rule.part].amount:
            debits[rule.debit] = debits.get(rule.debit, 0) + amount
            credits_[rule.credit] = credits_.get(rule.credit, 0) + amount
    lines = [Line(each, _owner(each, happening), sum_, 0) for each, sum_ in debits.items()]
    lines += [Line(each, _owner(each, happening), 0, sum_) for each, sum_ in credits_.items()]
    return JournalEntry(
        fact,
        happening.reference,
        happening.source,
        currencies.pop(),
        happening.occurred_at,
        tuple(lines),
    )


@cache
def postings_of(fact: Fact) -> tuple[Posting, ...]:
    """Return the rows of the posting table for a fact."""
    return tuple(posting for posting in POSTINGS if posting.fact is fact)


def _owner(account: Account, happening: Happening) -> UUID | None:
    owner = ACCOUNTS[account].owner
    return happening.owners[owner] if owner else None
