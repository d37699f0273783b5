"""What was released, and what assistants owe, in PostgreSQL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, Select, Uuid, bindparam, func, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.payments.adapters.documents.reversals import keep_reversals
from services.payments.adapters.tables import assistants, escrows, payouts, releases
from services.payments.domain.rates import CURRENCY, Division
from services.payments.domain.release import Release, Reversal
from services.payments.ports import Account
from shared.db import new_values, update_by
from shared.messages.payments import PayoutStatus
from shared.money import Money
from shared.observability.traces import current_traceparent

_FIRST: Final = UUID(int=0)
_UNDER_WAY: Final = (PayoutStatus.REQUESTED, PayoutStatus.TRANSFERRED, PayoutStatus.SENT)

_ADD = releases.insert()
# Ids are UUIDv7: their order is that of making.
_RELEASES = select(releases).order_by(releases.c.release_id)
_OF_MILESTONE = _RELEASES.where(releases.c.milestone_id == bindparam("milestone"))
_MILESTONE = select(releases.c.milestone_id).where(releases.c.release_id == bindparam("release"))
_OF_PAYOUT = _RELEASES.where(releases.c.payout_id == bindparam("payout"))
_OPEN = (releases.c.payout_id.is_(None), releases.c.owed > 0)
_PAYABLE = _RELEASES.where(releases.c.assistant_id == bindparam("assistant"), *_OPEN)
_FROZEN = (
    select(escrows.c.milestone_id)
    .where(escrows.c.milestone_id.in_(bindparam("milestones", expanding=True)))
    .where(escrows.c.frozen > 0)
)
_DUE = (
    select(releases.c.assistant_id)
    .distinct()
    .outerjoin_from(releases, escrows, escrows.c.milestone_id == releases.c.milestone_id)
    .where(*_OPEN, releases.c.payday <= bindparam("day"))
    .where(func.coalesce(escrows.c.frozen, 0) == 0)
    .where(releases.c.assistant_id > bindparam("after"))
    .order_by(releases.c.assistant_id)
    .limit(bindparam("most"))
)
# What is in no payout, and what is in one that is under way: each by an index of its own, for in
# time nearly all releases are paid. A payout that came back has no releases any more.
_UNPAID = union_all(
    select(releases).where(*_OPEN, releases.c.pay_by <= bindparam("until")),
    select(releases)
    .join_from(payouts, releases, releases.c.payout_id == payouts.c.payout_id)
    .where(payouts.c.status.in_(_UNDER_WAY))
    .where(releases.c.owed > 0, releases.c.pay_by <= bindparam("until")),
).subquery()
_LATE = select(_UNPAID).order_by(_UNPAID.c.pay_by, _UNPAID.c.release_id).limit(bindparam("most"))
_SHARES = ("gross", "net", "platform_fee", "platform_fee_tax", "withholding")
_SAVE = update_by(releases, "release_id", ("price", "tax", *_SHARES, "owed", "payout_id"))

# One round trip for new ones and known ones: writing what is there already locks it as well. They
# come in order of ids.
_GIVEN = func.unnest(bindparam("assistants", type_=ARRAY(Uuid()))).column_valued("person_id")
_LOCK = (
    insert(assistants)
    .from_select(["person_id"], select(_GIVEN))
    .on_conflict_do_update(
        index_elements=[assistants.c.person_id], set_={"told_on": assistants.c.told_on}
    )
    .returning(assistants)
)
_FIND = select(assistants).where(assistants.c.person_id == bindparam("assistant"))
_SAVE_ACCOUNT = update_by(assistants, "person_id", ("receivable", "told_on"))


@dataclass(frozen=True)
class SqlReleases:
    """Implements the port Releases."""

    connection: Connection

    def add(self, new: Sequence[Release]) -> None:
        """Keep new releases."""
        if new:
            self.connection.execute(_ADD, [_row(each) for each in new])

    def of_milestone(self, milestone_id: UUID) -> Sequence[Release]:
        """Return a milestone's releases, oldest first."""
        return self._read(_OF_MILESTONE, {"milestone": milestone_id})

    def milestone_of(self, release_id: UUID) -> UUID | None:
        """Return the milestone that a release is of, if there is one."""
        return self.connection.scalar(_MILESTONE, {"release": release_id})

    def of_payout(self, payout_id: UUID) -> Sequence[Release]:
        """Return the releases that a payout pays, oldest first."""
        return self._read(_OF_PAYOUT, {"payout": payout_id})

    def payable(self, assistant_id: UUID) -> Sequence[Release]:
        """Return what is owed to an assistant and in no payout, oldest first, frozen or not."""
        return self._read(_PAYABLE, {"assistant": assistant_id})

    def frozen(self, of: Sequence[Release]) -> set[UUID]:
        """Return the ids of those whose milestone has an open chargeback."""
        milestones = list({each.milestone_id for each in of if each.milestone_id})
        if not milestones:
            return set()
        frozen = set(self.connection.scalars(_FROZEN, {"milestones": milestones}))
        return {each.release_id for each in of if each.milestone_id in frozen}

    def due(self, day: date, limit: int, after: UUID | None) -> Sequence[UUID]:
        """Return assistants with something owed whose payday has come, in order of ids.

        What an open chargeback freezes isn't due.
        """
        which = {"day": day, "most": limit, "after": after or _FIRST}
        return list(self.connection.scalars(_DUE, which))

    def late(self, until: date, limit: int) -> Sequence[Release]:
        """Return what isn't paid yet and has to be by that day (`pay_by`), most pressing first."""
        return self._read(_LATE, {"until": until, "most": limit})

    def save(self, changed: Sequence[Release]) -> None:
        """Keep price, tax, division, what is owed, and the payout."""
        if changed:
            self.connection.execute(_SAVE, [_changes(each) for each in changed])

    def keep_reversals(self, refund_id: UUID, reversals: Sequence[Reversal], at: datetime) -> None:
        """Keep what a refund took back of releases: a document that was issued stays as it was."""
        keep_reversals(self.connection, refund_id, reversals, at)

    def _read(self, query: Select[Any], which: dict[str, object]) -> list[Release]:
        return [_release(row) for row in self.connection.execute(query, which)]


