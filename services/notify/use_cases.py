"""What notify does, one function per message. The edge commits."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.notify.domain.letters import Addressee, Notification, next_attempt_at
from services.notify.domain.tellings import told
from services.notify.ports import Outcome, Transactions, Work
from shared.errors import Transient
from shared.ids import new_id
from shared.messages.accounts import PersonRegistered
from shared.messages.base import Event
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


def tell(happened: Sequence[Event], work: Work) -> None:
    """Write to everybody concerned; the mail goes out right after the commit.

    Raises Transient while we haven't heard of one of them: accounts' events may come later.
    """
    letters = [(event, *row) for event in happened for row in told(event)]
    people = work.people.find({person_id for _, person_id, _ in letters})
    if unknown := {person_id for _, person_id, _ in letters} - set(people):
        raise Transient(
            "person_not_known_yet",
            "accounts has not told us of this person yet.",
            person_ids=sorted(map(str, unknown)),
        )
    work.notifications.add(
        [
            Notification(
                notification_id=new_id(),
                person_id=person_id,
                what=event.event_name,
                letter=work.letters.write(template, people[person_id], event),
                told_at=work.clock.now(),
            )
            for event, person_id, template in letters
        ]
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
