"""Identifiers: UUID version 7 (RFC 9562), so that rows made later sort later."""

import os
import time
from uuid import UUID

_RANDOM_BYTES = 10


def new_id() -> UUID:
    """Return a new UUIDv7: 48 bits of Unix time in milliseconds, then random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | int.from_bytes(os.urandom(_RANDOM_BYTES))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
