"""Who of a company's members is told of what concerns the company.

One table: of events of this service, or of this event, members who have one of these rights. Where
nobody has any of them, the company itself is told, at its own address.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.messages.amendments import TermsAmended
from shared.messages.base import Event
from shared.messages.contracts import ContractAgreed, HoldNear
from shared.messages.program_people import ApplicationMade
from shared.messages.retainers import PeriodReady, RetainerEnding, RetainerStopped
from shared.people import Right

_POST, _FUND, _ACCEPT, _MONEY = Right.POST, Right.FUND, Right.ACCEPT, Right.SEE_MONEY
OF_SERVICE: Final[Mapping[str, frozenset[Right]]] = {
    "jobs": frozenset({_POST}),
    "contracts": frozenset({_ACCEPT}),
    "payments": frozenset({_FUND, _MONEY}),
    "programs": frozenset({_POST}),
    "notify": frozenset({_POST}),
}
# What others have to act on than those of the service.
OF_EVENT: Final[Mapping[type[Event], frozenset[Right]]] = {
    ContractAgreed: frozenset({_POST, _FUND, _ACCEPT}),
    TermsAmended: frozenset({_FUND, _ACCEPT}),
    HoldNear: frozenset({_ACCEPT, _FUND, _MONEY}),
    PeriodReady: frozenset({_FUND, _ACCEPT}),
    RetainerStopped: frozenset({_FUND, _ACCEPT}),
    RetainerEnding: frozenset({_POST, _FUND, _ACCEPT}),
    # Who decides on it.
    ApplicationMade: frozenset({_ACCEPT}),
}


@dataclass(frozen=True)
class Membership:
    """A person in a company as accounts last told; `change` counts what has changed of it."""

    company_id: UUID
    person_id: UUID
    member: bool
    rights: frozenset[Right]
    change: int


def concerned(happened: Event, company_id: UUID, members: Iterable[Membership]) -> list[UUID]:
    """Return those of a company's members who are told of this event."""
    rights = OF_EVENT.get(type(happened)) or OF_SERVICE[happened.service]
    return [
        each.person_id
        for each in members
        if each.company_id == company_id and each.member and each.rights & rights
    ]
