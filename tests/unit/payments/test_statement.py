"""The books against the processor's statement."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain.statement import (
    PLATFORM,
    BalanceTransaction,
    Circumstances,
    Compared,
    Movement,
    reconcile,
)

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def theirs(
    number: int,
    source: str,
    net: int,
    account: str = PLATFORM,
    *,
    kind: str = "charge",
    at: datetime = NOW,
) -> BalanceTransaction:
    return BalanceTransaction(account, source, f"txn_{number}", net, kind, at)


def ours(number: int, source: str, net: int, account: str = PLATFORM) -> Movement:
    return Movement(account, source, number, net, NOW)


def compared(theirs: list[BalanceTransaction], ours: list[Movement]) -> list[Compared]:
    return list(reconcile(sorted(theirs), sorted(ours)))


def reasons(theirs: list[BalanceTransaction], ours: list[Movement]) -> Counter[str]:
    return Counter(item.reason for item in compared(theirs, ours))


def test_what_agrees_is_matched() -> None:
    (item,) = compared([theirs(1, "ch_1", 48_099)], [ours(7, "ch_1", 48_099)])
    assert item.theirs
    assert item.ours
    assert (item.reason, item.theirs.transaction_id, item.ours.entry_id) == ("matched", "txn_1", 7)


def test_what_one_side_lacks_is_shown() -> None:
    found = reasons([theirs(1, "ch_1", 5)], [ours(1, "ch_2", 5)])
    assert found == {"theirs_only": 1, "ours_only": 1}


def test_another_amount_is_shown_with_both() -> None:
    (item,) = compared([theirs(1, "ch_1", 5)], [ours(1, "ch_1", 4)])
    assert item.theirs
    assert item.ours
    assert (item.reason, item.theirs.net, item.ours.net) == ("differs", 5, 4)


def test_a_payout_that_came_back_has_two_pairs() -> None:
    found = reasons(
        [theirs(1, "po_1", -5), theirs(2, "po_1", 5)], [ours(1, "po_1", 5), ours(2, "po_1", -5)]
    )
    assert found == {"matched": 2}


def test_the_same_transfer_is_another_movement_on_another_account() -> None:
    found = reasons(
        [theirs(1, "tr_1", -5), theirs(2, "tr_1", 5, "acct_1")],
        [ours(1, "tr_1", -5), ours(1, "tr_1", 5, "acct_1")],
    )
    assert found == {"matched": 2}


movements = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["x", "y"]), st.integers(-2, 2))
)


@given(movements, movements)
def test_nothing_is_lost_and_sums_are_kept(
    one: list[tuple[str, str, int]], other: list[tuple[str, str, int]]
) -> None:
    items = compared(
        [theirs(n, source, net, account) for n, (account, source, net) in enumerate(one)],
        [ours(n, source, net, account) for n, (account, source, net) in enumerate(other)],
    )
    assert sum(item.theirs.net for item in items if item.theirs) == sum(net for *_, net in one)
    assert sum(item.ours.net for item in items if item.ours) == sum(net for *_, net in other)
    assert sum(item.theirs is not None for item in items) == len(one)
    assert sum(item.ours is not None for item in items) == len(other)


@given(movements)
def test_equal_sides_match_in_any_order(moves: list[tuple[str, str, int]]) -> None:
    found = reasons(
        [theirs(n, source, net, account) for n, (account, source, net) in enumerate(moves)],
        [ours(n, source, net, account) for n, (account, source, net) in enumerate(moves[::-1])],
    )
    assert found == ({"matched": len(moves)} if moves else {})


def test_no_more_is_held_than_belongs_together() -> None:
    taken: list[int] = []

    def many() -> list[Movement]:
        return [ours(n, f"ch_{n:05}", 5) for n in range(10_000)]

    passing = (taken.append(each.entry_id) or each for each in many())  # type: ignore[func-returns-value]
    next(reconcile((theirs(n, f"ch_{n:05}", 5) for n in range(10_000)), passing))
    assert len(taken) <= 2


OLD = NOW - timedelta(days=2)


@pytest.mark.parametrize(
    ("pair", "why"),
    [
        (Compared(theirs(1, "ch_1", 5), ours(1, "ch_1", 4)), "amount_differs"),
        (Compared(None, ours(8, "ch_1", 4)), "posted_after_statement"),
        (Compared(None, ours(7, "ch_1", 4)), "unexplained"),
        (Compared(theirs(1, "ch_new", 5), None), "event_on_its_way"),
        (Compared(theirs(1, "ch_waits", 5, at=OLD), None), "event_on_its_way"),
        (Compared(theirs(1, "ch_bad", 5), None), "event_failed"),
        (Compared(theirs(1, "ch_old", 5, at=OLD), None), "unexplained"),
        (Compared(theirs(1, "txn_9", -5, kind="stripe_fee"), None), "kind_not_booked"),
        (Compared(theirs(1, "po_9", -5, kind="payout", at=OLD), None), "kind_not_booked"),
        (Compared(theirs(1, "po_9", -5, "acct_1", kind="payout", at=OLD), None), "unexplained"),
    ],
)
def test_what_is_known_of_why_something_has_no_partner_is_said(pair: Compared, why: str) -> None:
    events = {"ch_waits": "received", "ch_bad": "failed"}
    assert Circumstances(NOW, 7, events).explain(pair) == why
