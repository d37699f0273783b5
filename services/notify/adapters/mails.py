"""The mail that is to be sent, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Row, func, select

from services.notify.adapters.claiming import FAILED, PENDING, SENT, claimed
from services.notify.adapters.tables import mails, notifications, people
from services.notify.domain.letters import Addressee, Letter, Mail
from shared.clock import Clock
from shared.messages.notify import Kind
from shared.observability.traces import current_traceparent


@dataclass(frozen=True)
class SqlMails:
    """Implements the port Mails."""

    connection: Connection
    clock: Clock

    def add(self, new: Sequence[Mail]) -> None:
        """Keep them, each until it is due."""
        if new:
            self.connection.execute(mails.insert(), [_row(mail) for mail in new])

    def claim(self, until: datetime, limit: int) -> list[Mail]:
        """Take some mail that is due; nobody else gets it before `until`. Oldest first."""
        taken = claimed(mails, until, limit, self.clock.now())
        # A mail goes where its person is reached by now, unless it was meant for one address.
        query = (
            select(
                taken,
                func.coalesce(taken.c.email, people.c.email).label("to_email"),
                func.coalesce(people.c.display_name, "").label("known_name"),
                func.coalesce(taken.c.locale, people.c.locale).label("to_locale"),
            )
            .select_from(taken)
            .outerjoin(people, people.c.person_id == taken.c.person_id)
            .order_by(taken.c.mail_id)
        )
        return [_mail(row) for row in self.connection.execute(query)]

    def note_sent(self, mail: Mail) -> None:
        """Write down that the mail server has taken it, and forget its text."""
        now = self.clock.now()
        self._note(
            mail.mail_id,
            status=SENT,
            sent_at=now,
            next_attempt_at=None,
            email=mail.addressee.email,
            subject=None,
            body=None,
            link="",
        )
        self.connection.execute(
            notifications.update()
            .where(notifications.c.mail_id == mail.mail_id, notifications.c.mailed_at.is_(None))
            .values(mailed_at=now)
        )

    def note_failed(self, mail: Mail, error: str, again_at: datetime | None) -> None:
        """Write down why it was not sent, and when it is tried again; None: never."""
        status = PENDING if again_at else FAILED
        # What can be sent no more is of no use; another letter's text is kept for the operator.
        forgotten = {} if again_at or not mail.secret else {"body": None, "link": ""}
        self._note(
            mail.mail_id, status=status, last_error=error, next_attempt_at=again_at, **forgotten
        )

    def sent_to(self, mail_id: UUID) -> tuple[str, UUID | None] | None:
        """Return where a mail went and whose it was, if there is such a mail."""
        query = select(mails.c.email, mails.c.person_id).where(
            mails.c.mail_id == mail_id, mails.c.status == SENT
        )
        row = self.connection.execute(query).first()
        return (row.email, row.person_id) if row and row.email else None

    def forget(self, before: datetime) -> int:
        """Delete the mails that were done with before then; return how many."""
        old = mails.delete().where(mails.c.told_at < before, mails.c.status != PENDING)
        return self.connection.execute(old).rowcount

    def _note(self, mail_id: UUID, **values: object) -> None:
        # A mail that was sent stays so, though somebody whose lease had run out failed with it.
        self.connection.execute(
            mails.update()
            .where(mails.c.mail_id == mail_id, mails.c.status == PENDING)
            .values(**values)
        )


def _row(mail: Mail) -> dict[str, object]:
    """Return the row of a new mail.

    One with a secret is for its address, whoever is reached there; it names nobody's account, who
    may not be known here yet.
    """
    to = mail.addressee
    return {
        "mail_id": mail.mail_id,
        "status": PENDING,
        "attempts": 0,
        "next_attempt_at": mail.send_at or mail.told_at,
        "person_id": None if mail.secret else to.person_id,
        "email": to.email if mail.secret else None,
        "display_name": to.display_name if mail.secret else "",
        "locale": to.locale if mail.secret else None,
        "subject": mail.letter.subject,
        "body": mail.letter.body,
        "link": mail.letter.link,
        "kinds": [str(kind) for kind in mail.kinds],
        "secret": mail.secret,
        "told_at": mail.told_at,
        "expires_at": mail.expires_at,
        "traceparent": mail.traceparent or current_traceparent(),
    }


def _mail(row: Row) -> Mail:  # type: ignore[type-arg]  # its columns are those of the query
    name = row.display_name or row.known_name
    return Mail(
        mail_id=row.mail_id,
        addressee=Addressee(row.person_id or row.mail_id, row.to_email, name, row.to_locale),
        letter=Letter(row.subject, row.body, link=row.link),
        told_at=row.told_at,
        attempt=row.attempts,
        kinds=tuple(Kind(kind) for kind in row.kinds),
        secret=row.secret,
        expires_at=row.expires_at,
        traceparent=row.traceparent,
    )
