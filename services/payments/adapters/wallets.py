"""Sponsors' wallets in PostgreSQL; the database itself keeps the caps (migrations 0014, 0015)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, exists, func, select, text
from sqlalchemy.dialects.postgresql import insert

from services.payments.adapters.tables import account_balances, chargebacks
from services.payments.adapters.tables_wallets import (
    sponsorships,
    top_ups,
    wallet_lots,
    wallet_people,
    wallets,
)
from services.payments.domain.chargeback import ChargebackStatus
from services.payments.domain.postings import Account, Fact
from services.payments.domain.wallet import (
    Sponsorship,
    Standing,
    Sums,
    TopUp,
    Wallet,
    WalletLot,
)
from services.payments.ports.wallets import WalletEntry
from shared.messages.payments import PaymentMethod
from shared.messages.program_money import SponsorshipKind
from shared.money import Money, yen

_TERMS: Final = ("sponsor_id", "partner_id", "title", "total_cap", "person_cap", "change")
_ANSWER: Final = ("attempt", "status", "refused")
_CHANGING: Final = ("person_id", "amount", "reference", "taken_back", *_ANSWER)
_NEW = insert(wallets)
_AGREE = _NEW.on_conflict_do_update(
    index_elements=[wallets.c.program_id],
    set_={each: _NEW.excluded[each] for each in _TERMS},
    where=wallets.c.change < _NEW.excluded.change,
)
_GET = select(wallets).where(wallets.c.program_id == bindparam("program"))
_LOCK = _GET.with_for_update()
_OF_PERSON = select(wallet_people.c.committed).where(
    wallet_people.c.program_id == bindparam("program"),
    wallet_people.c.person_id == bindparam("person"),
)
_AVAILABLE = select(func.coalesce(func.sum(account_balances.c.balance), 0)).where(
    account_balances.c.account == Account.SPONSOR_WALLET,
    account_balances.c.owner == bindparam("program"),
)
_RESERVED = select(func.coalesce(func.sum(account_balances.c.balance), 0)).where(
    account_balances.c.account == Account.SPONSORSHIP_RESERVED,
    account_balances.c.owner.in_(
        select(sponsorships.c.sponsorship_id).where(
            sponsorships.c.program_id == bindparam("program")
        )
    ),
)
_SPONSORSHIP = select(sponsorships).where(sponsorships.c.sponsorship_id == bindparam("sponsorship"))
_OF_RELEASES = (
    select(sponsorships)
    .where(sponsorships.c.release_id.in_(bindparam("releases", expanding=True)))
    .order_by(sponsorships.c.sponsorship_id)
)
_KEEP = insert(sponsorships)
_SAVE = _KEEP.on_conflict_do_update(
    index_elements=[sponsorships.c.sponsorship_id],
    set_={each: _KEEP.excluded[each] for each in _CHANGING},
)
# Every entry of a wallet refers to its program, and moves one sponsorship at most.
_SUMS = text("""
    SELECT fact, account, coalesce(sum(credit - debit), 0)::bigint AS amount
    FROM journal_entries JOIN journal_lines USING (entry_id)
    WHERE reference = :program
    GROUP BY fact, account
""")
_ENTRIES = text("""
    SELECT entry_id, fact, occurred_at,
        coalesce(sum(credit - debit) FILTER (WHERE account = 'liability:sponsor_wallet'), 0)::bigint
            AS available,
        coalesce(sum(credit - debit)
            FILTER (WHERE account = 'liability:sponsorship_reserved'), 0)::bigint AS reserved,
        sponsorships.sponsorship_id, sponsorships.person_id, sponsorships.kind,
        coalesce(sponsorships.reference, '') AS reference
    FROM journal_entries JOIN journal_lines USING (entry_id)
    LEFT JOIN LATERAL (
        SELECT owner FROM journal_lines AS moved
        WHERE moved.entry_id = journal_entries.entry_id
            AND moved.account = 'liability:sponsorship_reserved'
        LIMIT 1
    ) AS moved ON true
    LEFT JOIN sponsorships ON sponsorships.sponsorship_id = moved.owner
    WHERE journal_entries.reference = :program
        AND account IN ('liability:sponsor_wallet', 'liability:sponsorship_reserved')
    GROUP BY entry_id, fact, occurred_at, sponsorships.sponsorship_id
    ORDER BY occurred_at, entry_id
