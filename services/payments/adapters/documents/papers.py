"""What documents are made of: the journal, and the tables that say what it was about.

A release shrinks when a refund takes back of it; together with its reversals it is what it was.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.payments.adapters.documents.issuers import SqlIssuers
from services.payments.domain.documents import Party
from services.payments.domain.papers import (
    Charged,
    PaidOut,
    Parties,
    Refunded,
    Released,
    Reversed,
    Shares,
)
from services.payments.domain.periods import Balance, MonthOf, Movement, Period
from shared.calendar import day_in_japan
from shared.messages.jobs import Mode

_SHARES: Final = (
    "price",
    "tax",
    "gross",
    "net",
    "platform_fee",
    "platform_fee_tax",
    "withholding",
)
# As it was at the moment :as_of; '-infinity': as it was made.
_RELEASES: Final = f"""
    SELECT releases.release_id, escrows.title, contracts.mode, contracts.client_id,
        contracts.assistant_id, releases.released_at, rate.basis_points,
        {", ".join(f"releases.{each} + coalesce(back.{each}, 0) AS {each}" for each in _SHARES)}
    FROM releases
    JOIN escrows USING (milestone_id)
    JOIN contracts USING (contract_id)
    CROSS JOIN LATERAL (
        SELECT basis_points FROM consumption_tax_rates
        WHERE valid_from <= (escrows.agreed_at AT TIME ZONE 'Asia/Tokyo')::date
        ORDER BY valid_from DESC LIMIT 1
    ) AS rate
    LEFT JOIN LATERAL (
        SELECT {", ".join(f"sum({each})::bigint AS {each}" for each in _SHARES)}
        FROM release_reversals
        WHERE release_reversals.release_id = releases.release_id AND reversed_at > :as_of
    ) AS back ON true
"""  # noqa: S608  (columns of our own)
_RELEASE: Final = text(f"{_RELEASES} WHERE releases.release_id = :id")
_OF_PAYOUT: Final = text(f"{_RELEASES} WHERE releases.payout_id = :id ORDER BY release_id")
_SPONSORED: Final = text("""
    SELECT coalesce(sum(net), 0)::bigint FROM releases
    WHERE payout_id = :id AND sponsorship_id IS NOT NULL
""")
_RELEASED_IN: Final = text(f"""
    {_RELEASES}
    WHERE contracts.contract_id IN (
            SELECT contract_id FROM contracts WHERE client_id = :person
            UNION SELECT contract_id FROM contracts WHERE assistant_id = :person
        )
        AND releases.released_at >= :begins AND releases.released_at < :ends
    ORDER BY releases.released_at, release_id
""")  # noqa: S608  (as above)

_REVERSALS: Final = text("""
    SELECT * FROM release_reversals WHERE refund_id = :id ORDER BY release_id
""")
_REFUNDS_IN: Final = text("""
    SELECT DISTINCT refund_id, reversed_at
    FROM contracts
    JOIN escrows USING (contract_id)
    JOIN releases USING (milestone_id)
    JOIN release_reversals USING (release_id)
    WHERE contract_id IN (
            SELECT contract_id FROM contracts WHERE client_id = :person
            UNION SELECT contract_id FROM contracts WHERE assistant_id = :person
        )
        AND reversed_at >= :begins AND reversed_at < :ends
    ORDER BY reversed_at, refund_id
""")

_CHARGE: Final = text("SELECT * FROM charges WHERE charge_id = :id")
_CHARGES_IN: Final = text("""
    SELECT * FROM charges
    WHERE client_id = :person AND captured_at >= :begins AND captured_at < :ends
    ORDER BY captured_at, charge_id
""")
_PAID_FOR: Final = text("""
    SELECT account, title, credit
    FROM journal_entries
    JOIN journal_lines USING (entry_id)
    LEFT JOIN escrows ON account = 'liability:escrow' AND milestone_id = owner
    WHERE fact IN ('captured', 'wallet_topped_up') AND source = :id
        AND account IN ('liability:escrow', 'liability:client_credit', 'liability:sponsor_wallet')
    ORDER BY milestone_id
""")

_STANDING: Final = "status IN ('requested', 'transferred', 'sent', 'paid')"
_PAYOUT: Final = text(
    f"SELECT * FROM payouts WHERE payout_id = :id AND {_STANDING}"  # noqa: S608  (as above)
)
_PAYOUTS_IN: Final = text(f"""
    SELECT * FROM payouts
    WHERE assistant_id = :person AND {_STANDING}
        AND requested_at >= :begins AND requested_at < :ends
    ORDER BY payout_id
