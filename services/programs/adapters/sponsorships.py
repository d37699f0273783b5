"""What sponsors pay for people, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, Select, select
from sqlalchemy.dialects.postgresql import insert

from services.programs.adapters.tables_sponsorships import sponsorships, wallets_heard
from services.programs.domain.sponsorship import Sponsorship
from shared.messages.program_money import SponsorshipKind, SponsorshipStatus
from shared.money import yen

_CHANGING: Final = ("earned", "heard", "attempt", "status", "refused", "settled_at")


@dataclass(frozen=True)
class SqlSponsorships:
    """Implements the port Sponsorships."""

    connection: Connection

    def lock(self, program_id: UUID) -> int:
        """Keep others from changing a program's sponsorships; return what was heard of it."""
        return self._heard(program_id, 0)

    def hear(self, program_id: UUID) -> int:
        """Note that more may be paid of a wallet than before; lock it as `lock` does."""
        return self._heard(program_id, 1)

    def add(self, sponsorship: Sponsorship) -> bool:
        """Keep a new one; False when there is one for this cause."""
        row = vars(sponsorship) | _amounts(sponsorship)
        added = self.connection.execute(
            insert(sponsorships)
            .values(row)
            .on_conflict_do_nothing()
            .returning(sponsorships.c.sponsorship_id)
        )
        return added.first() is not None

    def get(self, sponsorship_id: UUID) -> Sponsorship | None:
        """Return it, if there is one."""
        return self._one(
            select(sponsorships).where(sponsorships.c.sponsorship_id == sponsorship_id)
        )

    def for_cause(self, participant_id: UUID, cause: str) -> Sponsorship | None:
        """Return what is paid for somebody for this."""
        return self._one(
            select(sponsorships).where(
                sponsorships.c.participant_id == participant_id, sponsorships.c.cause == cause
            )
        )

    def save(self, sponsorship: Sponsorship) -> None:
        """Keep it as it is now."""
        row = {each: getattr(sponsorship, each) for each in _CHANGING} | _amounts(sponsorship)
        this = sponsorships.c.sponsorship_id == sponsorship.sponsorship_id
        self.connection.execute(sponsorships.update().where(this).values(row))

    def refused(self, program_id: UUID) -> Sequence[Sponsorship]:
        """Return what was refused of a program, in the order in which it was asked for."""
        query = select(sponsorships).where(
            sponsorships.c.program_id == program_id,
            sponsorships.c.status == SponsorshipStatus.REFUSED,
        )
        return self._all(query.order_by(sponsorships.c.sponsorship_id))

    def not_earned(self, participant_id: UUID) -> Sequence[Sponsorship]:
        """Return somebody's for which nothing has happened, and that weren't dropped."""
        query = select(sponsorships).where(
            sponsorships.c.participant_id == participant_id,
            sponsorships.c.earned.is_(False),
            sponsorships.c.status != SponsorshipStatus.DROPPED,
        )
        return self._all(query.order_by(sponsorships.c.sponsorship_id))

    def of_program(self, program_id: UUID, after: UUID | None, limit: int) -> Sequence[Sponsorship]:
        """Return those of a program, newest first."""
        query = select(sponsorships).where(sponsorships.c.program_id == program_id)
        if after:
            query = query.where(sponsorships.c.sponsorship_id < after)
        return self._all(query.order_by(sponsorships.c.sponsorship_id.desc()).limit(limit))

    def _heard(self, program_id: UUID, more: int) -> int:
        new = insert(wallets_heard).values(program_id=program_id, heard=more)
        kept = new.on_conflict_do_update(
            index_elements=["program_id"],
            # The update locks the row, even where it changes nothing.
            set_={"heard": wallets_heard.c.heard + more},
        )
        return int(self.connection.execute(kept.returning(wallets_heard.c.heard)).scalar_one())

    def _one(self, query: Select[Any]) -> Sponsorship | None:
        row = self.connection.execute(query).one_or_none()
        return _sponsorship(row) if row else None

    def _all(self, query: Select[Any]) -> list[Sponsorship]:
        return [_sponsorship(row) for row in self.connection.execute(query)]


def _amounts(sponsorship: Sponsorship) -> dict[str, int]:
    return {
        "amount": sponsorship.amount.amount,
        "taken_back": sponsorship.taken_back.amount,
    }


def _sponsorship(row: Row[Any]) -> Sponsorship:
    typed = {
        "kind": SponsorshipKind(row.kind),
        "status": SponsorshipStatus(row.status),
        "amount": yen(row.amount),
        "taken_back": yen(row.taken_back),
    }
    return Sponsorship(**row._asdict() | typed)
