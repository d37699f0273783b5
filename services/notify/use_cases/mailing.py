"""Sending the mail that is due."""

import logging
from datetime import timedelta

from services.notify.domain.letters import next_attempt_at
from services.notify.ports import Outcome, Transactions, Work

logger = logging.getLogger(__name__)

MAILS_AT_ONCE = 20
# How long nobody else takes the mail that we are sending. Once half of it is over we stop, so that
# the mail in hand is sent before somebody else may take it.
LEASE = timedelta(minutes=2)


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
