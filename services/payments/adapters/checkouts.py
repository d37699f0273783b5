"""The pages on which clients pay, in PostgreSQL: each with the milestones that it is for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, FromClause, Row, Select, bindparam, select

from services.payments.adapters.tables import checkout_items, checkouts
from services.payments.domain.checkout import Checkout, CheckoutStatus
from shared.db import update_by
from shared.messages.payments import PaymentMethod
from shared.money import Money


def _with_items(pages: FromClause) -> Select[Any]:
    """Return a row for each milestone of these pages."""
    return (
        select(
            pages, checkout_items.c.milestone_id, checkout_items.c.amount.label("amount_of_item")
        )
        .join_from(pages, checkout_items, checkout_items.c.checkout_id == pages.c.checkout_id)
        .order_by(pages.c.checkout_id, checkout_items.c.milestone_id)
    )


_PAGES = _with_items(checkouts)
_STANDING = _PAGES.where(
    checkouts.c.checkout_id.in_(
        select(checkout_items.c.checkout_id).where(
            checkout_items.c.milestone_id.in_(bindparam("milestones", expanding=True)),
            checkout_items.c.standing,
        )
    )
)
_FIND = _PAGES.where(checkouts.c.session_id == bindparam("session"))
_GET = _PAGES.where(checkouts.c.checkout_id == bindparam("checkout"))
_AWAITED = _PAGES.where(
    checkouts.c.client_id == bindparam("client"),
    checkouts.c.status == CheckoutStatus.SUBMITTED,
    checkouts.c.method == PaymentMethod.BANK_TRANSFER,
)
# Pages are counted and locked before their items are looked up: the limit is one of pages.
_OVERDUE = _with_items(
    select(checkouts)
    .where(
        checkouts.c.status == CheckoutStatus.SUBMITTED, checkouts.c.pay_until <= bindparam("now")
    )
    .order_by(checkouts.c.pay_until)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("overdue")
)
_ADD = checkouts.insert()
_ADD_ITEMS = checkout_items.insert()
_SAVE = update_by(checkouts, "checkout_id", ("status", "received", "pay_until")).add_cte(
    checkout_items.update()
    .where(checkout_items.c.checkout_id == bindparam("id"))
    .where(checkout_items.c.standing != bindparam("new_standing"))
    .values(standing=bindparam("new_standing"))
    .cte("items")
)


@dataclass(frozen=True)
class SqlCheckouts:
    """Implements the port Checkouts."""

    connection: Connection

    def standing(self, milestone_ids: Iterable[UUID]) -> Sequence[Checkout]:
        """Return the pages for any of these that are open, or whose payment is on its way."""
        wanted = list(milestone_ids)
        return self._read(_STANDING, {"milestones": wanted}) if wanted else []

    def find(self, session_id: str) -> Checkout | None:
        """Return the page that the processor calls so."""
        return self._one(_FIND, {"session": session_id})

    def get(self, checkout_id: UUID) -> Checkout | None:
        """Return the page."""
        return self._one(_GET, {"checkout": checkout_id})

    def awaited(self, client_id: UUID) -> Sequence[Checkout]:
        """Return the client's pages whose bank transfer is on its way."""
        return self._read(_AWAITED, {"client": client_id})

    def overdue(self, now: datetime, limit: int) -> Sequence[Checkout]:
        """Return pages that are waited for no longer, and lock them (skipping locked ones)."""
        return self._read(_OVERDUE, {"now": now, "most": limit})

    def add(self, checkout: Checkout) -> None:
        """Keep a new page and what it pays for."""
        row = {
            "checkout_id": checkout.checkout_id,
            "client_id": checkout.client_id,
            "method": checkout.method,
            "currency": checkout.amount.currency,
            "amount": checkout.amount.amount,
            "received": checkout.received.amount,
            "session_id": checkout.session_id,
            "intent_id": checkout.intent_id,
            "url": checkout.url,
            "expires_at": checkout.expires_at,
            "pay_until": checkout.pay_until,
            "status": checkout.status,
        }
        self.connection.execute(_ADD, row)
        self.connection.execute(
            _ADD_ITEMS,
            [
                {
                    "checkout_id": checkout.checkout_id,
                    "milestone_id": milestone_id,
                    "amount": amount.amount,
                    "standing": checkout.standing,
                }
                for milestone_id, amount in checkout.items.items()
            ],
        )

    def save(self, checkout: Checkout) -> None:
        """Keep status, what was received, and until when it is waited for."""
        changes = {
            "id": checkout.checkout_id,
            "new_status": checkout.status,
            "new_received": checkout.received.amount,
            "new_pay_until": checkout.pay_until,
            "new_standing": checkout.standing,
        }
        self.connection.execute(_SAVE, changes)

    def _one(self, query: Select[Any], which: Mapping[str, object]) -> Checkout | None:
        found = self._read(query, which)
        return found[0] if found else None

    def _read(self, query: Select[Any], which: Mapping[str, object]) -> list[Checkout]:
        pages: dict[UUID, Row[Any]] = {}
        items: dict[UUID, dict[UUID, Money]] = {}
        for row in self.connection.execute(query, which):
            pages[row.checkout_id] = row
            amount = Money(amount=row.amount_of_item, currency=row.currency)
            items.setdefault(row.checkout_id, {})[row.milestone_id] = amount
        return [_checkout(row, items[key]) for key, row in pages.items()]


def _checkout(row: Row[Any], items: Mapping[UUID, Money]) -> Checkout:
    return Checkout(
        checkout_id=row.checkout_id,
        client_id=row.client_id,
        method=PaymentMethod(row.method),
        items=items,
        session_id=row.session_id,
        url=row.url,
        expires_at=row.expires_at,
        status=CheckoutStatus(row.status),
        received=Money(amount=row.received, currency=row.currency),
        intent_id=row.intent_id,
        pay_until=row.pay_until,
    )
