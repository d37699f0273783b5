"""A consumer of one shard: inbox and insert in a transaction, one message at a time, in order.

python -m tests.bench.ours.shard <database url> <amqp url> <queue> <workers>

It is the way of an events process without its framework, so that what is measured is the shards.
With several workers they work at once, as nameko's do, on connections of their own.
"""

import sys
import threading
import time
from random import Random

import pika
import psycopg

PREFETCH = 20
_CLAIM = "INSERT INTO inbox (consumer, message_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_NOTE = "INSERT INTO handled (contract, number) VALUES (%s, %s)"


def consume(database_url: str, amqp_url: str, queue: str) -> None:
    """Handle one message after the other."""
    hesitation = Random(queue)  # noqa: S311  (no secret)
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    channel.basic_qos(prefetch_count=PREFETCH)
    with psycopg.connect(database_url) as database:
        for method, properties, body in channel.consume(queue):
            contract, number = map(int, body.split())
            # No two messages take equally long.
            time.sleep(hesitation.random() / 1_000)
            database.execute(_CLAIM, (queue, properties.message_id))
            database.execute(_NOTE, (contract, number))
            database.commit()
            channel.basic_ack(method.delivery_tag)


def main(database_url: str, amqp_url: str, queue: str, workers: int) -> None:
    """Run until SIGTERM."""
    threads = [
        threading.Thread(target=consume, args=(database_url, amqp_url, queue), daemon=True)
        for _ in range(workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
