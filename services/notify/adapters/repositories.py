"""People, and what they were told, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.notify.adapters.tables import (
    addresses,
    line_codes,
    line_links,
    mails,
    memberships,
    notifications,
    people,
    preferences,
    pushes,
)
from services.notify.adapters.tables_webhooks import endpoints
from services.notify.domain.letters import Addressee, Notification
from services.notify.ports import Gathered
from shared.account_data import FOR_GOOD
from shared.clock import Clock
from shared.db import whole_rows
from shared.messages.notify import Kind, NotificationView

_SECRETS: Final = ("secret", "old_secret")
_SHOWN: Final = [notifications.c[name] for name in NotificationView.model_fields]


@dataclass(frozen=True)
class SqlPeople:
    """The people that we have heard of."""

    connection: Connection

    def remember(self, known: Collection[Addressee]) -> None:
        """Keep them, in place of what we knew of them before unless that is newer."""
        # By id: one statement can't touch a row twice, and sorted locks can't form a ring.
        rows: dict[UUID, dict[str, object]] = {}
        for person in sorted(known, key=lambda person: person.change):
            rows[person.person_id] = vars(person)
        new = insert(people).values([rows[person_id] for person_id in sorted(rows)])
        columns = ("email", "display_name", "locale", "is_company", "change")
        self.connection.execute(
            new.on_conflict_do_update(
                index_elements=[people.c.person_id],
                set_={column: new.excluded[column] for column in columns},
                where=people.c.change <= new.excluded.change,
            )
        )

    def find(self, person_ids: Collection[UUID]) -> Mapping[UUID, Addressee]:
        """Return those of them that we know."""
        found = self.connection.execute(people.select().where(people.c.person_id.in_(person_ids)))
        return {row.person_id: Addressee(**row._mapping) for row in found}  # noqa: SLF001 (public)

    def forget(self, person_id: UUID) -> None:
        """Delete all that we keep of somebody; that they are gone is remembered."""
        known = self.find({person_id}).get(person_id)
        if known and known.email:
            email = known.email.lower()
            self.connection.execute(addresses.delete().where(addresses.c.email == email))
            # Letters of the account name their address only.
            theirs = or_(mails.c.person_id == person_id, func.lower(mails.c.email) == email)
            self.connection.execute(mails.delete().where(theirs, mails.c.status != "pending"))
        self.connection.execute(mails.delete().where(mails.c.person_id == person_id))
        for table in (pushes, notifications, preferences, line_links, line_codes):
            self.connection.execute(table.delete().where(table.c.person_id == person_id))
        # The row stays: a company of which nobody is known would wait for somebody for ever.
        left = memberships.update().where(memberships.c.person_id == person_id)
        self.connection.execute(left.values(member=False))
        gone = Addressee(person_id, "", "", "ja", change=FOR_GOOD, gone=True)
        new = insert(people).values(vars(gone))
        self.connection.execute(
            new.on_conflict_do_update(
                index_elements=[people.c.person_id],
                set_={name: new.excluded[name] for name in vars(gone) if name != "person_id"},
            )
        )

    def all_of(self, person_id: UUID) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return all that is kept of somebody, by what it is; no secret, and no code."""
        kept = (people, memberships, notifications, mails, preferences, line_links, pushes)
        found = {
            table.name: whole_rows(
                self.connection, table, table.c.person_id == person_id, but=_SECRETS
            )
            for table in kept
        }
        own = endpoints.c.account_id == person_id
        return found | {"webhooks": whole_rows(self.connection, endpoints, own, but=_SECRETS)}


