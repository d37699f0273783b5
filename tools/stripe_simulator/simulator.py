"""What every part of the simulator works with: its state, its clock, and what is going on now."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tools.stripe_simulator.clock import SimulatorClock
from tools.stripe_simulator.config import Config
from tools.stripe_simulator.errors import no_such
from tools.stripe_simulator.store import Obj, Store


@dataclass(frozen=True)
class Call:
    """One request of the API, checked: who asks, with what."""

    simulator: "Simulator"
    account: str
    parameters: dict[str, Any]
    path: dict[str, str]
    request_id: str
    idempotency_key: str | None

    def get(self, name: str, default: Any = None) -> Any:
        """Return a parameter."""
        return self.parameters.get(name, default)

    def find(self, kind: str, name: str) -> Obj:
        """Return the caller's object that the path names; 404 otherwise."""
        return self.simulator.get(kind, self.path[name], self.account)


@dataclass
class Simulator:
    """One simulated Stripe."""

    config: Config
    store: Store
    clock: SimulatorClock
    call: Call | None = None
    wake: Callable[[], None] = field(default=lambda: None)

    @property
    def now(self) -> int:
        """The simulator's time, in whole seconds since 1970."""
        return self.clock.now()

    def get(self, kind: str, object_id: str, account: str = "", *, param: str | None = None) -> Obj:
        """Return an object; the refusal is 404, or 400 when a parameter named it."""
        found = self.store.find(object_id, kind=kind, account=account)
        if not found:
            raise no_such(kind.replace(".", " "), object_id, param=param)
        return found

    def add(self, obj: Obj, account: str) -> Obj:
        """Keep a new object of an account."""
        self.store.add(obj, account, created=self.now)
        return obj

    def save(self, obj: Obj, **changes: Any) -> Obj:
        """Change an object's fields and keep it."""
        obj.update(changes)
        self.store.save(obj)
        return obj

    def later(self, seconds: float, action: str, object_id: str) -> None:
        """Do this after so many seconds of the simulator's clock; never when below zero."""
        if seconds < 0:
            return
        self.store.db.execute(
            "INSERT INTO timers (due_at, action, object_id) VALUES (?, ?, ?)",
            (self.clock.seconds() + seconds, action, object_id),
        )
        self.wake()

    def forget(self, object_id: str, actions: Iterable[str]) -> None:
        """Drop what was to be done later."""
        for action in actions:
            self.store.db.execute(
                "DELETE FROM timers WHERE object_id = ? AND action = ?", (object_id, action)
            )


def public(obj: Obj) -> Obj:
    """Return the object as the outside may see it."""
    return {name: value for name, value in obj.items() if not name.startswith("_")}
