"""Gathering into one mail what people want to be told of at once."""

from dataclasses import replace

from services.notify.domain.letters import Mail
from services.notify.domain.preferences import Preferences, next_digest
from services.notify.ports import Transactions, Work
from shared.ids import new_id

DIGESTS_AT_ONCE = 20


def send_digests(transactions: Transactions) -> None:
    """Write the digests that are due, until none is; their mail goes out as any."""
    while True:
        with transactions.begin() as work:
            due = work.choices.claim_digests(DIGESTS_AT_ONCE)
            for each in due:
                _write(each, work)
        if not due:
            return


def _write(chosen: Preferences, work: Work) -> None:
    now = work.clock.now()
    next_at = next_digest(chosen.digest, now)
    work.choices.save(replace(chosen, next_digest_at=next_at))
    to = work.people.find({chosen.person_id}).get(chosen.person_id)
    mail_id = new_id()
    gathered = work.notifications.take_gathered(chosen.person_id, mail_id)
    if not gathered or to is None or work.addresses.stopped({to.email}):
        return
    letter = work.letters.digest(to, gathered)
    kinds = tuple(sorted({each.kind for each in gathered}))
    work.mails.add([Mail(mail_id, to, letter, now, kinds=kinds)])
