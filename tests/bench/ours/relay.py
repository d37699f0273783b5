"""The relay, as every service has one.

python -m tests.bench.ours.relay <service> <database url> <amqp url>
"""

import signal
import sys
import threading

from shared.messaging.relay import run_relay
from shared.observability.logs import log_to_stderr


def main(service: str, database_url: str, amqp_url: str) -> None:
    """Run until SIGTERM."""
    log_to_stderr("INFO")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    run_relay(service, database_url, amqp_url, stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
