"""Who is told on LINE, and what is to be pushed there, in PostgreSQL."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.notify.adapters.claiming import FAILED, PENDING, SENT, claimed
from services.notify.adapters.tables import line_codes, line_links, notifications, pushes
from services.notify.domain.letters import ClaimedPush, Letter, Push
from shared.clock import Clock


@dataclass(frozen=True)
class SqlLine:
    """Implements the port Line. Codes are kept as digests only."""

    connection: Connection
    clock: Clock

    def linked(self, person_ids: Collection[UUID]) -> Mapping[UUID, datetime]:
        """Return since when those of them are linked who are."""
        query = select(line_links).where(line_links.c.person_id.in_(person_ids))
        return {row.person_id: row.linked_at for row in self.connection.execute(query)}

    def offer(self, person_id: UUID, code: str, expires_at: datetime) -> None:
        """Keep a code, in place of the person's one before."""
        row = {"person_id": person_id, "digest": _digest(code), "expires_at": expires_at}
        new = insert(line_codes).values(row)
        self.connection.execute(
            new.on_conflict_do_update(
                index_elements=[line_codes.c.person_id],
                set_={name: new.excluded[name] for name in ("digest", "expires_at")},
            )
        )

    def redeem(self, code: str, line_user_id: str) -> UUID | None:
        """Link whoever was given this code and return them; None: it is no code that holds."""
        used = (
            line_codes.delete()
            .where(line_codes.c.digest == _digest(code))
            .returning(line_codes.c.person_id, line_codes.c.expires_at)
        )
        found = self.connection.execute(used).first()
        now = self.clock.now()
        if found is None or found.expires_at <= now:
            return None
        # One user of LINE is one person here: who has another account now is told of that one.
        self.unlink_user(line_user_id)
        self.unlink(found.person_id)
        row = {"person_id": found.person_id, "line_user_id": line_user_id, "linked_at": now}
        self.connection.execute(line_links.insert().values(row))
        person_id: UUID = found.person_id
        return person_id

    def unlink(self, person_id: UUID) -> None:
        """Forget the person's link, and what waits to be pushed."""
        waiting = pushes.delete().where(pushes.c.person_id == person_id, pushes.c.status == PENDING)
        self.connection.execute(waiting)
        self.connection.execute(line_links.delete().where(line_links.c.person_id == person_id))

    def unlink_user(self, line_user_id: str) -> None:
        """Forget the link of this user of LINE's."""
        query = select(line_links.c.person_id).where(line_links.c.line_user_id == line_user_id)
        for person_id in self.connection.execute(query).scalars().all():
            self.unlink(person_id)


@dataclass(frozen=True)
class SqlPushes:
    """Implements the port Pushes."""

    connection: Connection
    clock: Clock

    def add(self, new: Sequence[Push]) -> None:
        """Keep them, each until it is due."""
        rows = [
            {
                "push_id": each.push_id,
                "notification_id": each.notification_id,
                "person_id": each.person_id,
                "status": PENDING,
                "attempts": 0,
                "next_attempt_at": each.send_at,
            }
            for each in new
        ]
        if rows:
            self.connection.execute(pushes.insert(), rows)

    def claim(self, until: datetime, limit: int) -> list[ClaimedPush]:
        """Take some that are due; nobody else gets them before `until`. Oldest first."""
        taken = claimed(pushes, until, limit, self.clock.now())
        query = (
            select(taken, line_links.c.line_user_id, notifications)
            .select_from(taken)
            .join(line_links, line_links.c.person_id == taken.c.person_id)
            .join(notifications, notifications.c.notification_id == taken.c.notification_id)
            .order_by(taken.c.push_id)
        )
        return [
            ClaimedPush(
                row.push_id,
                row.line_user_id,
                Letter(row.subject, row.body, row.text, row.link),
                row.told_at,
                row.attempts,
            )
            for row in self.connection.execute(query)
        ]

    def note_sent(self, push_id: UUID) -> None:
        """Write down that LINE has taken it."""
        self._note(push_id, status=SENT, sent_at=self.clock.now(), next_attempt_at=None)

    def note_failed(self, push_id: UUID, error: str, again_at: datetime | None) -> None:
        """Write down why it was not pushed, and when it is tried again; None: never."""
        status = PENDING if again_at else FAILED
        self._note(push_id, status=status, last_error=error, next_attempt_at=again_at)

    def _note(self, push_id: UUID, **values: object) -> None:
        # What LINE has taken stays so, though somebody whose lease had run out failed with it.
        self.connection.execute(
            pushes.update()
            .where(pushes.c.push_id == push_id, pushes.c.status == PENDING)
            .values(**values)
        )


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
