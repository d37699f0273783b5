"""The way of the money: from entries of the journal to flows between accounts.

Money is told of twice in books. *Claims* say whose it is: a milestone's escrow, what an assistant
is owed, our fee. *Places* say where it lies: at the processor, on its way to a bank. A step that
touches both (a payment that comes in, a payout that arrives) is a flow in each of them, from or to
somebody outside of the books. In both, what flows into an account is what flows out and what is
still there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from services.payments.domain.journal import StoredEntry, StoredLine
from services.payments.domain.postings import POSTINGS, Account, Fact


class Node(NamedTuple):
    """An account of the books, or a sub-account; or (`outside:…`) somebody outside of them."""

    account: str
    owner: str | None = None

    @property
    def outside(self) -> bool:
        """Whether it is outside of the books."""
        return self.account.startswith("outside:")


class Lane(StrEnum):
    """Whose the money is, or where it lies."""

    CLAIMS = "claims"
    PLACES = "places"


class Step(NamedTuple):
    """A part of an entry that has one account on each side. Amounts in minor units."""

    entry: StoredEntry
    debit: Node
    credit: Node
    amount: int

    def touches(self, account: str, owners: frozenset[str] | None = None) -> bool:
        """Tell whether it has this account on a side, of one of these owners (None: any)."""
        return any(
            side.account == account and (owners is None or side.owner in owners)
            for side in (self.debit, self.credit)
        )

    def between(self, owners: frozenset[str]) -> "Step":
        """Return the same with a side that is of none of these owners outside of the books."""
        debit, credit = (
            side if side.owner in owners else _OTHERS for side in (self.debit, self.credit)
        )
        return self._replace(debit=debit, credit=credit)


class Flow(NamedTuple):
    """Money on its way from one node to another."""

    at: datetime
    fact: str
    lane: Lane
    giver: Node
    taker: Node
    amount: int
    source: str
    entry_id: int


class Standing(NamedTuple):
    """What came to a node, what left it, and so what is still there."""

    node: Node
    lane: Lane
    came: int
    left: int

    @property
    def there(self) -> int:
        """What is still there; of somebody outside: what they got (or, below zero, gave)."""
        return self.came - self.left


_RULES: Final = {
    fact: frozenset((rule.debit, rule.credit) for rule in POSTINGS if rule.fact is fact)
    for fact in Fact
}
_PLACES: Final = ("asset", "expense")
_CLIENT: Final = Node("outside:client")
_BANK: Final = Node("outside:assistant_bank")
_ASSISTANT: Final = Node("outside:assistant")
_TAX_OFFICE: Final = Node("outside:tax_office")
_ELSEWHERE: Final = Node("outside:elsewhere")
_OTHERS: Final = Node("outside:other_milestone")
# Who is at the other end of what comes in or goes out.
_OUTSIDE: Final = {
    Fact.CAPTURED: _CLIENT,
    Fact.REFUND_CONFIRMED: _CLIENT,
    Fact.REFUND_FAILED: _CLIENT,
    Fact.CHARGEBACK_LOST: _CLIENT,
    Fact.PAYOUT_PAID: _BANK,
    Fact.PAYOUT_RETURNED: _BANK,
    Fact.RECEIVABLE_SET_OFF: _ASSISTANT,
    Fact.REFUND_AFTER_RELEASE: _ASSISTANT,
    Fact.WITHHOLDING_REMITTED: _TAX_OFFICE,
}


def steps_of(entry: StoredEntry) -> list[Step]:
    """Take an entry apart into steps, as the posting table pairs its accounts.

    A line that has one partner only gives it all; in the posting table there always is one.
    """
    debits = {line: line.debit for line in entry.lines if line.debit}
    credits_ = {line: line.credit for line in entry.lines if line.credit}
    rules = _rules_of(entry)
    pairs = [
        (debit, credit)
        for debit in debits
        for credit in credits_
        if not rules or (debit.account, credit.account) in rules
    ]
    steps = []
    while pairs:
        debit, credit = _surest(pairs)
        amount = min(debits[debit], credits_[credit])
        debits[debit] -= amount
        credits_[credit] -= amount
        if amount:
            steps.append(Step(entry, _node(debit), _node(credit), amount))
        pairs = [
            pair
            for pair in pairs
            if pair != (debit, credit) and debits[pair[0]] and credits_[pair[1]]
        ]
    return steps


def flows_of(step: Step) -> Iterator[Flow]:
    """Yield what a step is in each lane."""
    debit, credit = step.debit, step.credit
    outside = _OUTSIDE.get(step.entry.fact, _ELSEWHERE)  # type: ignore[call-overload]
    if _is_place(debit) and _is_place(credit):
        yield _flow(step, Lane.PLACES, credit, debit)
    elif not _is_place(debit) and not _is_place(credit):
        yield _flow(step, Lane.CLAIMS, debit, credit)
    elif _is_place(debit):
        yield _flow(step, Lane.PLACES, outside, debit)
        yield _flow(step, Lane.CLAIMS, outside, credit)
    else:
        yield _flow(step, Lane.PLACES, credit, outside)
        yield _flow(step, Lane.CLAIMS, debit, outside)


def standings(flows: Iterable[Flow]) -> list[Standing]:
    """Return what came to each node, and left it, in the order in which they appear."""
    came: Counter[tuple[Lane, Node]] = Counter()
    left: Counter[tuple[Lane, Node]] = Counter()
    seen: dict[tuple[Lane, Node], None] = {}
    for flow in flows:
        giver, taker = (flow.lane, flow.giver), (flow.lane, flow.taker)
        left[giver] += flow.amount
        came[taker] += flow.amount
        seen |= {giver: None, taker: None}
    return [Standing(node, lane, came[lane, node], left[lane, node]) for lane, node in seen]


class Part(NamedTuple):
    """What of a payout belongs to one release: `owed` is what the release gave to it."""

    release_id: str
    owed: int


def share_of(
    steps: Iterable[Step], parts: Sequence[Part], included: frozenset[str], fee: int
) -> Iterator[Step]:
    """Yield the steps of a payout with what falls on some of its releases only.

    The transfer fee is divided by what each release gave, rounded down; the last one has the rest.
    Nothing is yielded of a step on which nothing falls.
    """
    net, fee = divide(parts, included, fee)
    for step in steps:
        amount = fee if step.touches(Account.TRANSFER_FEE) else net
        if amount:
            yield step._replace(amount=amount)


def divide(parts: Sequence[Part], included: frozenset[str], fee: int) -> tuple[int, int]:
    """Return what of a payout, less its fee, and what of the fee falls on some of its releases."""
    total = sum(part.owed for part in parts)
    net, share, rest = 0, 0, fee
    for number, part in enumerate(parts, start=1):
        falls = rest if number == len(parts) else fee * part.owed // total
        rest -= falls
        if part.release_id in included:
            net += part.owed - falls
            share += falls
    return net, share


def _rules_of(entry: StoredEntry) -> frozenset[tuple[Account, Account]]:
    return _RULES.get(entry.fact, frozenset())  # type: ignore[call-overload, no-any-return]


def _surest(pairs: Sequence[tuple[StoredLine, StoredLine]]) -> tuple[StoredLine, StoredLine]:
    """Return a pair of which one has no other partner; the first one when there is none."""
    debits = Counter(debit for debit, _ in pairs)
    credits_ = Counter(credit for _, credit in pairs)
    return min(pairs, key=lambda pair: min(debits[pair[0]], credits_[pair[1]]))


def _node(line: StoredLine) -> Node:
    return Node(line.account, line.owner)


def _is_place(node: Node) -> bool:
    return node.account.partition(":")[0] in _PLACES


def _flow(step: Step, lane: Lane, giver: Node, taker: Node) -> Flow:
    entry = step.entry
    assert entry.occurred_at  # noqa: S101  (an entry that was torn apart has no steps)
    return Flow(
        entry.occurred_at,
        entry.fact or "",
        lane,
        giver,
        taker,
        step.amount,
        entry.source or "",
        entry.entry_id,
    )
