"""What belongs to the way of some money: milestones, charges, payouts, and their entries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, or_, select

from services.payments.adapters.journal import entries_of
from services.payments.adapters.streams import stream
from services.payments.adapters.tables import (
    chargebacks,
    charges,
    checkouts,
    contracts,
    escrows,
    fundings,
    payouts,
    releases,
)
from services.payments.domain.journal import StoredEntry
from services.payments.domain.trace import Part
from services.payments.ports_books import PayoutParts, Traced
from shared.errors import Rejected

MILESTONES_AT_MOST: Final = 500

# By the journal's two indexes: what an entry is about, and what made it happen. A set-off has the
# source of the release that it was taken from; what moved, that of the milestone it moved to.
_ENTRIES: Final = """
    WITH about AS (
        SELECT entry_id FROM journal_entries WHERE reference = ANY(%(references)s)
        UNION
        SELECT entry_id FROM journal_entries
        WHERE fact = 'captured' AND source = ANY(%(charges)s)
        UNION
        SELECT entry_id FROM journal_entries
        WHERE fact = 'escrow_moved' AND source = ANY(%(milestones)s)
        UNION
        SELECT set_off.entry_id FROM journal_entries AS released
            JOIN journal_entries AS set_off USING (source)
        WHERE released.reference = ANY(%(references)s) AND released.fact = 'released'
            AND set_off.fact = 'receivable_set_off'
    )
    SELECT entry_id, fact, reference::text, source, currency, occurred_at,
        line, account, owner::text, debit, credit
    FROM about JOIN journal_entries USING (entry_id) JOIN journal_lines USING (entry_id)
    ORDER BY entry_id, line
