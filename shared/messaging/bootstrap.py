"""Starts the events process of a service. Import it before anything else: it patches for eventlet.

psycopg looks for its waiting function when it is imported: only `wait_selector` gives way to other
green threads. (`wait_select` does too, but not beyond file descriptor 1,024.)
"""

import logging
import math
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NotRequired, TypedDict

if "psycopg" in sys.modules:
    raise RuntimeError("import shared.messaging.bootstrap before psycopg")
os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"
# Names are resolved by libc, as in every other process: eventlet's own resolver knows less.
os.environ["EVENTLET_NO_GREENDNS"] = "yes"

from shared.messaging.quiet import eventlet

eventlet.monkey_patch()

from sqlalchemy import Connection  # noqa: E402

from shared import garbage  # noqa: E402
from shared.clock import Clock  # noqa: E402
from shared.db import Database  # noqa: E402
from shared.errors import Transient  # noqa: E402
from shared.grace import GRACE_SECONDS  # noqa: E402
from shared.messaging import green_psycopg, queues  # noqa: E402
from shared.messaging.green import ServiceContainer  # noqa: E402
from shared.messaging.on import heard_by  # noqa: E402
from shared.messaging.topology import Step  # noqa: E402
from shared.observability.ops_port import Condition, Need, OpsPort, Pulse  # noqa: E402
from shared.revisions import DatabaseReady  # noqa: E402
from shared.settings import Settings  # noqa: E402

green_psycopg.install()

logger = logging.getLogger(__name__)

REMEMBER_SECONDS = 2


class EventsConfig(TypedDict):
    """What an events process needs.

    `database` and `work` make a Database (once) and the Work of a transaction. `max_workers` is how
    many handlers run at once (10), but never more than the database's pool keeps connections.
    `steps` are the delays of retries, other than topology.STEPS in tests only. `settings` name the
    ops port, if there is one; `consuming` is met while the process consumes. `grace_seconds` is how
    long what is in hand may take once the process is told to stop (20).
    """

    amqp_url: str
    database: Callable[[], Database]
    work: Callable[[Connection, Clock], Any]
    clock: Clock
    max_workers: NotRequired[int]
    steps: NotRequired[tuple[Step, ...]]
    settings: NotRequired[Settings]
    consuming: NotRequired[Condition]
    grace_seconds: NotRequired[float]


def config_of(settings: Settings, work: Callable[[Connection, Clock], Any]) -> EventsConfig:
    """Return what the environment says, with what makes the Work of a transaction."""
    return {
        "amqp_url": settings.amqp_url,
        "database": settings.database,
        "work": work,
        "clock": settings.clock(),
        "settings": settings,
        "consuming": Condition("not consuming from the broker yet"),
    }


def run_events(service_cls: type, config: EventsConfig) -> None:
    """Run the service's entry points until SIGTERM or SIGINT, then finish what is in hand.

    Waits for the broker and the exchanges of others as long as it takes. Exits with status 1 when
    the container dies of a bug in an extension, or what is in hand takes longer than the grace.
    """
    # What a handler raised is logged once, by us, with its outcome.
    logging.getLogger("nameko.containers").setLevel(logging.CRITICAL)
    container = ServiceContainer(service_cls, config)

    grace_seconds = config.get("grace_seconds", GRACE_SECONDS)

    def stop(*_: object) -> None:
        logger.info("stopping: finishing what is in hand")
        # Not a green thread's timer: a handler that doesn't give way must not keep it from us.
        signal.setitimer(signal.ITIMER_REAL, grace_seconds)
        eventlet.spawn_n(container.stop)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGALRM, _leave)
    garbage.collect_what_is_new()
    with _ops_port(container.service_name, config):
        container.start()
        eventlet.spawn_n(_remember_queues, service_cls, config)
        try:
            container.wait()
        except Exception:
            logger.critical("the container died", exc_info=True)
            sys.exit(1)
    logger.info("stopped")


def _leave(*_: object) -> None:
    """End at once: nothing was acknowledged that wasn't committed, so the rest comes again."""
    logger.warning("not finished in time: what is in hand comes again")
    os._exit(1)


def _ops_port(service: str, config: EventsConfig) -> AbstractContextManager[object]:
    """Return the port; it answers in the hub, so that an answer is the proof that the hub turns."""
    if "settings" not in config:
        return nullcontext()
    settings, consuming = config["settings"], config["consuming"]
    needs: list[Need] = [DatabaseReady(service, settings.database_url), consuming]
    return OpsPort.of(settings, service, Pulse(within_seconds=math.inf), needs)


def _remember_queues(service_cls: type, config: EventsConfig) -> None:
    """Write down for the api which queues are consumed, once the database is there."""
    database = config["database"]()
    while True:
        try:
            with database.transaction() as connection:
                queues.remember(connection, heard_by(service_cls), config["clock"].now())
        except Transient:
            eventlet.sleep(REMEMBER_SECONDS)
        else:
            database.engine.dispose()
            return
