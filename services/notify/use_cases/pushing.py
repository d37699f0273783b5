"""Pushing to LINE what is due there, and linking people with it."""

import logging
import secrets
from datetime import timedelta

from services.notify.domain.letters import LAST_PUSH_AFTER, next_attempt_at
from services.notify.domain.line import Left, happened
from services.notify.domain.own import LineLinked
from services.notify.ports import PushOutcome, Transactions, Work
from services.notify.use_cases.choosing import show_preferences
from services.notify.use_cases.telling import tell
from shared.errors import NotAuthenticated, Rejected
from shared.messages.notify import LineCodeView, PreferencesView
from shared.people import Person

logger = logging.getLogger(__name__)

PUSHES_AT_ONCE = 20
LEASE = timedelta(minutes=2)
CODE_HOLDS = timedelta(minutes=15)
# No letters and digits that are taken for one another: the code is typed on a phone.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 10


def send_due_pushes(transactions: Transactions) -> None:
    """Push what is due, until nothing is: as mail is sent, and once, by LINE's retry key."""
    while True:
        with transactions.begin() as work:
            if not work.pusher.available:
                return
            lease_ends_at = work.clock.now() + LEASE
            pushes = work.pushes.claim(lease_ends_at, PUSHES_AT_ONCE)
        if not pushes:
            return
        for outcome in work.pusher.send(pushes):
            with transactions.begin() as recording:
                _record(outcome, recording)
            if recording.clock.now() > lease_ends_at - LEASE / 2:
                return


def offer_line_code(by: Person, work: Work) -> LineCodeView:
    """Return a code that, sent to our account on LINE, links the person with it."""
    if not work.pusher.available:
        raise Rejected("line_not_available", "This market does not use LINE. Choose e-mail.")
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    expires_at = work.clock.now() + CODE_HOLDS
    work.line.offer(by.person_id, code, expires_at)
    return LineCodeView(code=code, expires_at=expires_at)


def unlink_line(by: Person, work: Work) -> PreferencesView:
    """Push nothing to LINE any more."""
    work.line.unlink(by.person_id)
    return show_preferences(by, work)


def hear_line(body: bytes, signature: str, work: Work) -> None:
    """Do what LINE tells: link whoever sends a code, forget whoever has left us there."""
    if not work.pusher.is_genuine(body, signature):
        raise NotAuthenticated("signature_wrong", "This was not sent by LINE, or not to us.")
    for each in happened(body):
        if isinstance(each, Left):
            work.line.unlink_user(each.line_user_id)
            continue
        code = each.text.strip().upper()
        if person_id := work.line.redeem(code, each.line_user_id):
            linked = LineLinked(person_id=person_id, linked_at=work.clock.now())
            tell([linked], work)


def _record(outcome: PushOutcome, work: Work) -> None:
    push = outcome.push
    if outcome.error is None:
        work.pushes.note_sent(push.push_id)
        return
    now = work.clock.now()
    again_at = next_attempt_at(push.attempt, now) if outcome.again else None
    if again_at and again_at > push.told_at + LAST_PUSH_AFTER:
        again_at = None
    work.pushes.note_failed(push.push_id, outcome.error, again_at)
    logger.log(
        logging.WARNING if again_at else logging.ERROR,
        "push not sent" if again_at else "push given up",
        extra={
            "push_id": push.push_id,
            "attempt": push.attempt,
            "error": outcome.error,
            "again_at": again_at,
        },
    )
