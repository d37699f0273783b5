"""What happens by itself once the clock gets there: expiries, payouts that arrive, disputes."""

import logging
from collections.abc import Callable

from tools.stripe_simulator.errors import StripeError
from tools.stripe_simulator.simulator import Simulator

_LOG = logging.getLogger(__name__)

Action = Callable[[Simulator, str], None]

ACTIONS: dict[str, Action] = {}


def timer(name: str) -> Callable[[Action], Action]:
    """Register what a timer of this name does; it gets the object's id."""

    def register(action: Action) -> Action:
        ACTIONS[name] = action
        return action

    return register


def run_due(simulator: Simulator) -> int:
    """Do everything that is due, in order, each in a transaction; return how many were done.

    What fails is told on stderr and forgotten, so that it doesn't stop the others.
    """
    done = 0
    while due := _next(simulator):
        timer_id, action, object_id = due
        database = simulator.store.db
        try:
            with simulator.store.transaction():
                database.execute("DELETE FROM timers WHERE id = ?", (timer_id,))
                ACTIONS[action](simulator, object_id)
        except StripeError as error:
            _LOG.warning("%s of %s: %s", action, object_id, error)
            database.execute("DELETE FROM timers WHERE id = ?", (timer_id,))
        done += 1
    return done


def _next(simulator: Simulator) -> tuple[int, str, str] | None:
    """Return what is due first: its id, action and object."""
    row: tuple[int, str, str] | None = simulator.store.db.execute(
        "SELECT id, action, object_id FROM timers WHERE due_at <= ? ORDER BY due_at, id LIMIT 1",
        (simulator.clock.seconds(),),
    ).fetchone()
    return row