"""


@dataclass(frozen=True)
class SqlTraces:
    """Implements the port Traces."""

    connection: Connection

    def find(self, name: str) -> Traced | None:
        """Return what is called so: the processor's id of a charge, or a UUID of ours."""
        if name.startswith(("ch_", "py_")):
            return self._of_charges("charge", name, charges.c.charge_id == name)
        try:
            id_ = UUID(name)
        except ValueError:
            return None
        return (
            self._of_milestone(id_)
            or self._of_payout(id_)
            or self._of_charges("checkout", name, charges.c.checkout_id == id_, id_)
            or self._of_chargeback(id_)
            or self._of_contracts("contract", name, contracts.c.contract_id == id_)
            or self._of_person(id_)
        )

    def entries(self, traced: Traced) -> Iterator[StoredEntry]:
        """Yield the entries of it, its payouts' too, in order of their numbers."""
        references = (*traced.milestones, *traced.references, *traced.payouts)
        values = {
            "references": list(references),
            "charges": list(traced.charges),
            "milestones": list(map(str, traced.milestones)),
        }
        yield from entries_of(stream(self.connection, _ENTRIES, values))

    def payout_parts(self, traced: Traced) -> Sequence[PayoutParts]:
        """Return its payouts, each with what its releases gave."""
        table = releases.c
        query = (
            select(payouts.c.payout_id, payouts.c.transfer_fee, table.release_id, table.owed)
            .add_columns(table.milestone_id)
            .join(releases, table.payout_id == payouts.c.payout_id)
            .where(payouts.c.payout_id.in_(traced.payouts))
            .order_by(payouts.c.payout_id, table.release_id)
        )
        found: dict[UUID, PayoutParts] = {}
        for row in self.connection.execute(query):
            parts = found.setdefault(
                row.payout_id, PayoutParts(row.payout_id, row.transfer_fee, [], set())
            )
            parts.parts.append(Part(str(row.release_id), row.owed))
            if row.milestone_id in traced.milestones:
                parts.included.add(str(row.release_id))
        return list(found.values())

    def _of_milestone(self, milestone_id: UUID) -> Traced | None:
        query = (
            select(contracts.c.client_id, contracts.c.assistant_id)
            .join(escrows, escrows.c.contract_id == contracts.c.contract_id)
            .where(escrows.c.milestone_id == milestone_id)
        )
        row = self.connection.execute(query).one_or_none()
        if row is None:
            return None
        return self._with("milestone", str(milestone_id), [milestone_id], parties=tuple(row))

    def _of_payout(self, payout_id: UUID) -> Traced | None:
        known = select(payouts.c.payout_id).where(payouts.c.payout_id == payout_id)
        if self.connection.scalar(known) is None:
            return None
        milestones = self._uuids(
            select(releases.c.milestone_id).where(
                releases.c.payout_id == payout_id,
                # What a sponsor pays is of no milestone.
                releases.c.milestone_id.is_not(None),
            )
        )
        return self._with("payout", str(payout_id), milestones, whole=[payout_id])

    def _of_charges(
        self, kind: str, name: str, which: ColumnElement[bool], checkout: UUID | None = None
    ) -> Traced | None:
        found = list(self.connection.scalars(select(charges.c.charge_id).where(which)))
        if not found:
            known = select(checkouts.c.checkout_id).where(checkouts.c.checkout_id == checkout)
            if checkout is None or self.connection.scalar(known) is None:
                return None
        milestones = self._uuids(
            select(fundings.c.milestone_id).where(fundings.c.charge_id.in_(found))
        )
        about = self._uuids(
            select(chargebacks.c.chargeback_id).where(chargebacks.c.charge_id.in_(found))
        )
        about += [checkout] if checkout else []
        return self._with(kind, name, milestones, references=about, found=found)

    def _of_chargeback(self, chargeback_id: UUID) -> Traced | None:
        query = select(chargebacks.c.charge_id).where(chargebacks.c.chargeback_id == chargeback_id)
        charge_id = self.connection.scalar(query)
        if charge_id is None:
            return None
        return self._of_charges("chargeback", str(chargeback_id), charges.c.charge_id == charge_id)

    def _of_person(self, person_id: UUID) -> Traced | None:
        mine = or_(contracts.c.client_id == person_id, contracts.c.assistant_id == person_id)
        traced = self._of_contracts("person", str(person_id), mine)
        if traced is None:
            return None
        paid = self._list(select(charges.c.charge_id).where(charges.c.client_id == person_id))
        got = self._uuids(select(payouts.c.payout_id).where(payouts.c.assistant_id == person_id))
        return self._with(
            "person",
            str(person_id),
            list(traced.milestones),
            whole=got,
            references=[person_id],
            found=paid,
        )

    def _of_contracts(self, kind: str, name: str, which: ColumnElement[bool]) -> Traced | None:
        milestones = self._uuids(
            select(escrows.c.milestone_id)
            .join(contracts, contracts.c.contract_id == escrows.c.contract_id)
            .where(which)
        )
        return self._with(kind, name, milestones) if milestones else None

    def _with(
        self,
        kind: str,
        name: str,
        milestones: Sequence[UUID],
        *,
        parties: tuple[UUID, ...] = (),
        whole: Sequence[UUID] = (),
        references: Sequence[UUID] = (),
        found: Sequence[str] = (),
    ) -> Traced:
        """Add the charges that paid the milestones, and the payouts of their releases."""
        funding = self._list(
            select(fundings.c.charge_id).where(fundings.c.milestone_id.in_(milestones)).distinct()
        )
        paid_out = self._uuids(
            select(releases.c.payout_id)
            .where(releases.c.milestone_id.in_(milestones), releases.c.payout_id.is_not(None))
            .distinct()
        )
        lost = self._uuids(
            select(chargebacks.c.chargeback_id).where(chargebacks.c.charge_id.in_(funding))
        )
        return Traced(
            kind=kind,
            name=name,
            milestones=frozenset(milestones),
            whole_charges=frozenset(found),
            charges=frozenset((*funding, *found)),
            payouts=frozenset((*paid_out, *whole)),
            whole_payouts=frozenset(whole),
            references=frozenset((*references, *lost)),
            whole_references=frozenset(references),
            parties=frozenset(parties),
        )

    def _uuids(self, query: Select[Any]) -> list[UUID]:
        return self._list(query)

    def _list(self, query: Select[Any]) -> list[Any]:
        found = list(self.connection.scalars(query.limit(MILESTONES_AT_MOST + 1)))
        if len(found) > MILESTONES_AT_MOST:
            raise Rejected(
                "trace_too_large",
                "Trace a milestone, a charge or a payout instead.",
                at_most=MILESTONES_AT_MOST,
            )
        return found