def _amounts(release: Release) -> dict[str, int]:
    return {
        "price": release.price.amount,
        "tax": release.tax.amount,
        **{each: getattr(release.division, each).amount for each in _SHARES},
        "owed": release.owed.amount,
    }


def _row(release: Release) -> dict[str, object]:
    return {
        "release_id": release.release_id,
        "milestone_id": release.milestone_id,
        "sponsorship_id": release.sponsorship_id,
        "assistant_id": release.assistant_id,
        "source": release.source,
        "currency": release.price.currency,
        **_amounts(release),
        "released_at": release.released_at,
        "payday": release.payday,
        "pay_by": release.pay_by,
        "payout_id": release.payout_id,
        "traceparent": release.traceparent or current_traceparent(),
    }


def _changes(release: Release) -> dict[str, object]:
    return {
        "id": release.release_id,
        **{f"new_{name}": amount for name, amount in _amounts(release).items()},
        "new_payout_id": release.payout_id,
    }


def _release(row: Row[Any]) -> Release:
    def money(amount: int) -> Money:
        return Money(amount=amount, currency=row.currency)

    return Release(
        release_id=row.release_id,
        milestone_id=row.milestone_id,
        sponsorship_id=row.sponsorship_id,
        assistant_id=row.assistant_id,
        source=row.source,
        price=money(row.price),
        tax=money(row.tax),
        division=Division(
            net=money(row.net),
            platform_fee=money(row.platform_fee),
            platform_fee_tax=money(row.platform_fee_tax),
            withholding=money(row.withholding),
        ),
        owed=money(row.owed),
        released_at=row.released_at,
        payday=row.payday,
        pay_by=row.pay_by,
        payout_id=row.payout_id,
        traceparent=row.traceparent,
    )


@dataclass(frozen=True)
class SqlAssistants:
    """Implements the port Assistants."""

    connection: Connection
    # As the database has those that are locked: mostly nothing has changed.
    _locked: dict[UUID, Account] = field(default_factory=dict)

    def lock(self, assistant_ids: Iterable[UUID]) -> dict[UUID, Account]:
        """Return all of these, new ones as well, and keep others from changing them."""
        wanted = sorted(set(assistant_ids))
        if not wanted:
            return {}
        rows = self.connection.execute(_LOCK, {"assistants": wanted}).all()
        self._locked.update({row.person_id: _account(row) for row in rows})
        return {row.person_id: _account(row) for row in rows}

    def find(self, assistant_id: UUID) -> Account | None:
        """Return it, to be looked at."""
        row = self.connection.execute(_FIND, {"assistant": assistant_id}).one_or_none()
        return _account(row) if row else None

    def save(self, accounts: Iterable[Account]) -> None:
        """Keep what they owe and when they were told."""
        changed = [each for each in accounts if self._locked.get(each.assistant_id) != each]
        if not changed:
            return
        self.connection.execute(
            _SAVE_ACCOUNT,
            [
                {"id": each.assistant_id, "new_receivable": each.receivable.amount}
                | new_values(each, ("told_on",))
                for each in changed
            ],
        )
        self._locked.update({each.assistant_id: replace(each) for each in changed})


def _account(row: Row[Any]) -> Account:
    receivable = Money(amount=row.receivable, currency=CURRENCY)
    return Account(assistant_id=row.person_id, receivable=receivable, told_on=row.told_on)
