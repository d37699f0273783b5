"""The books against the processor: every balance transaction of it with its entry of ours."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from shared.messages.books import ReconciliationItem

PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class BalanceTransaction:
    """A line of the processor's statement. `source` is the object that it is of, as in our books.

    `net` is what it does to the balance, in minor units; below zero for what goes out.
    """

    transaction_id: str
    account: str
    source: str
    net: int


@dataclass(frozen=True, slots=True)
class Movement:
    """What one entry of ours does to the balance of an account at the processor."""

    entry_id: int
    account: str
    source: str
    net: int


@dataclass(frozen=True, slots=True)
class Statement:
    """All that the processor says of an account. `balance` is available plus pending."""

    account: str
    balance: int
    transactions: tuple[BalanceTransaction, ...]


def reconcile(
    theirs: Iterable[BalanceTransaction], ours: Iterable[Movement]
) -> tuple[ReconciliationItem, ...]:
    """Pair every balance transaction with its entry; what has no partner is shown as such.

    Partners have the account and the source in common. One source may have several of each (a
    payout that came back): equal amounts are paired first, the rest in order as `differs`.
    """
    sides: dict[tuple[str, str], tuple[list[BalanceTransaction], list[Movement]]] = defaultdict(
        lambda: ([], [])
    )
    for transaction in theirs:
        sides[transaction.account, transaction.source][0].append(transaction)
    for movement in ours:
        sides[movement.account, movement.source][1].append(movement)
    return tuple(item for pair in sides.values() for item in _pair(*pair))


def _pair(
    theirs: Sequence[BalanceTransaction], ours: Sequence[Movement]
) -> Iterable[ReconciliationItem]:
    left = list(ours)
    unmatched = []
    for transaction in theirs:
        partner = next((each for each in left if each.net == transaction.net), None)
        if partner is None:
            unmatched.append(transaction)
            continue
        left.remove(partner)
        yield _item(transaction, partner)
    for transaction_, movement in zip_longest(unmatched, left):
        yield _item(transaction_, movement)


def _item(theirs: BalanceTransaction | None, ours: Movement | None) -> ReconciliationItem:
    either = theirs or ours
    assert either  # noqa: S101  (the longer of the two sides has one)
    if theirs and ours:
        reason = "matched" if theirs.net == ours.net else "differs"
    else:
        reason = "theirs_only" if theirs else "ours_only"
    return ReconciliationItem.model_validate(
        {
            "reason": reason,
            "account": either.account,
            "source": either.source,
            "balance_transaction": theirs.transaction_id if theirs else None,
            "theirs": theirs.net if theirs else None,
            "ours": ours.net if ours else None,
            "entry_id": ours.entry_id if ours else None,
        }
    )
