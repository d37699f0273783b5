"""What notify does, one function per message. The edge commits."""

import logging
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from services.notify.domain.companies import Membership, concerned
from services.notify.domain.letters import Addressee, Notification, next_attempt_at
from services.notify.domain.tellings import told
from services.notify.ports import Outcome, Transactions, Work
from shared.errors import Transient
from shared.ids import new_id
from shared.messages.accounts import PersonRegistered
from shared.messages.base import Event
from shared.messages.companies import CompanyFounded, MembershipChanged
from shared.messages.notify import NotificationView
from shared.people import Person

logger = logging.getLogger(__name__)

MAILS_AT_ONCE = 20
# How long nobody else takes the mail that we are sending. Once half of it is over we stop, so that
# the mail in hand is sent before somebody else may take it.
LEASE = timedelta(minutes=2)


def remember_people(registered: Sequence[PersonRegistered], work: Work) -> None:
    """Keep our own copy of name, address and language."""
    work.people.remember(
        [
            Addressee(person.person_id, person.email, person.display_name, person.locale)
            for person in registered
        ]
    )


def remember_companies(founded: Sequence[CompanyFounded], work: Work) -> None:
    """Keep a company's name, address and language, as a person's."""
    work.people.remember(
        [
            Addressee(each.company_id, each.email, each.name, each.locale, is_company=True)
            for each in founded
        ]
    )


def follow_members(changed: Sequence[MembershipChanged], work: Work) -> None:
    """Keep our own copy of who is in a company with which rights; tell whom it is about."""
    work.companies.follow(
        [
            Membership(each.company_id, each.person_id, each.member, each.rights, each.change)
            for each in changed
        ]
    )
    tell(changed, work)


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


def send_due_mail(transactions: Transactions) -> None:
    """Send what is due, until nothing is.

    Claimed in one transaction, sent outside of any, recorded one by one: a crash repeats at most
    the mail that was in hand, under the Message-ID that it had.
    """
    while True:
        with transactions.begin() as work:
            lease_ends_at = work.clock.now() + LEASE
            mails = work.notifications.claim_mail(lease_ends_at, MAILS_AT_ONCE)
        if not mails:
            return
        for outcome in work.mailer.send(mails):
            with transactions.begin() as recording:
                _record(outcome, recording)
            if recording.clock.now() > lease_ends_at - LEASE / 2:
                return  # a slow server: the rest is tried when the lease is over


def list_notifications(
    by: Person, after: UUID | None, limit: int, work: Work
) -> list[NotificationView]:
    """Return what the person was told, newest first."""
    return work.notifications.newest(by.person_id, after, limit)


def _record(outcome: Outcome, work: Work) -> None:
    mail = outcome.mail
    if outcome.error is None:
        work.notifications.note_sent(mail.notification_id)
        return
    again_at = next_attempt_at(mail.attempt, work.clock.now())
    work.notifications.note_failed(mail.notification_id, outcome.error, again_at)
    logger.log(
        logging.WARNING if again_at else logging.ERROR,
        "mail not sent" if again_at else "mail given up",
        extra={
            "notification_id": mail.notification_id,
            "attempt": mail.attempt,
            "error": outcome.error,
            "again_at": again_at,
        },
    )
