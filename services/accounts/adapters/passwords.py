"""Passwords as Argon2id hashes (RFC 9106)."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from shared.errors import Transient

WAIT_SECONDS = 5.0


class Argon2Passwords:
    """Hashes and verifies, a bounded number at once.

    Each hash in hand takes `memory_kib` of memory (64 MiB by RFC 9106's low-memory profile), so
    that without the bound a burst of sign-ins would take the machine's.
    """

    def __init__(self, hasher: PasswordHasher, *, at_once: int) -> None:
        self._hasher = hasher
        self._turns = BoundedSemaphore(at_once)
        # Verified when there is no account: the same work, and never the right password.
        self._dummy = hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """Return a salted hash that names its own parameters."""
        with self._turn():
            return self._hasher.hash(password)

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Tell whether the password is right; takes as long, and says False, without a hash."""
        with self._turn():
            try:
                self._hasher.verify(password_hash or self._dummy, password)
            except (VerifyMismatchError, InvalidHashError):
                return False
        return password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=WAIT_SECONDS):
            raise Transient("sign_in_busy", "Many people are signing in. Try again in a moment.")
        try:
            yield
        finally:
            self._turns.release()
