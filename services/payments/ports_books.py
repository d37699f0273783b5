"""What the use cases that prove, close and export the books need of the outside."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from services.payments.domain.journal import StoredEntry
from services.payments.domain.seal import SealedRange
from shared.clock import Clock


class Progress(Protocol):
    """Is told how far a long work has come, in entries or lines; `total` is an estimate."""

    def __call__(self, done: int, total: int) -> None:
        """Note it."""
        ...


def in_silence(done: int, total: int) -> None:
    """Tell nobody."""


class Journal(Protocol):
    """The journal as it is read by those who prove it: in streams, in order of the numbers."""

    def settled(self) -> int:
        """Return a number up to which every entry is there that ever will be; 0 when none is.

        Numbers are given before the posting commits: a smaller one may appear after a larger one.
        Waits for the postings that are under way; raises Transient (`journal_busy`) when one of
        them takes too long.
        """
        ...

    def read(self, first: int, last: int) -> Iterator[StoredEntry]:
        """Yield the entries with these numbers, first and last included."""
        ...

    def count(self, first: int) -> int:
        """Return how many entries there are from this number on."""
        ...


class Seals(Protocol):
    """The chain of sealed ranges."""

    def lock(self) -> None:
        """Keep others from sealing until the transaction ends."""
        ...

    def last(self) -> SealedRange | None:
        """Return the range that was sealed last."""
        ...

    def add(self, sealed: SealedRange) -> None:
        """Continue the chain."""
        ...

    def all(self) -> Iterator[SealedRange]:
        """Yield all ranges, first to last."""
        ...


@dataclass(frozen=True)
class BooksWork:
    """Everything that the use cases of the books may touch, in one transaction."""

    journal: Journal
    seals: Seals
    clock: Clock


class BooksTransactions(Protocol):
    """Begins transactions: long work takes several, with the network in between."""

    def begin(self, *, snapshot: bool = False) -> AbstractContextManager[BooksWork]:
        """Yield the work of a new transaction; commit at the end, roll back on any exception.

        In a snapshot all that is read is of one moment.
        """
        ...
