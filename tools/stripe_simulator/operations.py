"""The table of operations: which method and path does what, and which parameters it takes."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tools.stripe_simulator.simulator import Call
from tools.stripe_simulator.store import Obj

Handler = Callable[[Call], Obj]


@dataclass(frozen=True)
class Operation:
    """One operation of Stripe's API.

    `types` names the parameters' TypedDict (see parameters.checked); the identifiers in the path
    come to the handler by name.
    """

    method: str
    template: str
    types: str
    handler: Handler


class Routes:
    """Finds the operation that a request is for."""

    def __init__(self, operations: list[Operation]) -> None:
        # A fixed path (search) is tried before one with an identifier in its place.
        self.operations = sorted(operations, key=lambda each: each.template.count("{"))
        self._routes = [(_pattern(each.template), each) for each in self.operations]

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Return the operation and the identifiers in the path."""
        for pattern, operation in self._routes:
            match = pattern.fullmatch(path) if operation.method == method else None
            if match:
                return operation, match.groupdict()
        return None


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))
