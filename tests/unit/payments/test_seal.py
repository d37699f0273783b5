"""The chain of hashes: whatever is changed, the first thing that doesn't fit is named."""

import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain import seal
from services.payments.domain.journal import StoredEntry, StoredLine
from services.payments.domain.seal import (
    ORIGIN,
    Break,
    SealedRange,
    canonical,
    check_range,
    seal_all,
    seal_range,
)
from shared.calendar import JAPAN

NOW = datetime(2026, 11, 25, 3, 4, 5, 6, tzinfo=UTC)


def entry(number: int, amount: int = 5) -> StoredEntry:
    return StoredEntry(
        number,
        "captured",
        "00000000-0000-0000-0000-000000000001",
        f"ch_{number}",
        "JPY",
        NOW,
        (
            StoredLine(1, "asset:processor_balance", None, amount, 0),
            StoredLine(2, "liability:escrow", "00000000-0000-0000-0000-000000000001", 0, amount),
        ),
    )


def test_an_entry_is_written_in_one_way() -> None:
    """Who verifies an export with a program of their own needs this to stay as it is."""
    assert canonical(entry(7)) == (
        b'[7,"captured","00000000-0000-0000-0000-000000000001","ch_7","JPY",1795575845000006,'
        b'[[1,"asset:processor_balance",null,5,0],'
        b'[2,"liability:escrow","00000000-0000-0000-0000-000000000001",0,5]]]'
    )


def test_the_same_moment_elsewhere_is_the_same_entry() -> None:
    assert canonical(entry(1)._replace(occurred_at=NOW.astimezone(JAPAN))) == canonical(entry(1))


def test_a_range_is_hashed_over_the_one_before_its_bounds_its_time_and_its_entries() -> None:
    first = seal_range(None, 2, [entry(1), entry(2)], NOW)
    second = seal_range(first, 9, [entry(3), entry(7)], NOW)
    digests = {number: sha256(canonical(entry(number))).digest() for number in (3, 7)}
    numbers = (2, 3, 9, 1_795_575_845_000_006)  # number of the range, from, to, microseconds
    told = first.sha256 + struct.pack(">4q", *numbers)
    told += b"".join(struct.pack(">q", number) + digest for number, digest in digests.items())
    assert second.sha256 == sha256(told).digest()
    assert second.fingerprints == b"".join(
        struct.pack(">q", number) + digest[:8] for number, digest in digests.items()
    )


numbers = st.sets(st.integers(1, 60), min_size=1, max_size=25).map(sorted)


@given(numbers, st.integers(1, 10), st.integers(0, 5))
def test_ranges_cover_all_numbers_once(present: list[int], at_most: int, behind: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(seal, "ENTRIES_IN_A_RANGE", at_most)
        ranges = list(seal_all(None, present[-1] + behind, map(entry, present), NOW))
    assert (ranges[0].from_entry, ranges[0].previous) == (1, ORIGIN)
    assert ranges[-1].to_entry >= present[-1]
    assert sum(each.entries for each in ranges) == len(present)
    for before, after in pairwise(ranges):
        assert after.from_entry == before.to_entry + 1
        assert after.previous == before.sha256
    last: SealedRange | None = None
    for each in ranges:
        there = [entry(n) for n in present if each.from_entry <= n <= each.to_entry]
        assert check_range(last, each, there) is None
        last = each


@given(numbers, st.data())
def test_one_changed_missing_or_added_entry_is_named(
    present: list[int], data: st.DataObject
) -> None:
    sealed = seal_range(None, 60, map(entry, present), NOW)
    which = data.draw(st.integers(1, 60))
    if which in present:
        change = data.draw(st.sampled_from(["altered", "missing"]))
        there = [entry(n, 6 if n == which else 5) for n in present]
        if change == "missing":
            there = [entry(n) for n in present if n != which]
    else:
        change = "added"
        there = [entry(n) for n in sorted({*present, which})]
    assert check_range(None, sealed, there) == Break(1, f"entry_{change}", which)


def test_a_range_that_was_changed_itself_is_named() -> None:
    there = [entry(1), entry(2)]
    first = seal_range(None, 2, there, NOW)
    second = seal_range(first, 4, [entry(3), entry(4)], NOW)
    assert check_range(None, second, [entry(3), entry(4)]) == Break(2, "chain_broken")
    other_time = replace(first, sealed_at=NOW + timedelta(days=1))
    assert check_range(None, other_time, there) == Break(1, "range_altered")
    twice = replace(first, fingerprints=first.fingerprints[:16] * 2 + first.fingerprints[16:])
    assert check_range(None, twice, there) == Break(1, "range_altered")


def test_nothing_new_is_no_range() -> None:
    assert list(seal_all(None, 0, iter([]), NOW)) == []
