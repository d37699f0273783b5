"""How a service's processes start: `python -m services.<name> api|events|relay|migrate|wait`.

Each kind of process imports only what it needs: a relay that never loads a web framework costs a
third of the memory. A service's `__main__` imports this module first and everything else inside
the functions that it hands over.
"""

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping

from shared import garbage

# Whoever serves collects again once it has started (shared.http.app, bootstrap, and relay_of).
if sys.argv[1:2] in (["api"], ["events"], ["relay"]):
    garbage.rest()
if sys.argv[1:2] == ["events"]:
    # nameko runs on eventlet, which has to patch the standard library before anybody uses it.
    import shared.messaging.bootstrap  # noqa: F401

from shared.observability import traces
from shared.observability.logs import log_to_stderr
from shared.settings import Settings

logger = logging.getLogger(__name__)

ARGUMENTS = 2
WAIT_SECONDS = 600.0


def main(service: str, kinds: Mapping[str, Callable[[], None]]) -> None:
    """Start the kind of process that the command line names, of those that the service has."""
    if len(sys.argv) != ARGUMENTS or sys.argv[1] not in kinds:
        sys.exit(f"usage: python -m services.{service} {'|'.join(kinds)}")
    settings = Settings()
    log_to_stderr(settings.log_level)
    for fault in settings.in_clear():
        logger.warning("%s, or others may listen", fault)
    if settings.sentry_dsn:
        from shared.observability.errors import report_errors  # noqa: PLC0415  (see above)

        report_errors(settings.sentry_dsn, service, sys.argv[1])
    traces.export(service, sys.argv[1])
    try:
        kinds[sys.argv[1]]()
    finally:
        traces.flush()


def migrations_of(service: str) -> Callable[[], None]:
    """Return what brings the service's database to the newest revision."""

    def run() -> None:
        from shared.migrations import migrate  # noqa: PLC0415  (see the module's docstring)

        settings = Settings()
        migrate(service, settings.migration_database_url or settings.database_url)

    return run


def waiting_for(service: str, seconds: float = WAIT_SECONDS) -> Callable[[], None]:
    """Return what waits until the service's database is migrated far enough for this version.

    It exits with what is missing when that takes longer than `seconds`. Where nobody starts
    processes in order, it stands before them: an events process that began on the schema before
    would set aside what it can't keep yet.
    """

    def run() -> None:
        from shared.revisions import DatabaseReady  # noqa: PLC0415  (see the module's docstring)

        # The first process of a container isn't ended by a signal that it doesn't handle.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped while waiting"))
        missing = DatabaseReady(service, Settings().database_url)
        deadline = time.monotonic() + seconds
        while reason := missing():
            if time.monotonic() > deadline:
                sys.exit(f"{reason}; is `python -m services.{service} migrate` running?")
            logger.info("waiting for the database", extra={"missing": reason})
            time.sleep(1)

    return run


def relay_of(service: str) -> Callable[[], None]:
    """Return what publishes the service's outbox until SIGTERM."""

    def run() -> None:
        from shared.messaging.relay import run_relay, vitals  # noqa: PLC0415  (as above)
        from shared.observability.ops_port import OpsPort  # noqa: PLC0415  (as above)

        settings = Settings()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        life = vitals()
        garbage.collect_what_is_new()
        with OpsPort.of(settings, service, life.pulse, [life.reached]):
            run_relay(service, settings.database_url, settings.amqp_url, stop, life)

    return run
