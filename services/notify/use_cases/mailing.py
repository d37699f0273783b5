"""Sending the mail that is due, and forgetting it in time."""

import logging
from datetime import timedelta

from services.notify.domain.letters import Mail, next_attempt_at
from services.notify.ports import Outcome, Transactions, Work

logger = logging.getLogger(__name__)

MAILS_AT_ONCE = 20
# How long nobody else takes the mail that we are sending. Once half of it is over we stop, so that
# the mail in hand is sent before somebody else may take it.
LEASE = timedelta(minutes=2)
# Where mail went is known this long: reports that it came back take days, not months.
KEPT = timedelta(days=30)


def send_due_mail(transactions: Transactions) -> None:
    """Send what is due, until nothing is.

    Claimed in one transaction, sent outside of any, recorded one by one: a crash repeats at most
    the mail that was in hand, under the Message-ID that it had.
    """
    while True:
        with transactions.begin() as work:
            lease_ends_at = work.clock.now() + LEASE
            mails = work.mails.claim(lease_ends_at, MAILS_AT_ONCE)
            in_time = [mail for mail in mails if not _too_late(mail, work)]
        if not mails:
            return
        for outcome in work.mailer.send(in_time):
            with transactions.begin() as recording:
                _record(outcome, recording)
            if recording.clock.now() > lease_ends_at - LEASE / 2:
                return  # a slow server: the rest is tried when the lease is over


def forget_old_mail(work: Work) -> None:
    """Delete the mails of long ago; the inbox stays."""
    work.mails.forget(work.clock.now() - KEPT)


def _too_late(mail: Mail, work: Work) -> bool:
    """Give up a mail whose link doesn't work any more: it would only puzzle its reader."""
    if mail.expires_at is None or work.clock.now() < mail.expires_at:
        return False
    work.mails.note_failed(mail, "expired", None)
    return True


def _record(outcome: Outcome, work: Work) -> None:
    mail = outcome.mail
    if outcome.error is None:
        work.mails.note_sent(mail)
        return
    again_at = next_attempt_at(mail.attempt, work.clock.now())
    work.mails.note_failed(mail, outcome.error, again_at)
    logger.log(
        logging.WARNING if again_at else logging.ERROR,
        "mail not sent" if again_at else "mail given up",
        extra={
            "mail_id": mail.mail_id,
            "attempt": mail.attempt,
            "error": outcome.error,
            "again_at": again_at,
        },
    )