@dataclass(frozen=True)
class SqlNotifications:
    """What people were told: the inbox."""

    connection: Connection
    clock: Clock

    def add(self, told: Sequence[Notification]) -> set[UUID]:
        """Keep them, but none again of the same event, person and template; return the new ones."""
        if not told:
            return set()
        new = (
            insert(notifications)
            .values([_row(each) for each in told])
            .on_conflict_do_nothing(index_elements=["event_id", "person_id", "template"])
            .returning(notifications.c.notification_id)
        )
        return set(self.connection.execute(new).scalars())

    def newest(
        self, person_id: UUID, after: UUID | None, limit: int, *, unread: bool = False
    ) -> list[NotificationView]:
        """Return what the person was told, newest first, from before the one with id `after`."""
        query = (
            select(*_SHOWN)
            .where(notifications.c.person_id == person_id)
            .order_by(notifications.c.notification_id.desc())
            .limit(limit)
        )
        if after:
            query = query.where(notifications.c.notification_id < after)
        if unread:
            query = query.where(notifications.c.read_at.is_(None))
        return [
            NotificationView.model_validate(row._mapping)  # noqa: SLF001 (public)
            for row in self.connection.execute(query)
        ]

    def since(self, person_id: UUID, last: UUID | None, limit: int) -> list[NotificationView]:
        """Return what the person was told after that one, oldest first; None: only the newest."""
        if last is None:
            return self.newest(person_id, None, 1)
        query = (
            select(*_SHOWN)
            .where(notifications.c.person_id == person_id, notifications.c.notification_id > last)
            .order_by(notifications.c.notification_id)
            .limit(limit)
        )
        return [
            NotificationView.model_validate(row._mapping)  # noqa: SLF001 (public)
            for row in self.connection.execute(query)
        ]

    def find(self, person_id: UUID, notification_id: UUID) -> NotificationView | None:
        """Return one that this person was told."""
        query = select(*_SHOWN).where(
            notifications.c.person_id == person_id,
            notifications.c.notification_id == notification_id,
        )
        row = self.connection.execute(query).first()
        return NotificationView.model_validate(row._mapping) if row else None  # noqa: SLF001

    def unread(self, person_id: UUID) -> int:
        """Return how much the person has not read."""
        query = select(func.count()).where(
            notifications.c.person_id == person_id, notifications.c.read_at.is_(None)
        )
        return self.connection.execute(query).scalar_one()

    def mark_read(self, person_id: UUID, notification_id: UUID) -> None:
        """Write down that the person has read this one."""
        self.connection.execute(
            notifications.update()
            .where(
                notifications.c.person_id == person_id,
                notifications.c.notification_id == notification_id,
                notifications.c.read_at.is_(None),
            )
            .values(read_at=self.clock.now())
        )

    def mark_all_read(self, person_id: UUID, up_to: UUID | None) -> None:
        """Write down that the person has read all, up to and with that one."""
        change = notifications.update().where(
            notifications.c.person_id == person_id, notifications.c.read_at.is_(None)
        )
        if up_to:
            change = change.where(notifications.c.notification_id <= up_to)
        self.connection.execute(change.values(read_at=self.clock.now()))

    def take_gathered(self, person_id: UUID, mail_id: UUID | None = None) -> list[Gathered]:
        """Return what waits for the person's digest, oldest first; it goes by this mail."""
        taken = self.connection.execute(
            notifications.update()
            .where(notifications.c.person_id == person_id, notifications.c.gathered)
            .values(gathered=False, mail_id=mail_id)
            .returning(
                notifications.c.notification_id,
                notifications.c.subject,
                notifications.c.link,
                notifications.c.kind,
            )
        )
        return sorted(
            Gathered(row.notification_id, row.subject, row.link, Kind(row.kind)) for row in taken
        )


def _row(told: Notification) -> dict[str, object]:
    return {
        "notification_id": told.notification_id,
        "person_id": told.person_id,
        "what": told.what,
        "subject": told.letter.subject,
        "body": told.letter.body,
        "told_at": told.told_at,
        "event_id": told.event_id,
        "template": told.template,
        "kind": told.kind,
        "text": told.letter.text,
        "link": told.link,
        "company_id": told.company_id,
        "gathered": told.gathered,
        # A mail of its own has its id.
        "mail_id": told.notification_id,
    }
