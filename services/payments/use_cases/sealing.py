"""The journal is sealed, and compared with its seal."""

from datetime import timedelta
from typing import Final

from services.payments.domain.journal import LOWEST
from services.payments.domain.seal import Break, SealedRange, check_range, seal_all
from services.payments.ports_books import BooksTransactions, BooksWork, Progress, in_silence
from shared.messages.accounts import Role
from shared.messages.books import BreakView, SealView, VerificationView
from shared.people import Person

HOUR: Final = timedelta(hours=1)


def view_seal(by: Person, work: BooksWork) -> SealView:
    """Return how far the journal is sealed (role operator)."""
    by.must_be(Role.OPERATOR)
    return _view(work)


def seal(transactions: BooksTransactions, progress: Progress = in_silence) -> SealView:
    """Seal all entries that are there, and to which no smaller number can be added any more."""
    with transactions.begin() as work:
        seal_up_to_now(work, progress)
        return _view(work)


def seal_hourly(transactions: BooksTransactions) -> SealView | None:
    """Seal what came since, once an hour, however many processes look at the clock."""
    with transactions.begin() as work:
        last = work.seals.last()
        if last and work.clock.now() - last.sealed_at < HOUR:
            return None
    return seal(transactions)


def seal_up_to_now(work: BooksWork, progress: Progress = in_silence) -> SealedRange | None:
    """Seal what is settled; return the last range there is then.

    Nothing can be slipped in below it later: every entry up to it is part of the seal.
    """
    work.seals.lock()
    last = work.seals.last()
    to_entry = work.journal.settled()
    done = last.to_entry if last else 0
    if to_entry <= done:
        return last
    entries = work.journal.read(done + 1, to_entry)
    for sealed in seal_all(last, to_entry, entries, work.clock.now()):
        work.seals.add(sealed)
        progress(sealed.to_entry, to_entry)
        last = sealed
    return last


def verify(
    transactions: BooksTransactions,
    expected: str | None = None,
    progress: Progress = in_silence,
) -> VerificationView:
    """Read the sealed journal again; say the first range and entry that doesn't fit.

    `expected` is a hash that was kept elsewhere, of this or an earlier day: a chain that was made
    anew as a whole, or cut off before it, doesn't have it.
    """
    with transactions.begin() as work:
        broken = _first_break(work, expected, progress)
        return VerificationView(
            **_view(work).model_dump(),
            broken=broken
            and BreakView(number=broken.number, what=broken.what, entry_id=broken.entry_id),
        )


def _first_break(work: BooksWork, expected: str | None, progress: Progress) -> Break | None:
    end = work.seals.last()
    last, found = None, expected is None
    for sealed in work.seals.all():
        # Nothing belongs before the first range: what was put there is found with it.
        entries = work.journal.read(sealed.from_entry if last else LOWEST, sealed.to_entry)
        if broken := check_range(last, sealed, entries):
            return broken
        found = found or sealed.sha256.hex() == expected
        progress(sealed.to_entry, end.to_entry if end else 0)
        last = sealed
    return None if found else Break(last.number if last else 0, "hash_not_in_chain")


def _view(work: BooksWork) -> SealView:
    last = work.seals.last()
    to_entry = last.to_entry if last else 0
    return SealView(
        ranges=last.number if last else 0,
        to_entry=to_entry,
        sha256=last.sha256.hex() if last else None,
        sealed_at=last.sealed_at if last else None,
        unsealed=work.journal.count(to_entry + 1),
    )
