"""Journal entries: immutable, and balanced by construction."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from services.payments.domain.postings import ACCOUNTS, POSTINGS, Account, Fact, Owner, Posting
from shared.money import Money

# An amount, or what each owner has of it: one payment for several milestones is one entry.
Part = Money | Mapping[UUID, Money]
Side = tuple[Account, UUID | None]


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

    `reference` is the milestone, payout, checkout or chargeback that it is about, or the client
    whose credit it is. `source` is what made it happen, once: an event of ours or an object of the
    processor; a fact with the same source is the same fact.
    """

    fact: Fact
    reference: UUID
    source: str
    currency: str
    occurred_at: datetime
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """Where and when a fact happened, and whose sub-accounts it touches.

    An owner may be left out for parts that are given by owner.
    """

    reference: UUID
    source: str
    occurred_at: datetime
    owners: Mapping[Owner, UUID]


def journal_entry(fact: Fact, happening: Happening, **parts: Part) -> JournalEntry:
    """Apply the posting table to a fact; every part that it names must be given, and no other.

    Parts of zero give no line. What one sub-account gets on one side is one line. Raises ValueError
    when the parts don't fit the table, are all zero or of different currencies.
    """
    rules = postings_of(fact)
    if parts.keys() != {rule.part for rule in rules}:
        raise ValueError(f"{fact} has the parts {sorted({rule.part for rule in rules})}")
    shares = [(rule, *each) for rule in rules for each in _shares(parts[rule.part])]
    shares = [each for each in shares if each[2]]
    currencies = {amount.currency for _, _, amount in shares}
    if len(currencies) != 1:
        raise ValueError(f"{fact} needs amounts of one currency, not all of them zero")
    debits: Counter[Side] = Counter()
    credits_: Counter[Side] = Counter()
    for rule, owner, amount in shares:
        debits[_side(rule.debit, owner, happening)] += amount.amount
        credits_[_side(rule.credit, owner, happening, rule.credit_to)] += amount.amount
    lines = [Line(*side, amount, 0) for side, amount in debits.items()]
    lines += [Line(*side, 0, amount) for side, amount in credits_.items()]
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


def _shares(part: Part) -> Iterator[tuple[UUID | None, Money]]:
    if isinstance(part, Money):
        yield None, part
    else:
        yield from part.items()


def _side(
    account: Account, given: UUID | None, happening: Happening, whose: Owner | None = None
) -> Side:
    kind = whose or ACCOUNTS[account].owner
    if kind is None:
        return account, None
    return account, given or happening.owners[kind]
