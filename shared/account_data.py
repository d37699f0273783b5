"""What a service keeps of somebody's account: changed with it, taken along, and taken out.

Each service that hears accounts has a port People with this in it, so that whoever leaves is
answered alike everywhere.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, Protocol
from uuid import UUID

from shared.clock import Clock
from shared.errors import Transient
from shared.messages.accounts import PersonChanged
from shared.messages.base import Event
from shared.messages.companies import CompanyRenamed
from shared.messages.deletion import (
    DeletionAsked,
    ExportView,
    MoneyLookedThrough,
    PersonDeleted,
    PostsLookedThrough,
    WorkLookedThrough,
)
from shared.people import Person

# What stands where the name of somebody stood who has left.
FORMER: Final = "退会した利用者"
# Later than any change that accounts counts: of who has left nothing new is told.
FOR_GOOD: Final = 2**31 - 1


LookedThrough = PostsLookedThrough | WorkLookedThrough | MoneyLookedThrough


class AccountData(Protocol):
    """What is kept of people and companies here."""

    def rename(self, account_id: UUID, name: str, email: str, change: int) -> bool:
        """Keep name and address, unless a later change is known; False while nobody is known."""
        ...

    def open_of(self, account_ids: Collection[UUID]) -> Sequence[str]:
        """Return what of theirs is open, as codes."""
        ...

    def all_of(self, person_id: UUID) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return all that is kept of somebody, by what it is."""
        ...

    def forget(self, account_ids: Collection[UUID]) -> None:
        """Take out what need not be kept."""
        ...


class Work(Protocol):
    """What the functions here need of a transaction."""

    @property
    def people(self) -> AccountData:
        """The people, and what is kept of them."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...


class Outbox(Protocol):
    """What the others are told."""

    def emit(self, event: Event, /, *, subject: UUID) -> None:
        """Tell of an event about the subject, once this transaction is committed."""
        ...


class TellingWork(Work, Protocol):
    """The same of a service that tells of what it has open."""

    @property
    def outbox(self) -> Outbox:
        """What the others are told."""
        ...


def follow_person(changed: PersonChanged, work: Work) -> None:
    """Keep the new name and address; raise Transient while nobody has told of the person."""
    _rename(changed.person_id, changed.display_name, changed.email, changed.change, work)


def follow_company(renamed: CompanyRenamed, work: Work) -> None:
    """Keep the new name and address; raise Transient while nobody has told of the company."""
    _rename(renamed.company_id, renamed.name, renamed.email, renamed.change, work)


def look_through(asked: DeletionAsked, work: Work) -> tuple[str, ...]:
    """Return what is open of whoever wants to leave, and of companies that would go with them."""
    return tuple(work.people.open_of({asked.person_id, *asked.companies}))


def answer(asked: DeletionAsked, looked_through: type[LookedThrough], work: TellingWork) -> None:
    """Tell accounts, by the service's own event, what is open of whoever wants to leave."""
    reasons = look_through(asked, work)
    looked = looked_through(person_id=asked.person_id, round=asked.round, reasons=reasons)
    work.outbox.emit(looked, subject=asked.person_id)


def forget(deleted: PersonDeleted, work: Work) -> None:
    """Take out what need not be kept."""
    work.people.forget({deleted.person_id, *deleted.companies})


def export(service: str, by: Person, work: Work) -> ExportView:
    """Return all that the service keeps of whoever asks."""
    data = {
        name: [dict(each) for each in rows]
        for name, rows in work.people.all_of(by.person_id).items()
    }
    return ExportView(service=service, person_id=by.person_id, made_at=work.clock.now(), data=data)


def _rename(account_id: UUID, name: str, email: str, change: int, work: Work) -> None:
    if not work.people.rename(account_id, name, email, change):
        raise Transient(
            "person_not_known_yet", "accounts has not told this name yet.", person_id=account_id
        )
