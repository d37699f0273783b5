"""The seal of the journal: a chain of hashes over ranges of its entries.

An entry is written as canonical JSON and hashed. A range's hash is SHA-256 over the hash of the
range before it, the range's bounds and time, and number and hash of each of its entries: whoever
changes, removes or adds one entry has to make every later hash anew, and the last one is kept
elsewhere too. Numbers that a rolled-back posting took are gaps, and stay gaps.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from services.payments.domain.journal import StoredEntry

# No hash comes before the first range.
ORIGIN: Final = bytes(32)
# How many entries a range has at most: so many are read again to find the one that doesn't fit.
ENTRIES_IN_A_RANGE: Final = 10_000

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_NUMBER_BYTES: Final = 8
_FINGERPRINT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class SealedRange:
    """A sealed part of the journal: all entries from `from_entry` to `to_entry`, gaps included.

    `fingerprints` has, for each entry, its number and the first 8 bytes of its hash. They follow
    from the entries, and serve to tell which of them doesn't fit.
    """

    number: int
    from_entry: int
    to_entry: int
    entries: int
    previous: bytes
    sha256: bytes
    fingerprints: bytes
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class Break:
    """What doesn't fit: the first range, and the first entry in it where one can be told."""

    number: int
    what: str
    entry_id: int | None = None


def canonical(entry: StoredEntry) -> bytes:
    """Return an entry with its lines as bytes: one way only to write it.

    A JSON array without spaces, in ASCII: number, fact, reference, source, currency, microseconds
    since 1970 UTC, and the lines by number, each as line, account, owner or null, debit, credit.
    """
    at = entry.occurred_at
    values = (*entry[:5], at and (at - _EPOCH) // _MICROSECOND, entry.lines)
    return json.dumps(values, separators=(",", ":")).encode("ascii")


def seal_range(
    last: SealedRange | None, to_entry: int, entries: Iterable[StoredEntry], at: datetime
) -> SealedRange:
    """Return the range that follows `last` and ends with `to_entry`; its entries in order."""
    number, from_entry, previous = (
        (last.number + 1, last.to_entry + 1, last.sha256) if last else (1, 1, ORIGIN)
    )
    bounds = (number, from_entry, to_entry, (at - _EPOCH) // _MICROSECOND)
    hashed = hashlib.sha256(previous + b"".join(map(_number, bounds)))
    fingerprints = bytearray()
    for entry in entries:
        digest = hashlib.sha256(canonical(entry)).digest()
        key = _number(entry.entry_id)
        hashed.update(key + digest)
        fingerprints += key + digest[: _FINGERPRINT_BYTES - _NUMBER_BYTES]
    count = len(fingerprints) // _FINGERPRINT_BYTES
    return SealedRange(
        number, from_entry, to_entry, count, previous, hashed.digest(), bytes(fingerprints), at
    )


def seal_all(
    last: SealedRange | None, to_entry: int, entries: Iterator[StoredEntry], at: datetime
) -> Iterator[SealedRange]:
    """Return the ranges that follow `last`, up to `to_entry`; none when there is nothing to seal.

    `entries` are all of them in order; no more than one range of them is held at a time.
    """
    while chunk := list(islice(entries, ENTRIES_IN_A_RANGE)):
        full = len(chunk) == ENTRIES_IN_A_RANGE
        last = seal_range(last, chunk[-1].entry_id if full else to_entry, chunk, at)
        yield last


def check_range(
    last: SealedRange | None, sealed: SealedRange, entries: Iterable[StoredEntry]
) -> Break | None:
    """Return what doesn't fit between a range as it was sealed and what is there now."""
    now = seal_range(last, sealed.to_entry, entries, sealed.sealed_at)
    if (now.number, now.from_entry, now.previous) != (
        sealed.number,
        sealed.from_entry,
        sealed.previous,
    ):
        return Break(sealed.number, "chain_broken")
    if now.fingerprints != sealed.fingerprints:
        return _first_difference(sealed, now)
    if now.sha256 != sealed.sha256:
        return Break(sealed.number, "range_altered")
    return None


def _first_difference(sealed: SealedRange, now: SealedRange) -> Break:
    then, there = dict(_fingerprints(sealed)), dict(_fingerprints(now))
    different = (key for key in then.keys() | there.keys() if then.get(key) != there.get(key))
    entry_id = min(different, default=None)
    if entry_id is None:
        return Break(sealed.number, "range_altered")
    if entry_id not in there:
        what = "entry_missing"
    elif entry_id not in then:
        what = "entry_added"
    else:
        what = "entry_altered"
    return Break(sealed.number, what, entry_id)


def _fingerprints(sealed: SealedRange) -> Iterator[tuple[int, bytes]]:
    kept = sealed.fingerprints
    for at in range(0, len(kept), _FINGERPRINT_BYTES):
        middle = at + _NUMBER_BYTES
        yield int.from_bytes(kept[at:middle], signed=True), kept[middle : at + _FINGERPRINT_BYTES]


def _number(value: int) -> bytes:
    return value.to_bytes(_NUMBER_BYTES, signed=True)
