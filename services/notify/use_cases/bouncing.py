"""Mail that came back."""

import hmac
import logging

from services.notify.domain.bounces import Meaning, Report, reports
from services.notify.domain.own import AddressRefused
from services.notify.ports import Work
from services.notify.use_cases.telling import tell
from shared.errors import NotAuthenticated
from shared.messages.notify import BounceView

logger = logging.getLogger(__name__)


def take_report(source: bytes, secret: str, work: Work) -> BounceView:
    """Do what a mail server's report is about, when it is about a mail of ours.

    An address that is gone is mailed no more, and its person finds that in the inbox. Raises
    NotAuthenticated (`bounce_secret_wrong`) unless it comes from our relay.
    """
    ours = work.bounce_secret
    if not ours or not hmac.compare_digest(ours.encode(), secret.encode()):
        raise NotAuthenticated("bounce_secret_wrong", "Send the Bounce-Secret of this market.")
    outcomes = [_take(report, work) for report in reports(source)]
    for outcome in ("stopped", "counted"):
        if outcome in outcomes:
            return BounceView(outcome=outcome)
    return BounceView(outcome="ignored")


def _take(report: Report, work: Work) -> str:
    sent = work.mails.sent_to(report.mail_id)
    # A report says who it is about; that we mailed there is what we know ourselves.
    if sent is None or sent[0].lower() != report.recipient or report.meaning is Meaning.NONE:
        return "ignored"
    address, person_id = sent
    logger.warning("mail came back", extra={"mail_id": report.mail_id, "status": report.status})
    if report.meaning is Meaning.PASSING:
        work.addresses.count(address, report.status)
        return "counted"
    new = work.addresses.stop(address, report.status)
    to = work.people.find({person_id}).get(person_id) if person_id else None
    if new and to and to.email.lower() == address.lower():
        now = work.clock.now()
        told = AddressRefused(person_id=to.person_id, email=address, refused_at=now)
        tell([told], work)
    return "stopped"
