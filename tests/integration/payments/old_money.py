"""Payments as it was at revision 0003: one charge, one release and one payout for a milestone."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from alembic import command
from alembic.config import Config
from psycopg.types.json import Jsonb

from services.payments import migrations
from services.payments.adapters.work import make_work
from services.payments.ports import Work
from shared.db import Database
from shared.ids import new_id
from shared.migrations import migrate
from shared.provision.databases import ServiceDatabase
from tests.support.fakes import SetClock

AGREED = datetime(2026, 10, 1, 3, tzinfo=UTC)
CAPTURED = datetime(2026, 10, 2, 3, tzinfo=UTC)
ENDED = datetime(2026, 10, 20, 3, tzinfo=UTC)
# In Japan it is the next day already.
RELEASED = datetime(2026, 10, 20, 20, tzinfo=UTC)

# The sums of a milestone: 50,000 for translation in brokered mode.
PRICE, TAX, WITHHOLDING, FUNDED = 50_000, 5_000, 5_105, 49_895
NET, FEE, FEE_TAX = 37_795, 11_000, 1_100
PROCESSOR_FEE, TRANSFER_FEE = 1_796, 250
AMOUNT = NET - TRANSFER_FEE

_BALANCE, _ESCROW = "asset:processor_balance", "liability:escrow"
_PAYABLE, _IN_TRANSIT = "liability:assistant_payable", "liability:payout_in_transit"
_REFUNDS, _PAYEE = "liability:refunds_payable", "asset:payee_balance"
_CASH = "asset:cash_in_transit"

Side = tuple[str, UUID | None, int]


@dataclass
class OldMoney:
    """A database at revision 0003; `client` and `assistant` have one contract."""

    url: str
    owner_url: str
    client: UUID = field(default_factory=new_id)
    assistant: UUID = field(default_factory=new_id)
    contract: UUID = field(default_factory=new_id)

    def run(self, statement: str, *values: object) -> list[Any]:
        """Run a statement, return what it finds."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def add(self, table: str, **values: object) -> None:
        """Insert a row."""
        places = ", ".join(["%s"] * len(values))
        self.run(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", *values.values())  # noqa: S608

    def agree(self) -> None:
        """Keep the contract, and the assistant's account."""
        self.add(
            "contracts",
            contract_id=self.contract,
            client_id=self.client,
            assistant_id=self.assistant,
            category="translation",
            mode="brokered",
            review_days=7,
            agreed_at=AGREED,
            currency="JPY",
            accumulated=3 * (PRICE + TAX),
        )
        self.add(
            "payees",
            person_id=self.assistant,
            account_id="acct_1",
            status="active",
            requirements=[],
        )

    def milestone(self, status: str, **more: object) -> UUID:
        """Keep an escrow."""
        milestone_id = new_id()
        self.add(
            "escrows",
            milestone_id=milestone_id,
            contract_id=self.contract,
            title=status,
            due_on="2026-11-01",
            currency="JPY",
            price=PRICE,
            tax=TAX,
            withholding=WITHHOLDING,
            funded=FUNDED,
            status=status,
            **more,
        )
        return milestone_id

    def page(self, milestone_id: UUID, status: str) -> UUID:
        """Keep a page on which the milestone is paid for."""
        checkout_id = new_id()
        self.add(
            "checkouts",
            checkout_id=checkout_id,
            milestone_id=milestone_id,
            session_id=f"cs_{checkout_id}",
            url="https://pay.example/1",
            expires_at=CAPTURED,
            status=status,
        )
        return checkout_id

    def funded(self, status: str = "funded", **more: object) -> UUID:
        """Keep a milestone that was paid for."""
        charge_id = f"ch_{new_id()}"
        milestone_id = self.milestone(status, charge_id=charge_id, **more)
        self.page(milestone_id, "paid")
        self.capture(milestone_id, charge_id)
        return milestone_id

    def capture(self, milestone_id: UUID, charge_id: str) -> None:
        """Post a payment."""
        debits = [
            (_BALANCE, None, FUNDED),
            ("expense:processor_fee", None, PROCESSOR_FEE),
        ]
        credits_ = [(_ESCROW, milestone_id, FUNDED), (_BALANCE, None, PROCESSOR_FEE)]
        self.post("captured", milestone_id, charge_id, CAPTURED, debits=debits, credits_=credits_)

    def released(self) -> UUID:
        """Keep a milestone that was released."""
        milestone_id = self.funded(
            "released", net=NET, platform_fee=FEE, platform_fee_tax=FEE_TAX, withheld=0
        )
        credits_: list[Side] = [
            (_PAYABLE, self.assistant, NET),
            ("income:platform_fee", None, FEE),
            ("liability:consumption_tax", None, FEE_TAX),
        ]
        debits = [(_ESCROW, milestone_id, FUNDED)]
        self.post(
            "released", milestone_id, str(milestone_id), RELEASED, debits=debits, credits_=credits_
        )
        return milestone_id

    def payout(self, milestone_id: UUID, status: str, *, started: bool = True) -> UUID:
        """Keep a payout, as far as it has come; RELEASED until now."""
        payout_id = new_id()
        self.add(
            "payouts",
            payout_id=payout_id,
            milestone_id=milestone_id,
            assistant_id=self.assistant,
            currency="JPY",
            net=NET,
            transfer_fee=TRANSFER_FEE if started else 0,
            status=status,
            requested_at=RELEASED,
            started_at=RELEASED if started else None,
        )
        steps: dict[str, tuple[list[Side], list[Side]]] = {
            "payout_requested": (
                [(_PAYABLE, self.assistant, NET)],
                [(_IN_TRANSIT, payout_id, AMOUNT), ("income:transfer_fee", None, TRANSFER_FEE)],
            ),
            "payout_transferred": ([(_PAYEE, self.assistant, AMOUNT)], [(_BALANCE, None, AMOUNT)]),
            "payout_sent": ([(_CASH, payout_id, AMOUNT)], [(_PAYEE, self.assistant, AMOUNT)]),
            "payout_paid": ([(_IN_TRANSIT, payout_id, AMOUNT)], [(_CASH, payout_id, AMOUNT)]),
            "payout_returned": (
                [(_PAYEE, self.assistant, AMOUNT)],
                [(_PAYABLE, self.assistant, AMOUNT)],
            ),
        }
        come = {"requested": 1, "transferred": 2, "sent": 3, "paid": 4, "returned": 5}[status]
        for fact in list(steps)[: come if started else 0]:
            debits, credits_ = steps[fact]
            source = f"{fact}_{payout_id}"
            self.post(fact, milestone_id, source, RELEASED, debits=debits, credits_=credits_)
        return payout_id

    def refund(self, milestone_id: UUID, reason: str, status: str, charge_id: str) -> UUID:
        """Keep a refund, as far as it has come."""
        refund_id = new_id()
        self.add(
            "refunds",
            refund_id=refund_id,
            milestone_id=milestone_id,
            charge_id=charge_id,
            currency="JPY",
            amount=FUNDED,
            reason=reason,
            status=status,
        )
        owed: list[Side] = [(_REFUNDS, milestone_id, FUNDED)]
        held: list[Side] = [(_ESCROW, milestone_id, FUNDED)]
        self.post("refund_asked", milestone_id, str(refund_id), ENDED, debits=held, credits_=owed)
        if status == "confirmed":
            given: list[Side] = [(_BALANCE, None, FUNDED)]
            source = f"re_{refund_id}"
            self.post("refund_confirmed", milestone_id, source, ENDED, debits=owed, credits_=given)
        return refund_id

    def ended(self, status: str, of_refund: str) -> tuple[UUID, UUID]:
        """Keep a milestone that ended, and its refund."""
        milestone_id = self.funded(status)
        return milestone_id, self.refund(
            milestone_id, "ended", of_refund, self.charge_of(milestone_id)
        )

    def charge_of(self, milestone_id: UUID) -> str:
        """Return what paid for a milestone."""
        query = "SELECT charge_id FROM escrows WHERE milestone_id = %s"
        return str(self.run(query, milestone_id)[0][0])

    def post(
        self,
        fact: str,
        reference: UUID,
        source: str,
        at: datetime,
        *,
        debits: Sequence[Side],
        credits_: Sequence[Side],
    ) -> None:
        """Post an entry."""
        lines = [(*each, 0) for each in debits]
        lines += [(account, owner, 0, amount) for account, owner, amount in credits_]
        given = [
            {"line": number, "account": account, "owner": owner and str(owner), "d": d, "c": c}
            for number, (account, owner, d, c) in enumerate(lines, start=1)
        ]
        self.run(_POST, fact, reference, source, at, Jsonb(given))

    def balances(self) -> Mapping[tuple[str, UUID | None], int]:
        """Return what the journal comes to, by account and owner, on the credit side."""
        return {
            (account, owner): int(balance)
            for account, owner, balance in self.run("""
                SELECT account, owner, sum(credit - debit) FROM journal_lines
                GROUP BY account, owner HAVING sum(credit - debit) <> 0
            """)
        }

    def migrate(self) -> None:
        """Bring it to the newest revision."""
        migrate("payments", self.owner_url)

    @contextmanager
    def begin(self, now: datetime) -> Iterator[Work]:
        """Yield the Work of a transaction of today's code, as the service's runtime role."""
        database = Database(self.url)
        try:
            with database.transaction() as connection:
                yield make_work(connection, SetClock(now))
        finally:
            database.engine.dispose()


_POST = """
    WITH entry AS (
        INSERT INTO journal_entries (fact, reference, source, currency, occurred_at)
        VALUES (%s, %s, %s, 'JPY', %s) RETURNING entry_id
    )
    INSERT INTO journal_lines (entry_id, line, account, owner, debit, credit)
    SELECT entry_id, line, account, owner, d, c
    FROM entry, jsonb_to_recordset(%s)
        AS given (line smallint, account text, owner uuid, d bigint, c bigint)
"""


def old_money(database: ServiceDatabase) -> OldMoney:
    """Bring an empty database to revision 0003."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__path__[0])))
    config.attributes["url"] = database.owner_url
    command.upgrade(config, "0003")
    old = OldMoney(database.url, database.owner_url)
    old.agree()
    return old
