"""What operators see of people, and how they keep somebody out, or let them in again."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.accounts.domain.session import Ending
from services.accounts.domain.suspension import Suspension
from services.accounts.ports import Work
from services.accounts.use_cases.companies import list_companies
from services.accounts.use_cases.sessions import end_all
from shared.errors import NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.suspensions import (
    FoundPerson,
    OpenSession,
    PersonCase,
    PersonNames,
    PersonReinstated,
    PersonSuspended,
    ReinstatePerson,
    SuspendPerson,
    SuspensionView,
)
from shared.people import Person


def find_people(
    wanted: str, by: Person, work: Work, *, after: UUID | None, limit: int
) -> Sequence[FoundPerson]:
    """Return people by a part of name or address, or by id, newest first (an operator)."""
    by.must_be(Role.OPERATOR)
    return work.suspensions.find(wanted.strip(), after=after, limit=limit)


def names_of(account_ids: Collection[UUID], by: Person, work: Work) -> PersonNames:
    """Return how people and companies are called (an operator)."""
    by.must_be(Role.OPERATOR)
    return PersonNames(names=work.suspensions.names(account_ids))


def show_case(person_id: UUID, by: Person, work: Work) -> PersonCase:
    """Return all that accounts knows of somebody (an operator); raise NotFound."""
    by.must_be(Role.OPERATOR)
    return _case(person_id, work)


def suspend(person_id: UUID, command: SuspendPerson, by: Person, work: Work) -> PersonCase:
    """Keep somebody out (an operator): all their sessions end, and they can't sign in.

    What they agreed to goes on without them, by its clocks. Raises NotAllowed (`own_account`),
    NotFound (`person_not_found`), Rejected (`already_suspended`).
    """
    by.must_be(Role.OPERATOR)
    if person_id == by.person_id:
        raise NotAllowed("own_suspension", "Have another operator do this.")
    _lock(person_id, work)
    if work.suspensions.holding(person_id):
        raise Rejected("already_suspended", "This person is suspended already.")
    now = work.clock.now()
    work.suspensions.add(Suspension(new_id(), person_id, command.reason, by.person_id, now))
    end_all(person_id, Ending.SUSPENDED, work)
    work.outbox.emit(PersonSuspended(person_id=person_id), subject=person_id)
    return _case(person_id, work)


def reinstate(person_id: UUID, command: ReinstatePerson, by: Person, work: Work) -> PersonCase:
    """Let somebody in again (an operator).

    Raises NotFound (`person_not_found`), Rejected (`not_suspended`).
    """
    by.must_be(Role.OPERATOR)
    _lock(person_id, work)
    suspension = work.suspensions.holding(person_id)
    if suspension is None:
        raise Rejected("not_suspended", "This person is not suspended.")
    now = work.clock.now()
    work.suspensions.keep(suspension.lifted(command.reason, by.person_id, now))
    work.outbox.emit(PersonReinstated(person_id=person_id), subject=person_id)
    return _case(person_id, work)


def _lock(person_id: UUID, work: Work) -> None:
    if work.people.lock(person_id) is None:
        raise _no_such_person()


def _case(person_id: UUID, work: Work) -> PersonCase:
    found = work.suspensions.person(person_id)
    if found is None:
        raise _no_such_person()
    of_person = Person(person_id, frozenset())
    return PersonCase(
        **found.model_dump(),
        companies=tuple(list_companies(of_person, work)),
        second_factors=tuple(sorted(work.factors.of_person(person_id).kinds)),
        sessions=tuple(
            OpenSession(
                device=each.device,
                signed_in_at=each.signed_in_at,
                last_seen_at=each.last_seen_at,
            )
            for each in work.sessions.of_person(person_id, work.clock.now())
        ),
        suspensions=tuple(map(_view, work.suspensions.of_person(person_id))),
    )


def _view(suspension: Suspension) -> SuspensionView:
    return SuspensionView(
        reason=suspension.reason,
        suspended_by=suspension.suspended_by,
        suspended_at=suspension.suspended_at,
        reinstated_by=suspension.reinstated_by,
        reinstated_at=suspension.reinstated_at,
        reinstated_because=suspension.reinstated_because,
    )


def _no_such_person() -> NotFound:
    return NotFound("person_not_found", "There is no such person.")
