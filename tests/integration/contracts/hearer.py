"""The events process of contracts with short delays between tries, run by the tests."""

import shared.messaging.bootstrap  # isort: skip  (patches before anything else is imported)

import sys
from pathlib import Path

from services.contracts.adapters.work import make_work
from services.contracts.events import Events
from shared.clock import TurnedClock
from shared.db import Database
from shared.messaging.topology import Step
from shared.observability.logs import log_to_stderr

STEPS = tuple(Step(f"try{number}", 1_000) for number in range(1, 11))

if __name__ == "__main__":
    log_to_stderr("INFO")
    database_url, amqp_url, clock_file = sys.argv[1:]
    shared.messaging.bootstrap.run_events(
        Events,
        {
            "amqp_url": amqp_url,
            "database": lambda: Database(database_url),
            "work": make_work,
            "clock": TurnedClock(Path(clock_file)),
            "steps": STEPS,
        },
    )
