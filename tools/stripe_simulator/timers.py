"""What happens by itself once the clock gets there: expiries, payouts that arrive, disputes."""

from collections.abc import Callable

from tools.stripe_simulator.simulator import Simulator

Action = Callable[[Simulator, str], None]

ACTIONS: dict[str, Action] = {}


def timer(name: str) -> Callable[[Action], Action]:
    """Register what a timer of this name does; it gets the object's id."""

    def register(action: Action) -> Action:
        ACTIONS[name] = action
        return action

    return register


def run_due(simulator: Simulator) -> int:
    """Do everything that is due, in order, each in a transaction; return how many were done."""
    done = 0
    while True:
        with simulator.store.transaction():
            row = simulator.store.db.execute(
                "SELECT id, action, object_id FROM timers WHERE due_at <= ? ORDER BY due_at, id"
                " LIMIT 1",
                (simulator.clock.seconds(),),
            ).fetchone()
            if not row:
                return done
            simulator.store.db.execute("DELETE FROM timers WHERE id = ?", (row[0],))
            ACTIONS[row[1]](simulator, row[2])
        done += 1
