"""What the operator's pages have in common: names of people, and where they lead."""

from collections.abc import Awaitable, Iterable
from http import HTTPStatus
from typing import Any, TypeVar, cast
from uuid import UUID

from services.web.backend import Refused, Unreachable
from services.web.routing import Visit
from shared.messages.operations import ApprovalView
from shared.messages.suspensions import PersonNames

T = TypeVar("T")

MOST_NAMES = 100
SERVICES = ("accounts", "jobs", "contracts", "payments", "programs", "notify")
# Where money waits for a second operator.
WITH_APPROVALS = ("contracts", "payments")


class Names:
    """How people and companies are called; by the start of their id where nobody says so."""

    def __init__(self, names: dict[UUID, str]) -> None:
        self._names = names

    def __call__(self, account_id: UUID | None) -> str:
        """Return the name; nothing for nobody."""
        if account_id is None:
            return ""
        return self._names.get(account_id, f"{str(account_id)[:8]}…")


async def names_of(visit: Visit, account_ids: Iterable[UUID | None]) -> Names:
    """Ask how these people and companies are called; without accounts, they are shown by ids."""
    wanted = sorted({each for each in account_ids if each is not None})[:MOST_NAMES]
    if not wanted:
        return Names({})
    asked = visit.get("accounts", "/operations/names", PersonNames, account_id=wanted)
    found = await or_away(asked)
    return Names(dict(found.names) if found else {})


async def or_away(asked: Awaitable[T]) -> T | None:
    """Return what was asked for, or None when the service, or what it needs, is away."""
    try:
        return await asked
    except Unreachable:
        return None
    except Refused as refused:
        if refused.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        return None


def or_approval(view: Any) -> type[Any]:
    """Return the type of an answer that may be that a second operator has to approve first."""
    return cast("type[Any]", view | ApprovalView)


def whose(visit: Visit, name: str = "service") -> str:
    """Return the service that the page is about; the first of them unless it is said."""
    asked = visit.query.get(name, "")
    return asked if asked in SERVICES else SERVICES[0]