""")
_TOP_UPS = (
    select(top_ups)
    .where(top_ups.c.program_id == bindparam("program"))
    .where(top_ups.c.status.in_(("open", "submitted")))
    .order_by(top_ups.c.checkout_id)
)
_TOP_UP = select(top_ups).where(top_ups.c.session_id == bindparam("session")).with_for_update()
_AWAITS = select(
    exists().where(
        top_ups.c.sponsor_id == bindparam("sponsor"),
        top_ups.c.status == "submitted",
        top_ups.c.method == PaymentMethod.BANK_TRANSFER,
    )
)
_OPEN_DISPUTE = exists().where(
    chargebacks.c.charge_id == wallet_lots.c.charge_id,
    chargebacks.c.status == ChargebackStatus.OPEN,
)
_LOTS = (
    select(wallet_lots)
    .where(wallet_lots.c.program_id == bindparam("program"), wallet_lots.c.remaining > 0)
    .where(~_OPEN_DISPUTE)
    .order_by(wallet_lots.c.charge_id.desc())
)
_LOST = (
    select(wallet_lots)
    .where(wallet_lots.c.program_id == bindparam("program"), wallet_lots.c.lost > 0)
    .order_by(wallet_lots.c.charge_id)
)
_OF_LOT: Final = ("amount", "remaining", "lost")
_LOT = select(wallet_lots).where(wallet_lots.c.charge_id == bindparam("charge"))
_KEEP_LOT = insert(wallet_lots)
_SAVE_LOT = _KEEP_LOT.on_conflict_do_update(
    index_elements=[wallet_lots.c.charge_id],
    set_={each: _KEEP_LOT.excluded[each] for each in ("remaining", "lost")},
)


@dataclass(frozen=True)
class SqlWallets:
    """Implements the port Wallets."""

    connection: Connection

    def agree(self, wallet: Wallet) -> None:
        """Keep a new wallet, or its newer caps; older news change nothing."""
        values = {each: getattr(wallet, each) for each in ("program_id", *_TERMS)}
        values |= {each: values[each].amount for each in ("total_cap", "person_cap")}
        self.connection.execute(_AGREE, values)

    def get(self, program_id: UUID) -> Wallet | None:
        """Return the wallet."""
        return _wallet(self.connection.execute(_GET, {"program": program_id}).one_or_none())

    def lock(self, program_id: UUID) -> Wallet | None:
        """Return the wallet and keep others from changing it, or what was asked for of it."""
        return _wallet(self.connection.execute(_LOCK, {"program": program_id}).one_or_none())

    def of_person(self, program_id: UUID, person_id: UUID) -> Money:
        """Return what is set aside or paid for a person."""
        which = {"program": program_id, "person": person_id}
        return yen(self.connection.scalar(_OF_PERSON, which) or 0)

    def available(self, program_id: UUID) -> Money:
        """Return what is free, as the ledger has it."""
        return yen(int(self.connection.execute(_AVAILABLE, {"program": program_id}).scalar_one()))

    def reserved(self, program_id: UUID) -> Money:
        """Return what is set aside, as the ledger has it."""
        return yen(int(self.connection.execute(_RESERVED, {"program": program_id}).scalar_one()))

    def sponsorship(self, sponsorship_id: UUID) -> Sponsorship | None:
        """Return what was asked for."""
        which = {"sponsorship": sponsorship_id}
        row = self.connection.execute(_SPONSORSHIP, which).one_or_none()
        return _sponsorship(row) if row else None

    def of_releases(self, release_ids: Sequence[UUID]) -> Sequence[Sponsorship]:
        """Return what was asked for the fees of releases."""
        rows = self.connection.execute(_OF_RELEASES, {"releases": list(release_ids)})
        return [_sponsorship(row) for row in rows]

    def save(self, sponsorship: Sponsorship) -> None:
        """Keep it, new or changed."""
        amounts = {
            "amount": sponsorship.amount.amount,
            "taken_back": sponsorship.taken_back.amount,
        }
        self.connection.execute(_SAVE, vars(sponsorship) | amounts)

    def sums(self, program_id: UUID) -> Sums:
        """Return what moved in a wallet so far."""
        rows = self.connection.execute(_SUMS, {"program": program_id})
        moved: dict[tuple[str, str], int] = {(row.fact, row.account): row.amount for row in rows}
        wallet, reserved = Account.SPONSOR_WALLET, Account.SPONSORSHIP_RESERVED
        back = (Fact.WALLET_REFUND_ASKED, Fact.WALLET_CHARGED_BACK, Fact.WALLET_LOSS_MADE_UP)
        owed = (Fact.SPONSORSHIP_SETTLED, Fact.PARTNER_PAID)
        # What was only set aside moves between the two.
        back_again = [(Fact.SPONSORSHIP_TAKEN_BACK, each) for each in (wallet, reserved)]
        again = sum(moved.get(each, 0) for each in back_again)
        return Sums(
            funded=yen(moved.get((Fact.WALLET_TOPPED_UP, wallet), 0)),
            available=self.available(program_id),
            reserved=self.reserved(program_id),
            paid=yen(-moved.get((Fact.SPONSORSHIP_SETTLED, reserved), 0) - again),
            given_back=yen(-sum(moved.get((each, wallet), 0) for each in back)),
            owed_to_partner=yen(
                sum(moved.get((each, Account.PARTNER_PAYABLE), 0) for each in owed)
            ),
        )

    def entries(self, program_id: UUID) -> Sequence[WalletEntry]:
        """Return all that moved in a wallet, in the order in which it happened."""
        rows = self.connection.execute(_ENTRIES, {"program": program_id})
        return [
            WalletEntry(
                number=row.entry_id,
                fact=row.fact,
                occurred_at=row.occurred_at,
                available=row.available,
                reserved=row.reserved,
                sponsorship_id=row.sponsorship_id,
                person_id=row.person_id,
                kind=SponsorshipKind(row.kind) if row.kind else None,
                reference=row.reference,
            )
            for row in rows
        ]

    def add_top_up(self, top_up: TopUp) -> None:
        """Keep a new page."""
        amounts = {"amount": top_up.amount.amount, "received": top_up.received.amount}
        self.connection.execute(top_ups.insert(), vars(top_up) | amounts)

    def top_ups(self, program_id: UUID) -> Sequence[TopUp]:
        """Return the pages of a wallet that are open, or being paid on."""
        rows = self.connection.execute(_TOP_UPS, {"program": program_id})
        return [_top_up(row) for row in rows]

    def top_up(self, session_id: str) -> TopUp | None:
        """Return the page that the processor calls so, locked."""
        row = self.connection.execute(_TOP_UP, {"session": session_id}).one_or_none()
        return _top_up(row) if row else None

    def awaits_transfer(self, sponsor_id: UUID) -> bool:
        """Tell whether a bank transfer of this sponsor into a wallet is on its way."""
        return bool(self.connection.scalar(_AWAITS, {"sponsor": sponsor_id}))

    def save_top_up(self, top_up: TopUp) -> None:
        """Keep its status and what was received."""
        self.connection.execute(
            top_ups.update()
            .where(top_ups.c.checkout_id == top_up.checkout_id)
            .values(status=top_up.status, received=top_up.received.amount)
        )

    def lots(self, program_id: UUID) -> Sequence[WalletLot]:
        """Return what can go back, newest first, but for charges with an open chargeback."""
        return [_lot(row) for row in self.connection.execute(_LOTS, {"program": program_id})]

    def lost(self, program_id: UUID) -> Sequence[WalletLot]:
        """Return payments that a bank took back when they were spent, as far as that is a loss."""
        return [_lot(row) for row in self.connection.execute(_LOST, {"program": program_id})]

    def lot(self, charge_id: str) -> WalletLot | None:
        """Return what was paid into a wallet by a charge."""
        row = self.connection.execute(_LOT, {"charge": charge_id}).one_or_none()
        return _lot(row) if row else None

    def save_lots(self, lots: Sequence[WalletLot]) -> None:
        """Keep them, new or changed."""
        for each in lots:
            amounts = {name: getattr(each, name).amount for name in _OF_LOT}
            self.connection.execute(_SAVE_LOT, vars(each) | amounts)


def _wallet(row: Row[Any] | None) -> Wallet | None:
    if row is None:
        return None
    return Wallet(
        program_id=row.program_id,
        sponsor_id=row.sponsor_id,
        partner_id=row.partner_id,
        title=row.title,
        total_cap=yen(row.total_cap),
        person_cap=yen(row.person_cap),
        change=row.change,
        committed=yen(row.committed),
    )


def _sponsorship(row: Row[Any]) -> Sponsorship:
    return Sponsorship(
        sponsorship_id=row.sponsorship_id,
        program_id=row.program_id,
        person_id=row.person_id,
        kind=SponsorshipKind(row.kind),
        reference=row.reference,
        amount=yen(row.amount),
        attempt=row.attempt,
        status=Standing(row.status),
        refused=row.refused,
        release_id=row.release_id,
        taken_back=yen(row.taken_back),
    )


def _top_up(row: Row[Any]) -> TopUp:
    return TopUp(
        checkout_id=row.checkout_id,
        program_id=row.program_id,
        sponsor_id=row.sponsor_id,
        method=PaymentMethod(row.method),
        amount=yen(row.amount),
        session_id=row.session_id,
        url=row.url,
        expires_at=row.expires_at,
        received=yen(row.received),
        status=row.status,
    )


def _lot(row: Row[Any]) -> WalletLot:
    amounts = (yen(getattr(row, name)) for name in _OF_LOT)
    return WalletLot(row.charge_id, row.program_id, *amounts)
