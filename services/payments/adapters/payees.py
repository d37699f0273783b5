"""People, payees and payouts in PostgreSQL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert

from services.payments.adapters.tables import escrows, payees, payouts, people
from services.payments.domain.payee import Payee
from services.payments.domain.payout import Payout
from services.payments.ports import Contact, Waiting
from shared.db import new_values, update_by
from shared.errors import NotFound
from shared.messages.payments import PayeeStatus, PayoutStatus
from shared.money import Money


@dataclass(frozen=True)
class SqlPeople:
    """Implements the port People."""

    connection: Connection

    def remember(self, person_id: UUID, contact: Contact) -> None:
        """Keep a person's contact."""
        row = {"email": contact.email, "display_name": contact.display_name}
        self.connection.execute(
            insert(people)
            .values(person_id=person_id, **row)
            .on_conflict_do_update(index_elements=[people.c.person_id], set_=row)
        )

    def contact(self, person_id: UUID) -> Contact | None:
        """Return it, if accounts has told us yet."""
        query = select(people).where(people.c.person_id == person_id)
        row = self.connection.execute(query).one_or_none()
        return Contact(row.email, row.display_name) if row else None


@dataclass(frozen=True)
class SqlPayees:
    """Implements the port Payees."""

    connection: Connection

    def open(self, person_id: UUID) -> bool:
        """Keep a new payee without an account; False when there is one already."""
        row = {"person_id": person_id, "status": PayeeStatus.PENDING, "requirements": []}
        new = insert(payees).values(row).on_conflict_do_nothing()
        kept = self.connection.execute(new.returning(payees.c.person_id))
        return kept.first() is not None

    def find(self, person_id: UUID) -> Payee | None:
        """Return the payee."""
        query = select(payees).where(payees.c.person_id == person_id)
        row = self.connection.execute(query).one_or_none()
        return _payee(row) if row else None

    def lock(self, person_ids: Iterable[UUID]) -> dict[UUID, Payee]:
        """Return those that there are, and keep others from changing them."""
        query = (
            select(payees)
            .where(payees.c.person_id.in_(list(person_ids)))
            .order_by(payees.c.person_id)
            .with_for_update()
        )
        return {row.person_id: _payee(row) for row in self.connection.execute(query)}

    def of_account(self, account_id: str) -> UUID | None:
        """Return whose account it is."""
        return self.connection.scalar(
            select(payees.c.person_id).where(payees.c.account_id == account_id)
        )

    def with_accounts(self) -> Sequence[Payee]:
        """Return all who have an account."""
        query = select(payees).where(payees.c.account_id.is_not(None))
        return [_payee(row) for row in self.connection.execute(query.order_by("person_id"))]

    def save(self, payee: Payee) -> None:
        """Keep account, status and requirements."""
        self.connection.execute(
            payees.update()
            .where(payees.c.person_id == payee.person_id)
            .values(
                account_id=payee.account_id,
                status=payee.status,
                requirements=list(payee.requirements),
                asked_at=payee.asked_at,
            )
        )


def _payee(row: Row[Any]) -> Payee:
    return Payee(
        person_id=row.person_id,
        account_id=row.account_id,
        status=PayeeStatus(row.status),
        requirements=tuple(row.requirements),
        asked_at=row.asked_at,
    )


_OF_PAYOUT = ("status", "started_at", "paid_at", "failure")
_SAVE_PAYOUT = update_by(payouts, "payout_id", ("transfer_fee", *_OF_PAYOUT))


@dataclass(frozen=True)
class SqlPayouts:
    """Implements the port Payouts."""

    connection: Connection

    def add(self, new: Sequence[Payout]) -> None:
        """Keep new payouts."""
        rows = [
            {
                "payout_id": each.payout_id,
                "milestone_id": each.milestone_id,
                "assistant_id": each.assistant_id,
                "currency": each.net.currency,
                "net": each.net.amount,
                "transfer_fee": each.transfer_fee.amount,
                "status": each.status,
                "requested_at": each.requested_at,
            }
            for each in new
        ]
        if rows:
            self.connection.execute(payouts.insert(), rows)

    def waiting(self, person_ids: Iterable[UUID]) -> Sequence[Waiting]:
        """Return the payouts of these people that have not been started, oldest first."""
        query = (
            select(payouts, escrows.c.charge_id)
            .join_from(payouts, escrows, escrows.c.milestone_id == payouts.c.milestone_id)
            .where(payouts.c.assistant_id.in_(list(person_ids)))
            .where(payouts.c.status == PayoutStatus.REQUESTED, payouts.c.started_at.is_(None))
            .order_by(payouts.c.payout_id)
        )
        return [Waiting(_payout(row), row.charge_id) for row in self.connection.execute(query)]

    def lock(self, payout_id: UUID) -> Payout:
        """Return the payout and keep others from changing it; raise NotFound."""
        query = select(payouts).where(payouts.c.payout_id == payout_id).with_for_update()
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("payout_not_found", "There is no such payout.")
        return _payout(row)

    def save(self, changed: Sequence[Payout]) -> None:
        """Keep what has become of them."""
        if not changed:
            return
        self.connection.execute(
            _SAVE_PAYOUT,
            [
                {"id": each.payout_id, "new_transfer_fee": each.transfer_fee.amount}
                | new_values(each, _OF_PAYOUT)
                for each in changed
            ],
        )

    def newest(self, person_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Payout]:
        """Return a person's payouts, newest first."""
        # Ids are UUIDv7: their order is that of making.
        query = select(payouts).where(payouts.c.assistant_id == person_id)
        if after is not None:
            query = query.where(payouts.c.payout_id < after)
        query = query.order_by(payouts.c.payout_id.desc()).limit(limit)
        return [_payout(row) for row in self.connection.execute(query)]


def _payout(row: Row[Any]) -> Payout:
    return Payout(
        payout_id=row.payout_id,
        milestone_id=row.milestone_id,
        assistant_id=row.assistant_id,
        net=Money(amount=row.net, currency=row.currency),
        transfer_fee=Money(amount=row.transfer_fee, currency=row.currency),
        status=PayoutStatus(row.status),
        requested_at=row.requested_at,
        started_at=row.started_at,
        paid_at=row.paid_at,
        failure=row.failure,
    )
