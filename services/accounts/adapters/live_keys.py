"""The keys of access tokens, read again while we run: they are changed without a restart."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.accounts.adapters.tokens import KeyRing, KeysUnusableError, SigningKey, read_keys
from shared.http.tokens import JWKS_LIFETIME

logger = logging.getLogger(__name__)

READ_EVERY_SECONDS: Final = 60.0
# An unknown key id may be a new key; forged ones must not have us read at every request.
READ_AT_MOST_EVERY_SECONDS: Final = 5.0
PUBLISHED_SECONDS: Final = JWKS_LIFETIME.total_seconds()


@dataclass
class LiveKeys:
    """All keys of a folder. The one with the last name signs, once it was published long enough.

    Others keep what we publish for some minutes: before those are over a new key signs nothing,
    unless there is no other. A file that can't be read changes nothing, and is told of in the log.

    Ages go by the machine's time, as files do, whatever clock a demo has turned.
    """

    directory: Path
    now: Callable[[], float] = time.time
    _ring: KeyRing = field(init=False)
    _read_at: float = field(init=False)
    _since: dict[str, float] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    @classmethod
    def of(cls, directory: Path, now: Callable[[], float] = time.time) -> Self:
        """Return the keys of a folder; raise KeysUnusableError when there is none to sign with."""
        keys = cls(directory, now)
        keys._ring = read_keys(directory)
        keys._read_at = now()
        for key in keys._ring.keys:
            keys._since[key.key_id] = key.changed_at
        return keys

    def __post_init__(self) -> None:
        self._ring = KeyRing(())
        self._read_at = 0.0

    @property
    def signing(self) -> SigningKey:
        """Return the key that signs now."""
        ring = self._current(READ_EVERY_SECONDS)
        known_since = self.now() - PUBLISHED_SECONDS
        published = [key for key in ring.keys if self._since[key.key_id] <= known_since]
        return published[-1] if published else ring.keys[0]

    def find(self, key_id: str) -> Ed25519PublicKey | None:
        """Return the public key with this id."""
        found = self._current(READ_EVERY_SECONDS).find(key_id)
        return found or self._current(READ_AT_MOST_EVERY_SECONDS).find(key_id)

    def jwks(self) -> dict[str, Any]:
        """Return the public keys as a JWK set (RFC 7517)."""
        return self._current(READ_EVERY_SECONDS).jwks()

    def _current(self, at_most_seconds: float) -> KeyRing:
        with self._lock:
            if self.now() - self._read_at >= at_most_seconds:
                self._read_at = self.now()
                self._read()
            return self._ring

    def _read(self) -> None:
        try:
            ring = read_keys(self.directory)
        except KeysUnusableError as error:
            logger.warning("keys kept as they were", extra={"error": str(error)})
            return
        for key in ring.keys:
            if key.key_id not in self._since:
                self._since[key.key_id] = max(key.changed_at, self.now())
                logger.info("a new key is published", extra={"key_id": key.key_id})
        self._ring = ring
