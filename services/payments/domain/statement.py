"""The books against the processor: every balance transaction of it with its entry of ours."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby, zip_longest
from typing import Final, Literal, NamedTuple

PLATFORM: Final = "platform"

Reason = Literal["matched", "ours_only", "theirs_only", "differs"]


class BalanceTransaction(NamedTuple):
    """A line of the processor's statement. `source` is the object that it is of, as in our books.

    `net` is what it does to the balance, in minor units; below zero for what goes out. `kind` is
    the processor's own word for what it is.
    """

    account: str
    source: str
    transaction_id: str
    net: int
    kind: str
    occurred_at: datetime


class Movement(NamedTuple):
    """What one entry of ours does to the balance of an account at the processor."""

    account: str
    source: str
    entry_id: int
    net: int
    occurred_at: datetime


class Explanation(StrEnum):
    """Why something has no partner, as far as it is known."""

    POSTED_AFTER_STATEMENT = "posted_after_statement"
    EVENT_ON_ITS_WAY = "event_on_its_way"
    EVENT_FAILED = "event_failed"
    KIND_NOT_BOOKED = "kind_not_booked"
    AMOUNT_DIFFERS = "amount_differs"
    UNEXPLAINED = "unexplained"


class Compared(NamedTuple):
    """A balance transaction beside our entry; one of them may be missing."""

    theirs: BalanceTransaction | None
    ours: Movement | None

    @property
    def either(self) -> BalanceTransaction | Movement:
        """Return the one that is there, theirs first."""
        either = self.theirs or self.ours
        assert either  # noqa: S101  (a pair of nothing is never made)
        return either

    @property
    def reason(self) -> Reason:
        """Tell whether they are a pair, or what is wrong."""
        if self.theirs and self.ours:
            return "matched" if self.theirs.net == self.ours.net else "differs"
        return "theirs_only" if self.theirs else "ours_only"


def reconcile(theirs: Iterable[BalanceTransaction], ours: Iterable[Movement]) -> Iterator[Compared]:
    """Pair every balance transaction with its entry; what has no partner is shown as such.

    Both sides come in order of account and source, by code points, and are passed through: no more
    is held than what has these two in common. One source may have several of each (a payout that
    came back): equal amounts are paired first, the rest in order.
    """
    merged: Iterator[BalanceTransaction | Movement] = heapq.merge(theirs, ours, key=_key)
    for _, group in groupby(merged, _key):
        together = list(group)
        yield from _pair(
            [each for each in together if isinstance(each, BalanceTransaction)],
            [each for each in together if isinstance(each, Movement)],
        )


def _key(side: BalanceTransaction | Movement) -> tuple[str, ...]:
    return side[:2]


def _pair(theirs: Sequence[BalanceTransaction], ours: Sequence[Movement]) -> Iterator[Compared]:
    left = list(ours)
    unmatched = []
    for transaction in theirs:
        partner = next((each for each in left if each.net == transaction.net), None)
        if partner is None:
            unmatched.append(transaction)
            continue
        left.remove(partner)
        yield Compared(transaction, partner)
    for pair in zip_longest(unmatched, left):
        yield Compared(*pair)


# What the processor does to a balance by itself, or its account's owner by hand, has no fact in
# the posting table: it is shown until somebody books it.
_NOT_BOOKED: Final = frozenset(
    {
        "advance",
        "advance_funding",
        "contribution",
        "reserve_transaction",
        "reserved_funds",
        "stripe_fee",
        "stripe_fx_fee",
        "tax_fee",
        "topup",
        "topup_reversal",
    }
)
_PLATFORM_PAYOUTS: Final = frozenset({"payout", "payout_cancel", "payout_failure"})
# An event of the processor takes a while: longer only when ours or its own processes stand still.
_ON_ITS_WAY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What explains differences: when the statements were read, and how far the books were then.

    `posted_before` is the largest number of an entry at that time. `events` has the status
    (`received`, `failed`) of the processor's events that are not handled, by each object they name.
    """

    read_at: datetime
    posted_before: int
    events: Mapping[str, str]

    def explain(self, compared: Compared) -> Explanation:
        """Return why something has no partner."""
        if compared.theirs and compared.ours:
            return Explanation.AMOUNT_DIFFERS
        if compared.ours:
            later = compared.ours.entry_id > self.posted_before
            return Explanation.POSTED_AFTER_STATEMENT if later else Explanation.UNEXPLAINED
        assert compared.theirs  # noqa: S101  (one of the two is there)
        return self._explain_theirs(compared.theirs)

    def _explain_theirs(self, theirs: BalanceTransaction) -> Explanation:
        ours_by_hand = theirs.account == PLATFORM and theirs.kind in _PLATFORM_PAYOUTS
        if theirs.kind in _NOT_BOOKED or ours_by_hand:
            return Explanation.KIND_NOT_BOOKED
        event = self.events.get(theirs.source)
        if event == "failed":
            return Explanation.EVENT_FAILED
        if event or self.read_at - theirs.occurred_at < _ON_ITS_WAY:
            return Explanation.EVENT_ON_ITS_WAY
        return Explanation.UNEXPLAINED
