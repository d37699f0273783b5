"""What payments keeps of people's accounts, and what stays when they leave.

Books, receipts and invoices are kept by law, with the name of whom they are about.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, exists, or_, select, update

from services.payments.adapters.tables import (
    account_balances,
    assistants,
    charges,
    checkouts,
    contracts,
    credit_lots,
    escrows,
    payees,
    payouts,
    people,
    refunds,
    releases,
)
from services.payments.adapters.tables_wallets import sponsorships, top_ups, wallets
from services.payments.domain.postings import Account
from services.payments.domain.refund import RefundStatus
from shared.account_data import FOR_GOOD, FORMER
from shared.db import whole_rows
from shared.messages.payments import EscrowStatus, PayoutStatus

_HELD = (EscrowStatus.FUNDING, EscrowStatus.FUNDED, EscrowStatus.REFUNDING)
_ON_ITS_WAY = (PayoutStatus.REQUESTED, PayoutStatus.TRANSFERRED, PayoutStatus.SENT)
_BEING_PAID = ("open", "submitted")
_GOING_BACK = (RefundStatus.ASKED, RefundStatus.FAILED)


@dataclass(frozen=True)
class SqlAccountData:
    """Implements AccountData of the port People."""

    connection: Connection

    def rename(self, account_id: UUID, name: str, email: str, change: int) -> bool:
        """Keep name and address, unless a later change is known; False while nobody is known."""
        self.connection.execute(
            update(people)
            .where(people.c.person_id == account_id)
            .where(people.c.change < change)
            .values(display_name=name, email=email, change=change)
        )
        known = select(people.c.person_id).where(people.c.person_id == account_id)
        return self.connection.execute(known).first() is not None

    def open_of(self, account_ids: Collection[UUID]) -> Sequence[str]:
        """Return what of theirs is open, as codes."""
        held = select(escrows.c.milestone_id).join(
            contracts, contracts.c.contract_id == escrows.c.contract_id
        )
        held = held.where(_party(account_ids), escrows.c.status.in_(_HELD))
        going_back = refunds.c.client_id.in_(account_ids) & refunds.c.status.in_(_GOING_BACK)
        owed = releases.c.assistant_id.in_(account_ids) & releases.c.payout_id.is_(None)
        owing = assistants.c.person_id.in_(account_ids) & (assistants.c.receivable > 0)
        credit = credit_lots.c.client_id.in_(account_ids) & (credit_lots.c.remaining > 0)
        funding = top_ups.c.sponsor_id.in_(account_ids) & top_ups.c.status.in_(_BEING_PAID)
        tuition = (
            (account_balances.c.account == Account.PARTNER_PAYABLE)
            & account_balances.c.owner.in_(account_ids)
            & (account_balances.c.balance > 0)
        )
        leaving = payouts.c.assistant_id.in_(account_ids) & payouts.c.status.in_(_ON_ITS_WAY)
        found = (
            self.connection.execute(
                select(
                    or_(
                        held.exists(),
                        exists().where(going_back),
                        exists().where(funding),
                        exists().where(_in_wallets(account_ids)),
                    ).label("money_held"),
                    or_(
                        exists().where(owed, releases.c.owed > 0),
                        exists().where(owing),
                        exists().where(credit),
                        exists().where(tuition),
                    ).label("money_owed"),
                    exists().where(leaving).label("payout_on_its_way"),
                )
            )
            .mappings()
            .one()
        )
        return [code for code, is_open in found.items() if is_open]

    def all_of(self, person_id: UUID) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return all that is kept of somebody, by what it is."""
        mine = select(contracts.c.contract_id).where(_party([person_id]))
        found = {
            "person": (people, people.c.person_id == person_id),
            "payee": (payees, payees.c.person_id == person_id),
            "contracts": (contracts, _party([person_id])),
            "escrows": (escrows, escrows.c.contract_id.in_(mine)),
            "checkouts": (checkouts, checkouts.c.client_id == person_id),
            "charges": (charges, charges.c.client_id == person_id),
            "refunds": (refunds, refunds.c.client_id == person_id),
            "credit": (credit_lots, credit_lots.c.client_id == person_id),
            "wallets": (wallets, wallets.c.sponsor_id == person_id),
            "sponsorships": (sponsorships, sponsorships.c.person_id == person_id),
            "releases": (releases, releases.c.assistant_id == person_id),
            "payouts": (payouts, payouts.c.assistant_id == person_id),
        }
        return {
            name: whole_rows(self.connection, table, condition)
            for name, (table, condition) in found.items()
        }

    def forget(self, account_ids: Collection[UUID]) -> None:
        """Take out the address; and the name, unless there is money in the books to tell of."""
        left = update(people).where(people.c.person_id.in_(account_ids))
        self.connection.execute(left.values(email="", change=FOR_GOOD))
        in_the_books = or_(
            exists().where(
                or_(
                    contracts.c.client_id == people.c.person_id,
                    contracts.c.assistant_id == people.c.person_id,
                )
            ),
            exists().where(
                or_(
                    wallets.c.sponsor_id == people.c.person_id,
                    wallets.c.partner_id == people.c.person_id,
                )
            ),
            exists().where(sponsorships.c.person_id == people.c.person_id),
        )
        self.connection.execute(left.where(~in_the_books).values(display_name=FORMER))


def _party(account_ids: Collection[UUID]) -> ColumnElement[bool]:
    return or_(contracts.c.client_id.in_(account_ids), contracts.c.assistant_id.in_(account_ids))


def _in_wallets(account_ids: Collection[UUID]) -> ColumnElement[bool]:
    """Tell whether a wallet of theirs has money in it, free or set aside."""
    programs = select(wallets.c.program_id).where(wallets.c.sponsor_id.in_(account_ids))
    set_aside = select(sponsorships.c.sponsorship_id).where(sponsorships.c.program_id.in_(programs))
    of_theirs = or_(
        (account_balances.c.account == Account.SPONSOR_WALLET)
        & account_balances.c.owner.in_(programs),
        (account_balances.c.account == Account.SPONSORSHIP_RESERVED)
        & account_balances.c.owner.in_(set_aside),
    )
    return of_theirs & (account_balances.c.balance > 0)
