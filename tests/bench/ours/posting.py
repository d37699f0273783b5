"""A player that posts captures: an entry of four lines each, through the payments repository.

python -m tests.bench.ours.posting <database url> <entries per transaction>
"""

import sys
from datetime import UTC, datetime
from uuid import uuid4

from services.payments.adapters.ledger import SqlBooks
from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.postings import Fact, Owner
from shared.db import Database
from shared.ids import new_id
from shared.money import yen
from tests.bench.players import serve

GROSS = yen(55_000)
PROCESSOR_FEE = yen(1_980)


def capture() -> JournalEntry:
    """Return the entry of a payment captured for a milestone that nobody knew before."""
    milestone_id = new_id()
    # Charges have names without any order, as Stripe's have.
    happening = Happening(
        milestone_id, f"ch_{uuid4().hex[:24]}", datetime.now(UTC), {Owner.CLIENT: milestone_id}
    )
    return journal_entry(
        Fact.CAPTURED,
        happening,
        escrow={milestone_id: GROSS},
        credit=yen(0),
        processor_fee=PROCESSOR_FEE,
    )


def main(url: str, batch: int) -> None:
    """Serve."""
    database = Database(url)

    def play(count: int) -> None:
        for _ in range(count // batch):
            with database.transaction() as connection:
                SqlBooks(connection).post([capture() for _ in range(batch)])

    serve(play)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
