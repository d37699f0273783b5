"""People, notifications and mail in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.notify.adapters.tables import mails, notifications, people
from services.notify.domain.letters import Addressee, Letter, Mail, Notification
from shared.clock import Clock
from shared.messages.notify import NotificationView

PENDING, SENT, FAILED = "pending", "sent", "failed"


@dataclass(frozen=True)
class SqlPeople:
    """The people that we have heard of."""

    connection: Connection

    def remember(self, known: Collection[Addressee]) -> None:
        """Keep them, in place of what we knew of them before."""
        # By id: one statement can't touch a row twice, and sorted locks can't form a ring.
        rows = {person.person_id: vars(person) for person in known}
        new = insert(people).values([rows[person_id] for person_id in sorted(rows)])
        columns = ("email", "display_name", "locale")
        self.connection.execute(
            new.on_conflict_do_update(
                index_elements=[people.c.person_id],
                set_={column: new.excluded[column] for column in columns},
            )
        )

    def find(self, person_ids: Collection[UUID]) -> Mapping[UUID, Addressee]:
        """Return those of them that we know."""
        found = self.connection.execute(people.select().where(people.c.person_id.in_(person_ids)))
        return {row.person_id: Addressee(**row._mapping) for row in found}  # noqa: SLF001 (public)


@dataclass(frozen=True)
class SqlNotifications:
    """What people were told, and the mail that is still to tell them."""

    connection: Connection
    clock: Clock

    def add(self, told: Sequence[Notification]) -> None:
        """Keep them, each with its mail to be sent at once."""
        if not told:
            return
        self.connection.execute(
            notifications.insert(),
            [
                {
                    "notification_id": each.notification_id,
                    "person_id": each.person_id,
                    "what": each.what,
                    "subject": each.letter.subject,
                    "body": each.letter.body,
                    "told_at": each.told_at,
                }
                for each in told
            ],
        )
        self.connection.execute(
            mails.insert(),
            [
                {
                    "notification_id": each.notification_id,
                    "status": PENDING,
                    "attempts": 0,
                    "next_attempt_at": each.told_at,
                }
                for each in told
            ],
        )

    def newest(self, person_id: UUID, after: UUID | None, limit: int) -> list[NotificationView]:
        """Return what the person was told, newest first, from before the one with id `after`."""
        query = (
            select(notifications, mails.c.sent_at.label("mailed_at"))
            .join_from(notifications, mails)
            .where(notifications.c.person_id == person_id)
            .order_by(notifications.c.notification_id.desc())
            .limit(limit)
        )
        if after:
            query = query.where(notifications.c.notification_id < after)
        return [
            NotificationView.model_validate(row._mapping)  # noqa: SLF001 (public)
            for row in self.connection.execute(query)
        ]

    def claim_mail(self, until: datetime, limit: int) -> list[Mail]:
        """Take some mail that is due; nobody else gets it before `until`. Oldest first."""
        due = (
            select(mails.c.notification_id)
            .where(mails.c.status == PENDING, mails.c.next_attempt_at <= self.clock.now())
            .order_by(mails.c.next_attempt_at, mails.c.notification_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claimed = (
            mails.update()
            .where(mails.c.notification_id.in_(due))
            .values(attempts=mails.c.attempts + 1, next_attempt_at=until)
            .returning(mails.c.notification_id, mails.c.attempts)
            .cte("claimed")
        )
        query = (
            select(claimed.c.attempts, notifications, people)
            .select_from(claimed)
            .join(notifications, notifications.c.notification_id == claimed.c.notification_id)
            .join(people, people.c.person_id == notifications.c.person_id)
            .order_by(notifications.c.notification_id)
        )
        return [
            Mail(
                notification_id=row.notification_id,
                addressee=Addressee(row.person_id, row.email, row.display_name, row.locale),
                letter=Letter(row.subject, row.body),
                told_at=row.told_at,
                attempt=row.attempts,
            )
            for row in self.connection.execute(query)
        ]

    def note_sent(self, notification_id: UUID) -> None:
        """Write down that the mail server has taken it."""
        self._note(notification_id, status=SENT, sent_at=self.clock.now(), next_attempt_at=None)

    def note_failed(self, notification_id: UUID, error: str, again_at: datetime | None) -> None:
        """Write down why it was not sent, and when it is tried again; None: never."""
        status = PENDING if again_at else FAILED
        self._note(notification_id, status=status, last_error=error, next_attempt_at=again_at)

    def _note(self, notification_id: UUID, **values: object) -> None:
        # A mail that was sent stays so, though somebody whose lease had run out failed with it.
        self.connection.execute(
            mails.update()
            .where(mails.c.notification_id == notification_id, mails.c.status == PENDING)
            .values(**values)
        )
