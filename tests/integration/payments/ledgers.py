"""A journal to prove: entries posted as the service posts them, and ways to spoil them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from services.payments.adapters.ledger import SqlBooks
from services.payments.adapters.work_books import SqlBooksTransactions
from services.payments.domain.ledger import Happening, JournalEntry, Part, journal_entry
from services.payments.domain.postings import Fact, Owner
from shared.db import Database
from shared.ids import new_id
from shared.money import yen
from shared.provision.databases import ServiceDatabase, with_database
from tests.support.fakes import SetClock

NOVEMBER = datetime(2026, 11, 10, 3, tzinfo=UTC)
GROSS, FEE = 55_000, 1_980
NET, PLATFORM_FEE, FEE_TAX, WITHHOLDING = 37_795, 11_000, 1_100, 5_105


@dataclass
class Ledger:
    """A new database of payments, as its runtime role sees it; and as an administrator does."""

    database: Database
    admin_url: str
    clock: SetClock
    assistant: UUID = field(default_factory=new_id)

    @property
    def transactions(self) -> SqlBooksTransactions:
        """What the use cases of the books begin."""
        return SqlBooksTransactions(self.database, self.clock)

    def post(self, *entries: JournalEntry) -> None:
        """Post in one transaction."""
        with self.database.transaction() as connection:
            SqlBooks(connection).post(entries)

    def captured(self, milestone: UUID, at: datetime = NOVEMBER) -> JournalEntry:
        """Return the entry of a payment."""
        return self._entry(
            Fact.CAPTURED,
            milestone,
            at,
            f"ch_{milestone.hex}",
            escrow=yen(GROSS),
            credit=yen(0),
            processor_fee=yen(FEE),
        )

    def released(self, milestone: UUID, at: datetime = NOVEMBER) -> JournalEntry:
        """Return the entry of its release in full."""
        return self._entry(
            Fact.RELEASED,
            milestone,
            at,
            f"accepted:{milestone}",
            net=yen(NET),
            platform_fee=yen(PLATFORM_FEE),
            platform_fee_tax=yen(FEE_TAX),
            withholding=yen(WITHHOLDING),
        )

    def paid_out(self, payout: UUID, at: datetime = NOVEMBER) -> list[JournalEntry]:
        """Return the entries of a payout of one net, from asked for to paid."""
        amount = yen(NET - 500)
        steps = (Fact.PAYOUT_TRANSFERRED, Fact.PAYOUT_SENT, Fact.PAYOUT_PAID)
        return [
            self._entry(
                Fact.PAYOUT_REQUESTED, payout, at, str(payout), amount=amount, transfer_fee=yen(500)
            ),
            *(
                self._entry(
                    fact, payout, at + timedelta(hours=n), f"{name}_{payout.hex}", amount=amount
                )
                for n, (fact, name) in enumerate(zip(steps, ("tr", "po", "paid"), strict=True))
            ),
        ]

    def lives(self, count: int, at: datetime = NOVEMBER) -> list[UUID]:
        """Post so many payments, each released; return the milestones."""
        milestones = [new_id() for _ in range(count)]
        self.post(*(self.captured(each, at) for each in milestones))
        self.post(*(self.released(each, at + timedelta(hours=1)) for each in milestones))
        return milestones

    def tamper(self, *statements: str) -> None:
        """Do what only the administrator of the whole server can: switch the guards off."""
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute("SET session_replication_role = replica")
            for statement in statements:
                admin.execute(statement.encode())

    def rows(self, query: str) -> list[Any]:
        """Return what a query finds."""
        with self.database.transaction() as connection:
            return list(connection.exec_driver_sql(query).mappings())

    @contextmanager
    def unfinished(self, *entries: JournalEntry) -> Iterator[None]:
        """Post, and don't commit until the block is left."""
        with self.database.transaction() as connection:
            SqlBooks(connection).post(entries)
            yield

    def _entry(
        self, fact: Fact, reference: UUID, at: datetime, source: str, **parts: Part
    ) -> JournalEntry:
        owners = {
            Owner.MILESTONE: reference,
            Owner.PAYOUT: reference,
            Owner.REFUND: reference,
            Owner.CLIENT: reference,
            Owner.ASSISTANT: self.assistant,
        }
        return journal_entry(fact, Happening(reference, source, at, owners), **parts)


def ledger_over(payments: ServiceDatabase, database: Database, server_url: str) -> Ledger:
    """Return the ledger of a database."""
    name = payments.url.rpartition("/")[2]
    clock = SetClock(datetime(2026, 12, 3, tzinfo=UTC))
    return Ledger(database, with_database(server_url, name), clock)
