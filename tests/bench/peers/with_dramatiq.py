"""Events with dramatiq: one message for each, confirmed; a worker that inserts and commits each.

python -m tests.bench.peers.with_dramatiq publish <amqp url>        a player
python -m tests.bench.peers.with_dramatiq consume <amqp url> <database url>
"""

import signal
import sys
import threading
from typing import Any

import dramatiq
import psycopg
from dramatiq.brokers.rabbitmq import RabbitmqBroker

from tests.bench.peers.insert import INSERT, facts, row
from tests.bench.players import serve

WORKERS = 10  # as many as ours has

_threads = threading.local()


def main(role: str, amqp_url: str, database_url: str = "") -> None:
    """Run one of the two roles."""

    def handle(event: dict[str, Any]) -> None:
        if not hasattr(_threads, "database"):
            _threads.database = psycopg.connect(database_url)
        _threads.database.execute(INSERT, row(event))
        _threads.database.commit()

    broker = RabbitmqBroker(url=amqp_url, confirm_delivery=True)
    dramatiq.set_broker(broker)
    actor = dramatiq.actor(handle, queue_name="dramatiq")
    if role == "publish":

        def play(count: int) -> None:
            for number in range(count):
                actor.send(facts(number))

        serve(play)
    else:
        worker = dramatiq.Worker(broker, worker_threads=WORKERS)
        worker.start()
        signal.sigwait({signal.SIGTERM})
        worker.stop()


if __name__ == "__main__":
    # Before any thread is started, so that all of them leave the signal to sigwait.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    main(*sys.argv[1:])
