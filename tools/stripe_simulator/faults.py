"""Faults on order: the next requests that match get an error, no answer, or a cut connection."""

import fnmatch
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal[
    "status_before",
    "status_after",
    "timeout_before",
    "timeout_after",
    "reset_before",
    "reset_after",
    "slow",
]
KINDS: tuple[Kind, ...] = (
    "status_before",
    "status_after",
    "timeout_before",
    "timeout_after",
    "reset_before",
    "reset_after",
    "slow",
)


@dataclass
class Fault:
    """What goes wrong with the next `times` requests of this method whose path matches.

    `before` and `after` tell whether it happens instead of the effect or once the effect is done.
    `keep`: a 500 of v1 stays with its Idempotency-Key, and is replayed, as Stripe does it.
    `slow` answers as usual after `seconds`, with the Idempotency-Key in use meanwhile.
    """

    kind: Kind
    path: str = "*"
    method: str = "*"
    times: int = 1
    skip: int = 0
    status: int = 500
    keep: bool = True
    seconds: float = 120.0
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, wanted: dict[str, Any]) -> "Fault":
        """Read a fault from JSON; ValueError or TypeError says what is wrong."""
        fault = cls(**wanted)
        if fault.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        return fault

    def matches(self, method: str, path: str) -> bool:
        """Tell whether a request is meant."""
        return self.method in {"*", method} and fnmatch.fnmatch(path, self.path)


class Faults:
    """The faults that are still to come, in order."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Order a fault."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Forget all of them."""
        self._faults.clear()

    def listed(self) -> list[dict[str, Any]]:
        """Return what is still to come."""
        return [asdict(fault) for fault in self._faults]

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that this request is to meet, and count it."""
        for fault in self._faults:
            if not fault.matches(method, path):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self._faults.remove(fault)
            return fault
        return None
