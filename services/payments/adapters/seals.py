"""The chain of sealed ranges in PostgreSQL."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import Connection, select, text

from services.payments.adapters.streams import stream
from services.payments.adapters.tables_books import sealed_ranges
from services.payments.domain.seal import SealedRange

# Any number that nobody else takes: it stands for "the chain of seals".
_LOCK: Final = 0x5EA1
_ALL: Final = """
    SELECT number, from_entry, to_entry, entries, previous, sha256, fingerprints, sealed_at
    FROM sealed_ranges ORDER BY number
"""


@dataclass(frozen=True)
class SqlSeals:
    """Implements the port Seals."""

    connection: Connection

    def lock(self) -> None:
        """Keep others from sealing until the transaction ends."""
        self.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})

    def last(self) -> SealedRange | None:
        """Return the range that was sealed last."""
        query = select(sealed_ranges).order_by(sealed_ranges.c.number.desc()).limit(1)
        row = self.connection.execute(query).mappings().one_or_none()
        return SealedRange(**row) if row else None

    def add(self, sealed: SealedRange) -> None:
        """Continue the chain."""
        self.connection.execute(sealed_ranges.insert(), asdict(sealed))

    def all(self) -> Iterator[SealedRange]:
        """Yield all ranges, first to last; a few at a time, as each has 160 kB of fingerprints."""
        for row in stream(self.connection, _ALL, rows_at_a_time=10):
            yield SealedRange(*row)
