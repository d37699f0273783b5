import threading

import pytest
from argon2 import PasswordHasher

from services.accounts.adapters import passwords
from services.accounts.adapters.passwords import Argon2Passwords
from shared.errors import Transient

CHEAP = PasswordHasher(time_cost=1, memory_cost=32, parallelism=1)
DEARER = PasswordHasher(time_cost=2, memory_cost=32, parallelism=1)


def test_a_hash_verifies_its_own_password_only() -> None:
    argon2 = Argon2Passwords(CHEAP, at_once=1)
    made = argon2.hash("correct horse battery")
    assert made.startswith("$argon2id$")
    assert argon2.verify(made, "correct horse battery")
    assert not argon2.verify(made, "correct horse batterz")


def test_without_a_hash_no_password_is_right() -> None:
    assert not Argon2Passwords(CHEAP, at_once=1).verify(None, "correct horse battery")


def test_a_hash_that_is_unreadable_refuses_every_password() -> None:
    assert not Argon2Passwords(CHEAP, at_once=1).verify("gibberish", "correct horse battery")


def test_a_hash_of_other_parameters_is_outdated() -> None:
    made = Argon2Passwords(CHEAP, at_once=1).hash("correct horse battery")
    assert not Argon2Passwords(CHEAP, at_once=1).is_outdated(made)
    assert Argon2Passwords(DEARER, at_once=1).is_outdated(made)


def test_whoever_waits_too_long_for_a_turn_is_asked_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.01)
    started, finish = threading.Event(), threading.Event()

    class SlowHasher(PasswordHasher):
        slow = False

        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            if self.slow:
                started.set()
                finish.wait(10)
            return CHEAP.hash(password, salt=salt)

    hasher = SlowHasher()
    argon2 = Argon2Passwords(hasher, at_once=1)
    hasher.slow = True
    first = threading.Thread(target=argon2.hash, args=("one",))
    first.start()
    try:
        assert started.wait(10)
        with pytest.raises(Transient, match="sign_in_busy"):
            argon2.hash("two")
    finally:
        finish.set()
        first.join(10)
    hasher.slow = False
    assert argon2.hash("three")
