"""Telling people what has happened."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from services.notify.domain.companies import Membership, concerned
from services.notify.domain.letters import Addressee, Notification
from services.notify.domain.tellings import told
from services.notify.ports import Work
from shared.errors import Transient
from shared.ids import new_id
from shared.messages.base import Event


def tell(happened: Sequence[Event], work: Work) -> None:
    """Write to everybody concerned; the mail goes out right after the commit.

    What concerns a company is told to those members whose part it is (domain/companies.py). Raises
    Transient while we haven't heard of one of them: accounts' events may come later.
    """
    tellings = [_Telling(event, *row) for event in happened for row in told(event)]
    accounts = _known({each.account_id for each in tellings}, work)
    companies = {each.person_id for each in accounts.values() if each.is_company}
    members = _members(companies, work)
    people = accounts | _known({each.person_id for each in members if each.member}, work)
    notifications = []
    for telling in tellings:
        account = accounts[telling.account_id]
        acting = concerned(telling.event, account.person_id, members) if account.is_company else []
        if not acting:
            notifications.append(_notification(telling, account, "", work))
        for person_id in acting:
            letter = _notification(telling, people[person_id], account.display_name, work)
            notifications.append(letter)
    work.notifications.add(notifications)


class _Telling(NamedTuple):
    event: Event
    account_id: UUID
    template: str


def _notification(telling: _Telling, to: Addressee, company: str, work: Work) -> Notification:
    return Notification(
        notification_id=new_id(),
        person_id=to.person_id,
        what=telling.event.event_name,
        letter=work.letters.write(telling.template, to, telling.event, company),
        told_at=work.clock.now(),
    )


def _known(ids: Collection[UUID], work: Work) -> dict[UUID, Addressee]:
    found = dict(work.people.find(ids))
    _must_be_known(set(ids) - found.keys())
    return found


def _members(company_ids: Collection[UUID], work: Work) -> Sequence[Membership]:
    members = work.companies.members(company_ids) if company_ids else ()
    # A company always has a member: its founder, at first.
    _must_be_known(set(company_ids) - {each.company_id for each in members})
    return members


def _must_be_known(unknown: Collection[UUID]) -> None:
    if unknown:
        raise Transient(
            "person_not_known_yet",
            "accounts has not told us of this person yet.",
            person_ids=sorted(map(str, unknown)),
        )
