"""The gate of an events process: shut while the service is drained (switches.py).

Handlers and clocks go on to their end, and begin nothing while it is shut.
"""

import logging
from functools import cached_property

from sqlalchemy.exc import DBAPIError

from shared.errors import Transient
from shared.messaging import switches
from shared.messaging.green import SharedExtension, Signal, eventlet
from shared.messaging.transactions import Transactions

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0


class Gate(SharedExtension):  # type: ignore[misc]  # nameko publishes no types
    """Looks into the database every second; what can't be seen there stays as it was."""

    def __init__(self) -> None:
        self.is_open = True
        self._looked = Signal()

    @cached_property
    def transactions(self) -> Transactions:
        """The service's Transactions; raises RuntimeError when its class has none."""
        found = (d for d in self.container.dependencies if isinstance(d, Transactions))
        if (transactions := next(found, None)) is None:
            raise RuntimeError(
                f"{self.container.service_cls} needs `transactions = Transactions()`"
            )
        return transactions

    def start(self) -> None:
        """Begin to look."""
        self._thread = self.container.spawn_managed_thread(self._run)

    def stop(self) -> None:
        """Look no more."""
        self._thread.kill()

    def wait_until_known(self) -> None:
        """Return once it has looked: a process that starts while drained must not begin."""
        self._looked.wait()

    def _run(self) -> None:
        while True:
            self._look()
            if not self._looked.ready():
                self._looked.send()
            eventlet.sleep(LOOK_SECONDS)

    def _look(self) -> None:
        try:
            with self.transactions.database.transaction() as connection:
                drained = switches.drained(connection)
        except (Transient, DBAPIError) as error:
            logger.info("can't see whether the service is drained", extra={"error": str(error)})
            return
        if self.is_open == bool(drained):
            logger.warning("drained: taking no messages" if drained else "resumed")
        self.is_open = not drained
