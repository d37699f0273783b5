"""Secrets that must be read again, kept sealed: what lies in a database or a cookie tells nothing.

A key is 32 random bytes in URL-safe base64:

    python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'

Several keys, separated by commas: the first seals, all of them open. To change the key, put a new
one first, and leave the old one out once nothing that it sealed is in use.
"""

from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class UnsealableError(Exception):
    """What was to be opened is not ours, was changed, is too old, or its key is gone."""


class Seal:
    """Seals and opens with AES-128-CBC and HMAC-SHA256 (Fernet).

    Args:
        keys: as a process finds them in its environment; ValueError when one is none.
    """

    def __init__(self, keys: str) -> None:
        named = [key.strip() for key in keys.split(",") if key.strip()]
        if not named:
            raise ValueError("no key to seal with: see shared/sealed.py")
        self._fernet = MultiFernet([Fernet(key) for key in named])

    def close(self, secret: str) -> str:
        """Return the secret, sealed, in URL-safe base64."""
        return self._fernet.encrypt(secret.encode()).decode("ascii")

    def open(self, sealed: str, *, within: timedelta | None = None) -> str:
        """Return what was sealed, at most so long ago; raise UnsealableError."""
        seconds = int(within.total_seconds()) if within is not None else None
        try:
            return self._fernet.decrypt(sealed, seconds).decode()
        except (InvalidToken, ValueError) as error:
            raise UnsealableError("this can't be opened") from error


def new_key() -> str:
    """Return a new random key."""
    return Fernet.generate_key().decode("ascii")