""")  # noqa: S608  (as above)

# What an entry refers to finds it; its lines say whose money it moved. The owners of a client's
# escrows are the client's milestones.
_MOVED: Final = """
    SELECT entry_id, fact, occurred_at, title, sum(credit - debit)::bigint AS amount
    FROM mine
    JOIN journal_entries ON reference = mine.id
    JOIN journal_lines USING (entry_id)
    LEFT JOIN escrows ON milestone_id = reference
    WHERE occurred_at >= :begins AND {whose}
    GROUP BY entry_id, fact, occurred_at, title
    HAVING sum(credit - debit) <> 0
    ORDER BY occurred_at, entry_id
"""
_ASSISTANTS: Final = """
    WITH mine AS (
        SELECT CAST(:person AS uuid) AS id
        UNION SELECT milestone_id
            FROM contracts JOIN escrows USING (contract_id) WHERE assistant_id = :person
        UNION SELECT payout_id FROM payouts WHERE assistant_id = :person
        UNION SELECT program_id FROM sponsorships WHERE person_id = :person
        UNION SELECT chargeback_id
            FROM contracts JOIN escrows USING (contract_id) JOIN fundings USING (milestone_id)
            JOIN chargebacks USING (charge_id) WHERE assistant_id = :person
    )
"""
_CLIENTS: Final = """
    WITH milestones AS MATERIALIZED (
        SELECT milestone_id AS id
        FROM contracts JOIN escrows USING (contract_id) WHERE client_id = :person
    ), mine AS (
        SELECT CAST(:person AS uuid) AS id
        UNION SELECT id FROM milestones
        UNION SELECT checkout_id FROM checkouts WHERE client_id = :person
        UNION SELECT chargeback_id
            FROM charges JOIN chargebacks USING (charge_id) WHERE client_id = :person
    )
"""
_OWED: Final = "(account, owner) = ('liability:assistant_payable', CAST(:person AS uuid))"
_HELD: Final = """(
    (account, owner) = ('liability:client_credit', CAST(:person AS uuid))
    OR account = 'liability:escrow' AND owner IN (SELECT id FROM milestones)
)"""
_ASSISTANT_MOVED: Final = text(_ASSISTANTS + _MOVED.format(whose=_OWED))
_CLIENT_MOVED: Final = text(_CLIENTS + _MOVED.format(whose=_HELD))
_BALANCE: Final = "SELECT coalesce(sum(balance), 0)::bigint FROM account_balances WHERE "
_ASSISTANT_HAS: Final = text(_ASSISTANTS + _BALANCE + _OWED)
_CLIENT_HAS: Final = text(_CLIENTS + _BALANCE + _HELD)
_ROLES: Final = text("""
    SELECT EXISTS (SELECT FROM contracts WHERE client_id = :person)
            OR EXISTS (SELECT FROM charges WHERE client_id = :person) AS client,
        EXISTS (SELECT FROM contracts WHERE assistant_id = :person)
            OR EXISTS (SELECT FROM sponsorships WHERE person_id = :person) AS assistant
