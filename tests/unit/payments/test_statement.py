"""The books against the processor's statement."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain.statement import BalanceTransaction, Movement, reconcile


def theirs(number: int, source: str, net: int, account: str = "platform") -> BalanceTransaction:
    return BalanceTransaction(f"txn_{number}", account, source, net)


def ours(number: int, source: str, net: int, account: str = "platform") -> Movement:
    return Movement(number, account, source, net)


def reasons(theirs: list[BalanceTransaction], ours: list[Movement]) -> Counter[str]:
    return Counter(item.reason for item in reconcile(theirs, ours))


def test_what_agrees_is_matched() -> None:
    (item,) = reconcile([theirs(1, "ch_1", 48_099)], [ours(7, "ch_1", 48_099)])
    assert (item.reason, item.balance_transaction, item.entry_id) == ("matched", "txn_1", 7)


def test_what_one_side_lacks_is_shown() -> None:
    found = reasons([theirs(1, "ch_1", 5)], [ours(1, "ch_2", 5)])
    assert found == {"theirs_only": 1, "ours_only": 1}


def test_another_amount_is_shown_with_both() -> None:
    (item,) = reconcile([theirs(1, "ch_1", 5)], [ours(1, "ch_1", 4)])
    assert (item.reason, item.theirs, item.ours) == ("differs", 5, 4)


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
    items = reconcile(
        [theirs(n, source, net, account) for n, (account, source, net) in enumerate(one)],
        [ours(n, source, net, account) for n, (account, source, net) in enumerate(other)],
    )
    assert sum(item.theirs or 0 for item in items) == sum(net for *_, net in one)
    assert sum(item.ours or 0 for item in items) == sum(net for *_, net in other)
    assert sum(item.balance_transaction is not None for item in items) == len(one)
    assert sum(item.entry_id is not None for item in items) == len(other)


@given(movements)
def test_equal_sides_match_in_any_order(moves: list[tuple[str, str, int]]) -> None:
    found = reasons(
        [theirs(n, source, net, account) for n, (account, source, net) in enumerate(moves)],
        [ours(n, source, net, account) for n, (account, source, net) in enumerate(moves[::-1])],
    )
    assert found == ({"matched": len(moves)} if moves else {})
