"""Who may do what to whose things: one matrix, of which tests and docs/rights.md are made.

Each service has a table of its operations (tests/integration/<service>/rights.py). A column is
somebody with a role who stands in some relation to the thing: it is theirs, their company's,
another's, or they have signed in nowhere. Every cell is tried over HTTP.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from starlette.testclient import TestClient

from services.web.openapi import Document
from shared.messaging.topology import hearers
from tests.support.apis import Caller
from tests.support.documents import operations

NOBODY = "nobody"
OPERATOR = "operator"
READ = "GET"

Ids = Mapping[str, str]
Cell = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """An operation: who may, and what it is to each of the others.

    `otherwise` is what the others are told: 403, or 404 where to them the thing isn't there;
    `refused` says it for some of them. `unmet` are refusals that those who may meet in the tests,
    for what they say or what has happened. An `endless` answer can't be waited for: that it is
    given is shown elsewhere.
    """

    may: Sequence[str]
    body: Any = None
    otherwise: int = 403
    refused: Mapping[str, int] = field(default_factory=dict)
    unmet: Sequence[int] = ()
    endless: bool = False

    def refusal(self, role: str) -> int | None:
        """Return the status with which somebody is refused; None for those who may."""
        if role in self.may:
            return None
        return self.refused.get(role, 401 if role == NOBODY else self.otherwise)

    def fits(self, role: str, status: int) -> bool:
        """Tell whether an answer is what the cell says."""
        refusal = self.refusal(role)
        if refusal is not None:
            return status == refusal
        done = status < HTTPStatus.BAD_REQUEST or status == HTTPStatus.CONFLICT
        return done or status in self.unmet


def of_operators(body: Any = None, unmet: Sequence[int] = ()) -> Row:
    """Return a row that is for operators, whatever it is about."""
    return Row((OPERATOR,), body, unmet=unmet)


# Where no broker runs, there is nothing to be read or moved.
NO_BROKER = (503,)
NO_SUCH_APPROVAL = (404,)
IN_EVERY_SERVICE: Mapping[str, Row] = {
    "GET operations/actions": of_operators(),
    "GET operations/queues": of_operators(),
    "GET operations/standing": of_operators(),
    "GET operations/unhandled?queue=?&message_id=01a00000-0000-7000-8000-000000000000": (
        of_operators()
    ),
    "GET operations/drain": of_operators(),
    "POST operations/drain": of_operators({"reason": "?"}),
    "POST operations/resume": of_operators(),
    "GET operations/dead-letters": of_operators(unmet=NO_BROKER),
    "GET operations/dead-letters/{letter_id}": of_operators(unmet=NO_BROKER),
    "GET operations/dead-letters/{letter_id}/trial": of_operators(unmet=NO_BROKER),
    "POST operations/dead-letters/replay": of_operators({}, NO_BROKER),
    "POST operations/dead-letters/{letter_id}/replay": of_operators(unmet=NO_BROKER),
    "POST operations/dead-letters/{letter_id}/discard": of_operators(unmet=NO_BROKER),
}

# Where events are told, they are kept and can be told again.
REPLAYS: Mapping[str, Row] = {
    "GET operations/archive": of_operators(),
    "GET operations/told?event_type=?&since=2026-01-01T00:00:00Z": of_operators(),
    "GET operations/replays": of_operators(),
    "POST operations/replays": of_operators({}),
    "GET operations/replays/{replay_id}": of_operators(unmet=(404,)),
    "POST operations/replays/{replay_id}/stop": of_operators(unmet=(404,)),
}


@dataclass(frozen=True)
class Matrix:
    """The table of a service. `roles` are the columns, with what they mean.

    A row's name is an operation of the API's description; there may be more than one of the same,
    with a query behind it.
    """

    service: str
    roles: Mapping[str, str]
    own_rows: Mapping[str, Row]

    @property
    def base(self) -> str:
        """Where the service is."""
        return f"/api/v1/{self.service}"

    @property
    def rows(self) -> Mapping[str, Row]:
        """All rows, with what every service has."""
        told = REPLAYS if hearers(self.service) else {}
        return {**IN_EVERY_SERVICE, **told, **self.own_rows}

    def missing(self, document: Document) -> set[str]:
        """Return what has no row, and the rows of what isn't there."""
        described = {_name(self.base, method, path) for method, path, _ in operations(document)}
        return described ^ {_plain(name) for name in self.rows}

    def allowed(self, method: str, path: str) -> Sequence[str]:
        """Return who may do what the API's description calls so."""
        named = _name(self.base, method, path)
        return next((row.may for name, row in self.rows.items() if _plain(name) == named), ())

    def cells(self) -> list[Cell]:
        """Return all cells: refusals first, as they change nothing, and then what only reads."""
        cells = [
            (name, role)
            for name, row in self.rows.items()
            for role in self.roles
            if row.refusal(role) or not row.endless
        ]
        return sorted(cells, key=self._when)

    def _when(self, cell: Cell) -> tuple[bool, bool]:
        name, role = cell
        return self.rows[name].refusal(role) is None, not name.startswith(READ)


def _name(base: str, method: str, path: str) -> str:
    return f"{method.upper()} {path.removeprefix(base).removeprefix('/')}"


def _plain(name: str) -> str:
    """Return a row's name without the query."""
    return name.partition("?")[0]


@dataclass
class Stage:
    """A service with people in every relation to things of which the ids are known."""

    matrix: Matrix
    callers: Mapping[str, Caller]
    ids: Ids

    def caller(self, role: str) -> Caller:
        """Return somebody who sends something."""
        return self.callers[role]

    def send(self, operation: str, role: str, ids: Ids | None = None) -> int:
        """Return the status of what somebody asks for."""
        row, ids = self.matrix.rows[operation], ids or self.ids
        method, path = operation.split(" ")
        options: dict[str, Any] = {"follow_redirects": False}
        if isinstance(row.body, bytes):
            options |= {"content": row.body, "params": {"name": f"{role}.txt"}}
        elif row.body is not None:
            options["json"] = filled(row.body, ids)
        whole = f"{self.matrix.base}/{filled(path, ids)}".removesuffix("/")
        caller = self.caller(role)
        client: TestClient = caller.client
        return client.request(method, whole, headers=caller.headers, **options).status_code

    def check(self, operation: str, role: str) -> None:
        """Try a cell."""
        status = self.send(operation, role)
        row = self.matrix.rows[operation]
        wanted = row.refusal(role) or "done"
        assert row.fits(role, status), f"{operation} by {role}: {status} instead of {wanted}"


def filled(value: Any, ids: Ids) -> Any:
    """Return a body or a path with the ids in their places."""
    if isinstance(value, dict):
        return {name: filled(each, ids) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, ids) for each in value]
    if isinstance(value, str):
        for name, each in ids.items():
            value = value.replace("{" + name + "}", each)
    return value
