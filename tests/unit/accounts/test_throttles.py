from datetime import timedelta

import pytest

from services.accounts.domain.session import Visitor
from services.accounts.domain.throttle import Throttle
from shared.errors import NotAuthenticated, TooMany
from tests.support.fakes import NOW
from tests.unit.accounts.doing import open_account, sign_in, try_sign_in
from tests.unit.accounts.fakes import Fakes

EMAIL = "hanako@example.jp"


@pytest.fixture
def fakes() -> Fakes:
    fakes = Fakes()
    open_account(fakes)
    return fakes


def fail(fakes: Fakes, times: int, email: str = EMAIL, address: str = "192.0.2.9") -> None:
    for _ in range(times):
        with pytest.raises(NotAuthenticated, match="sign_in_failed"):
            try_sign_in(fakes, email, "wrong", Visitor(address, ""))


def wait_of(fakes: Fakes, email: str = EMAIL, address: str = "192.0.2.9") -> int:
    with pytest.raises(TooMany, match="too_many_attempts") as refusal:
        try_sign_in(fakes, email, "wrong", Visitor(address, ""))
    return int(str(refusal.value.facts["retry_after"]))


def test_after_five_failures_there_is_a_wait_that_doubles_up_to_a_quarter_of_an_hour(
    fakes: Fakes,
) -> None:
    fail(fakes, 5)
    waits = []
    for _ in range(8):
        waits.append(wait_of(fakes))
        fakes.clock.forward(seconds=waits[-1])
        fail(fakes, 1)
    assert waits == [15, 30, 60, 120, 240, 480, 900, 900]


def test_while_one_waits_the_right_password_is_no_good_either(fakes: Fakes) -> None:
    fail(fakes, 5)
    with pytest.raises(TooMany):
        try_sign_in(fakes, EMAIL)
    fakes.clock.forward(seconds=15)
    sign_in(fakes)
    fail(fakes, 5)


def test_what_was_refused_for_coming_too_early_makes_nobody_wait_longer(fakes: Fakes) -> None:
    fail(fakes, 5)
    assert [wait_of(fakes) for _ in range(20)] == [15] * 20


def test_an_unknown_address_waits_as_a_known_one(fakes: Fakes) -> None:
    fail(fakes, 5)
    fail(fakes, 5, "nobody@example.jp", "192.0.2.10")
    assert wait_of(fakes) == wait_of(fakes, "Nobody@example.jp", "192.0.2.10")


def test_failures_are_forgotten_after_a_quarter_of_an_hour(fakes: Fakes) -> None:
    fail(fakes, 4)
    fakes.clock.forward(minutes=15)
    fail(fakes, 5)
    wait_of(fakes)


def test_who_tries_one_password_with_many_addresses_waits_too(fakes: Fakes) -> None:
    for number in range(30):
        fail(fakes, 1, f"person.{number}@example.jp")
    assert wait_of(fakes, "somebody@example.jp") == 15
    # Somebody else's tries are their own.
    fail(fakes, 1, "somebody@example.jp", "192.0.2.11")


def test_signing_in_to_an_account_of_ones_own_wipes_out_nothing_for_the_address(
    fakes: Fakes,
) -> None:
    home = Visitor("192.0.2.9", "")
    for number in range(30):
        sign_in(fakes, at=home)
        fail(fakes, 1, f"person.{number}@example.jp")
    with pytest.raises(TooMany):
        sign_in(fakes, at=home)


def test_no_address_and_no_mailbox_is_kept_in_what_is_counted(fakes: Fakes) -> None:
    fail(fakes, 1)
    kept = str(fakes.throttles.kept)
    assert EMAIL not in kept
    assert "192.0.2.9" not in kept
    assert all(
        fakes.clock.now() - each.last_at < timedelta(days=1)
        for each in fakes.throttles.kept.values()
    )


def test_of_several_at_once_none_is_refused_for_having_looked_at_the_clock_earlier() -> None:
    before = Throttle("somebody", failures=1, last_at=NOW + timedelta(milliseconds=5))

    after = before.tried(5, NOW)

    assert (after.failures, after.last_at) == (2, before.last_at)
