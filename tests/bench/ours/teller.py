"""A player that tells events through the outbox, each batch of them in one transaction.

    python -m tests.bench.ours.teller <database url> batches|singly <events per transaction> <per s>

With a pace (events per second; 0 is none) it commits at that pace, on the beat.
"""

import itertools
import sys
import time

from sqlalchemy import Connection

from shared.clock import SystemClock
from shared.db import Database
from shared.messaging.outbox import Outbox
from tests.bench.ours.told import ToldInBatches, ToldSingly, facts
from tests.bench.players import serve

KINDS: dict[str, type[ToldInBatches | ToldSingly]] = {
    "batches": ToldInBatches,
    "singly": ToldSingly,
}
TABLES = "CREATE TABLE told (number bigint PRIMARY KEY)"
_NOTE = "INSERT INTO told SELECT unnest(%s::bigint[])"


def main(url: str, kind: str, batch: int, pace: float) -> None:
    """Serve."""
    event_class, database, clock = KINDS[kind], Database(url), SystemClock()
    numbers = itertools.count(1)

    def tell(connection: Connection, count: int) -> None:
        outbox = Outbox(connection, clock)
        told = list(itertools.islice(numbers, count))
        for number in told:
            event = event_class.model_validate(facts(number))
            outbox.emit(event, subject=event.milestone_id)
        connection.exec_driver_sql(_NOTE, (told,))

    def play(count: int) -> None:
        begin = time.monotonic()
        for beat in range(-(-count // batch)):
            if pace:
                time.sleep(max(0, begin + beat * batch / pace - time.monotonic()))
            with database.transaction() as connection:
                tell(connection, min(batch, count - beat * batch))

    serve(play)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
