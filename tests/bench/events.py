"""Events: from the commit of the one who tells to the commit of the one who hears.

The whole way of ours is outbox, relay, broker, inbox and the handler's commit; a peer publishes
each event, awaits its confirm, consumes it, inserts and commits. "Handling" is only the part from a
queue that was filled before; against raw pika's handling even our whole way has to do.
"""

from functools import partial
from time import time

from tests.bench.figures import (
    Bound,
    Figure,
    Rates,
    at_least,
    at_most,
    interleaved,
    percentile,
    ratio,
)
from tests.bench.players import Player
from tests.bench.servers import Servers
from tests.bench.transport import Ours, commit_times, ours, query, transports, wait_until_handled

COUNT = 1_500
COUNT_BATCHED = 5_000
COUNT_RELAY = 20_000
PACE = 100
PACED_SECONDS = 12
SETTLING_SECONDS = 2


def events(servers: Servers, rounds: int) -> list[Figure]:
    """Measure all of it."""
    with ours(servers) as mine:
        with transports(servers, mine) as ways:
            counts = dict.fromkeys(ways, COUNT) | {"batched": COUNT_BATCHED}
            whole = {name: partial(way.rate, counts[name]) for name, way in ways.items()}
            handling = {
                f"{name}, handling": partial(way.filled_rate, counts[name])
                for name, way in ways.items()
            }
            rates = interleaved(rounds, whole | handling)
        return [*_ratios(rates), *_relay(servers, mine, rounds), *_latency(mine)]


def _ratios(rates: Rates) -> list[Figure]:
    def against(ours: str, peer: str, bound: Bound | None = None) -> Figure:
        return ratio(f"{ours} / {peer}", rates, ours, peer, bound)

    return [
        against("batched", "raw pika", at_least(3)),
        against("batched", "raw pika, handling", at_least(3)),
        against("batched", "FastStream", at_least(3)),
        against("batched", "dramatiq", at_least(3)),
        against("one by one", "raw pika", at_least(0.7)),
        against("batched, handling", "raw pika, handling"),
        against("batched, handling", "FastStream, handling"),
        against("batched, handling", "dramatiq, handling"),
        against("one by one, handling", "raw pika, handling"),
    ]


def _relay(servers: Servers, mine: Ours, rounds: int) -> list[Figure]:
    """Measure the relay alone, on a full outbox: nobody tells or consumes meanwhile."""
    with (
        mine.teller("batches") as teller,
        Player("peers.raw_pika", "batches", mine.amqp, logs=servers.logs) as peer,
    ):
        query(mine.handled, "TRUNCATE handled")
        mine.hearer.freeze()

        def relayed() -> float:
            query(mine.outbox, "TRUNCATE told")
            mine.relay.freeze()
            teller.play(COUNT_RELAY)
            began = time()
            mine.relay.thaw()
            return COUNT_RELAY / (mine.in_queue() - began)

        rates = interleaved(
            rounds,
            {
                "relay": relayed,
                "pika": lambda: COUNT_RELAY / peer.play(COUNT_RELAY).seconds,
            },
        )
        mine.hearer.thaw()
        wait_until_handled(mine.handled, rounds * COUNT_RELAY)
    what = "relay / raw pika, confirms per 1,000"
    return [ratio(what, rates, "relay", "pika", at_least(0.6))]


def _latency(mine: Ours) -> list[Figure]:
    """Measure from commit to commit, of events that come one by one at a low rate."""
    query(mine.outbox, "TRUNCATE told")
    query(mine.handled, "TRUNCATE handled")
    with mine.teller("singly", batch=1, pace=PACE) as teller:
        transport = mine.transport(teller)
        transport.rate(PACE * PACED_SECONDS)
    told = commit_times(mine.outbox, "told")
    handled = commit_times(mine.handled, "handled")
    settled = min(told.values()) + SETTLING_SECONDS
    waits = [1000 * (handled[key] - at) for key, at in told.items() if at > settled]
    spread = f"{len(waits)} events at {PACE}/s, longest {max(waits):.0f} ms"
    return [
        Figure("commit to handled, p50", percentile(waits, 50), "ms", spread, at_most(6)),
        Figure("commit to handled, p99", percentile(waits, 99), "ms", spread, at_most(20)),
    ]
