"""How people want to be told, and where mail does not arrive, in PostgreSQL."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert

from services.notify.adapters.tables import addresses, preferences
from services.notify.domain.preferences import Preferences
from services.notify.ports import Address
from shared.clock import Clock
from shared.messages.notify import Channel, Digest, Kind, QuietHours, Rhythm


@dataclass(frozen=True)
class SqlChoices:
    """Implements the port Choices."""

    connection: Connection
    clock: Clock

    def of(self, person_ids: Collection[UUID]) -> Mapping[UUID, Preferences]:
        """Return what those of them have chosen who have chosen anything."""
        query = select(preferences).where(preferences.c.person_id.in_(person_ids))
        return {row.person_id: _read(row) for row in self.connection.execute(query)}

    def lock(self, person_id: UUID) -> Preferences:
        """Return what somebody has chosen, and keep others from changing it meanwhile."""
        # A row to lock, also for who has never chosen: two first choices must not undo each other.
        fresh = _row(Preferences(person_id)) | {"changed_at": self.clock.now()}
        self.connection.execute(insert(preferences).values(fresh).on_conflict_do_nothing())
        mine = select(preferences).where(preferences.c.person_id == person_id).with_for_update()
        return _read(self.connection.execute(mine).one())

    def save(self, chosen: Preferences) -> None:
        """Keep what somebody has chosen."""
        row = _row(chosen)
        self.connection.execute(
            preferences.update().where(preferences.c.person_id == chosen.person_id).values(row)
        )

    def claim_digests(self, limit: int) -> list[Preferences]:
        """Return some of those whose digest is due, locked."""
        due = (
            select(preferences)
            .where(preferences.c.next_digest_at <= self.clock.now())
            .order_by(preferences.c.next_digest_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [_read(row) for row in self.connection.execute(due)]


@dataclass(frozen=True)
class SqlAddresses:
    """Implements the port Addresses. An address is known by its small letters."""

    connection: Connection
    clock: Clock

    def stopped(self, emails: Collection[str]) -> frozenset[str]:
        """Return those of them to which nothing is mailed any more, in small letters."""
        query = select(addresses.c.email).where(
            addresses.c.email.in_({email.lower() for email in emails}),
            addresses.c.stopped_at.isnot(None),
        )
        return frozenset(self.connection.execute(query).scalars())

    def find(self, email: str) -> Address:
        """Return what we know of an address: nothing bad, when we know nothing."""
        query = select(addresses).where(addresses.c.email == email.lower())
        row = self.connection.execute(query).first()
        return Address(**row._mapping) if row else Address(email)  # noqa: SLF001 (public)

    def stop(self, email: str, reason: str) -> bool:
        """Mail there no more; return whether that is new."""
        now = self.clock.now()
        new = insert(addresses).values(
            email=email.lower(), stopped_at=now, reason=reason, returned=0
        )
        stopped = new.on_conflict_do_update(
            index_elements=[addresses.c.email],
            set_={"stopped_at": now, "reason": reason},
            where=addresses.c.stopped_at.is_(None),
        )
        return self.connection.execute(stopped.returning(addresses.c.email)).first() is not None

    def count(self, email: str, reason: str) -> None:
        """Write down that a mail came back for a passing reason."""
        new = insert(addresses).values(email=email.lower(), reason=reason, returned=1)
        self.connection.execute(
            new.on_conflict_do_update(
                index_elements=[addresses.c.email],
                set_={"reason": reason, "returned": addresses.c.returned + 1},
                where=addresses.c.stopped_at.is_(None),
            )
        )

    def clear(self, email: str) -> None:
        """Forget that mail was refused there."""
        self.connection.execute(addresses.delete().where(addresses.c.email == email.lower()))


def _row(chosen: Preferences) -> dict[str, object]:
    quiet, digest = chosen.quiet, chosen.digest
    return {
        "person_id": chosen.person_id,
        "off": sorted(f"{kind}:{channel}" for kind, channel in chosen.off),
        "quiet_start": quiet.start if quiet else None,
        "quiet_until": quiet.until if quiet else None,
        "digest": digest.every,
        "digest_hour": digest.hour,
        "digest_weekday": digest.weekday,
        "digest_kinds": sorted(digest.kinds),
        "next_digest_at": chosen.next_digest_at,
        "changed_at": chosen.changed_at,
    }


def _read(row: Row) -> Preferences:  # type: ignore[type-arg]  # its columns are the table's
    pairs = (each.split(":") for each in row.off)
    quiet = QuietHours(start=row.quiet_start, until=row.quiet_until) if row.quiet_start else None
    return Preferences(
        row.person_id,
        off=frozenset((Kind(kind), Channel(channel)) for kind, channel in pairs),
        quiet=quiet,
        digest=Digest(
            every=Rhythm(row.digest),
            hour=row.digest_hour,
            weekday=row.digest_weekday,
            kinds=frozenset(Kind(kind) for kind in row.digest_kinds),
        ),
        next_digest_at=row.next_digest_at,
        changed_at=row.changed_at,
    )
