"""Who keeps the books: the clocks of the events process, or others who call the commands."""

from unittest.mock import Mock

import pytest

from services.payments.events import Events
from services.payments.use_cases import reconciling, sealing


@pytest.mark.parametrize("by_clock", [True, False])
def test_books_are_kept_by_the_clocks_unless_others_do_it(
    monkeypatch: pytest.MonkeyPatch, *, by_clock: bool
) -> None:
    reconciled, sealed = Mock(), Mock()
    monkeypatch.setattr(reconciling, "reconcile_daily", reconciled)
    monkeypatch.setattr(sealing, "seal_hourly", sealed)

    class Wired(Events):
        books = Mock()
        books_by_clock = by_clock

    Wired().reconcile()
    Wired().seal()

    assert (reconciled.called, sealed.called) == (by_clock, by_clock)


def test_the_clocks_keep_them_where_nobody_says_otherwise() -> None:
    assert Events.books_by_clock