""")


@dataclass(frozen=True)
class SqlPapers:
    """Implements the port Papers."""

    connection: Connection
    issuers: SqlIssuers

    def charge(self, charge_id: str) -> Charged | None:
        """Return a captured payment."""
        row = self._one(_CHARGE, id=charge_id)
        return self._charged(row) if row else None

    def release(self, release_id: UUID) -> Released | None:
        """Return a release as it was made."""
        row = self._one(_RELEASE, id=release_id, as_of="-infinity")
        return self._released(row) if row else None

    def refund(self, refund_id: UUID) -> Refunded | None:
        """Return a refund after a release."""
        rows = self._all(_REVERSALS, id=refund_id)
        taken = [
            Reversed(released, _shares(row))
            for row in rows
            if (released := self.release(row.release_id))
        ]
        if not taken:
            return None
        return Refunded(refund_id, day_in_japan(rows[0].reversed_at), tuple(taken))

    def payout(self, payout_id: UUID) -> PaidOut | None:
        """Return a payout that hasn't failed."""
        row = self._one(_PAYOUT, id=payout_id)
        return self._paid_out(row) if row else None

    def charges(self, client_id: UUID, during: Period) -> Sequence[Charged]:
        """Return what a client paid in a month."""
        return [self._charged(row) for row in self._in(_CHARGES_IN, client_id, during)]

    def releases(self, person_id: UUID, during: Period) -> Sequence[Released]:
        """Return what was released in a month to an assistant, or of a client's money."""
        rows = self._in(_RELEASED_IN, person_id, during, as_of="-infinity")
        return [self._released(row) for row in rows]

    def refunds(self, person_id: UUID, during: Period) -> Sequence[Refunded]:
        """Return a month's refunds after a release, of an assistant or a client."""
        rows = self._in(_REFUNDS_IN, person_id, during)
        return [found for row in rows if (found := self.refund(row.refund_id))]

    def payouts(self, assistant_id: UUID, during: Period) -> Sequence[PaidOut]:
        """Return an assistant's payouts that were asked for in a month, but for failed ones."""
        return [self._paid_out(row) for row in self._in(_PAYOUTS_IN, assistant_id, during)]

    def month_of(self, person_id: UUID, month: Period) -> MonthOf:
        """Return a person's balances in the books over a month.

        The balance of today is stored: from there it is counted back.
        """
        roles = self.connection.execute(_ROLES, {"person": person_id}).one()
        client = assistant = None
        if roles.client or not roles.assistant:
            client = self._balance(_CLIENT_HAS, _CLIENT_MOVED, person_id, month)
        if roles.assistant:
            assistant = self._balance(_ASSISTANT_HAS, _ASSISTANT_MOVED, person_id, month)
        return MonthOf(
            person_id,
            self.issuers.party(person_id, month.after),
            client,
            assistant,
            self._charged_for(person_id, month),
        )

    def _charged_for(self, person_id: UUID, month: Period) -> tuple[tuple[Any, str, Shares], ...]:
        lines = [
            (each.released_on, each.title, each.shares)
            for each in self.releases(person_id, month)
            if each.parties.assistant.person_id == person_id
        ]
        lines += [
            (refunded.refunded_on, each.released.title, -each.shares)
            for refunded in self.refunds(person_id, month)
            if refunded.parties.assistant.person_id == person_id
            for each in refunded.taken
        ]
        return tuple(lines)

    def _balance(self, has: Any, moved: Any, person_id: UUID, month: Period) -> Balance:
        balance: int = self.connection.execute(has, {"person": person_id}).scalar_one()
        rows = self._all(moved, person=person_id, begins=month.begins)
        during = tuple(
            Movement(day_in_japan(row.occurred_at), row.fact, row.title or "", row.amount)
            for row in rows
            if row.occurred_at < month.ends
        )
        return Balance(balance - sum(row.amount for row in rows), during)

    def _charged(self, row: Row[Any]) -> Charged:
        day = day_in_japan(row.captured_at)
        amounts: Mapping[str, list[tuple[str, int]]] = defaultdict(list)
        for line in self._all(_PAID_FOR, id=row.charge_id):
            amounts[line.account].append((line.title or "", line.credit))
        return Charged(
            market=self.issuers.issuer(day).issuer,
            client=self.issuers.party(row.client_id, day),
            charge_id=row.charge_id,
            method=row.method,
            amount=row.amount,
            captured_on=day,
            parts=tuple(amounts["liability:escrow"]),
            credit=sum(credit for _, credit in amounts["liability:client_credit"]),
            wallet=sum(credit for _, credit in amounts["liability:sponsor_wallet"]),
        )

    def _released(self, row: Row[Any]) -> Released:
        day = day_in_japan(row.released_at)
        client, assistant = (
            self.issuers.party(each, day) for each in (row.client_id, row.assistant_id)
        )
        return Released(
            release_id=row.release_id,
            title=row.title,
            mode=Mode(row.mode),
            basis_points=row.basis_points,
            released_on=day,
            shares=_shares(row),
            parties=Parties(self.issuers.issuer(day).issuer, client, assistant),
        )

    def _paid_out(self, row: Row[Any]) -> PaidOut:
        day = day_in_japan(row.requested_at)
        assistant: Party = self.issuers.party(row.assistant_id, day)
        released = self._all(_OF_PAYOUT, id=row.payout_id, as_of=row.requested_at)
        return PaidOut(
            market=self.issuers.issuer(day).issuer,
            assistant=assistant,
            payout_id=row.payout_id,
            requested_on=day,
            payday=row.payday,
            gross=row.gross,
            transfer_fee=row.transfer_fee,
            released=tuple(self._released(each) for each in released),
            sponsored=self.connection.execute(_SPONSORED, {"id": row.payout_id}).scalar_one(),
        )

    def _one(self, query: Any, **which: object) -> Row[Any] | None:
        return self.connection.execute(query, which).one_or_none()

    def _all(self, query: Any, **which: object) -> Sequence[Row[Any]]:
        return self.connection.execute(query, which).all()

    def _in(
        self, query: Any, person_id: UUID, during: Period, **which: object
    ) -> Sequence[Row[Any]]:
        begins: datetime = during.begins
        return self._all(query, person=person_id, begins=begins, ends=during.ends, **which)


def _shares(row: Row[Any]) -> Shares:
    return Shares(**{each: getattr(row, each) for each in _SHARES})
