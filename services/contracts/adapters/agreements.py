"""Contracts, their terms, the names in them and the policies behind them, in PostgreSQL."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from services.contracts.adapters.leaving import SqlAccountData
from services.contracts.adapters.tables import contracts, milestones, people, policies, terms
from services.contracts.domain.contract import Contract, Policy
from services.contracts.domain.milestone import OVER, Milestone
from services.contracts.domain.parties import no_such_contract
from services.contracts.domain.terms import Consents, canonical
from shared.calendar import PayCycle, day_in_japan
from shared.db import valid_at
from shared.errors import NotFound
from shared.messages.contracts import TermsView
from shared.messages.jobs import Category, Mode

# Built once: every command runs them.
_CONTRACT = select(contracts).where(contracts.c.contract_id == bindparam("id"))


@dataclass(frozen=True)
class SqlContracts:
    """Implements the port Contracts."""

    connection: Connection

    def add(
        self,
        contract: Contract,
        agreed: TermsView,
        consents: Consents,
        parts: Sequence[Milestone],
    ) -> bool:
        """Keep a new contract; False when its proposal has one already."""
        added = (
            insert(contracts)
            .values(asdict(contract))
            .on_conflict_do_nothing(constraint="contracts_proposal")
            .returning(contracts.c.contract_id)
        )
        if self.connection.execute(added).scalar() is None:
            return False
        self.amend(contract.contract_id, agreed, consents)
        rows = [milestone_row(milestone, position) for position, milestone in enumerate(parts)]
        if rows:
            self.connection.execute(milestones.insert(), rows)
        return True

    def amend(self, contract_id: UUID, agreed: TermsView, consents: Consents) -> None:
        """Keep a new version of the terms."""
        self.connection.execute(
            terms.insert().values(
                contract_id=contract_id,
                version=agreed.version,
                document=canonical(agreed),
                sha256=agreed.sha256,
                client_consent_by=consents.client.by,
                client_consent_at=consents.client.at,
                assistant_consent_by=consents.assistant.by,
                assistant_consent_at=consents.assistant.at,
            )
        )

    def get(self, contract_id: UUID) -> Contract:
        """Return the contract; raise NotFound."""
        row = self.connection.execute(_CONTRACT, {"id": contract_id}).mappings().one_or_none()
        if row is None:
            raise no_such_contract()
        values = {**row, "category": Category(row["category"]), "mode": Mode(row["mode"])}
        del values["completed_at"]
        return Contract(**values)

    def complete(self, contract_id: UUID, now: datetime) -> bool:
        """Note that nothing is to be done any more; False when it isn't so, or noted already."""
        # Locked first: of two last milestones that end at once, the second sees the first.
        locked = select(contracts.c.completed_at).where(contracts.c.contract_id == contract_id)
        if self.connection.execute(locked.with_for_update()).scalar():
            return False
        going_on = select(milestones.c.milestone_id).where(
            milestones.c.contract_id == contract_id, milestones.c.status.not_in(OVER)
        )
        if self.connection.execute(going_on.limit(1)).first():
            return False
        self.connection.execute(
            contracts.update()
            .where(contracts.c.contract_id == contract_id)
            .values(completed_at=now)
        )
        return True

    def completed(self, contract_id: UUID) -> bool:
        """Tell whether nothing is to be done any more; what is true stays so in the transaction."""
        query = select(contracts.c.completed_at).where(contracts.c.contract_id == contract_id)
        # Whoever completes it waits for what this transaction adds.
        return (
            self.connection.execute(query.with_for_update(key_share=True, read=True)).scalar()
            is not None
        )

    def terms(self, contract_id: UUID, version: int | None = None) -> TermsView:
        """Return the terms that hold, or this version; raise NotFound."""
        row = self._terms(contract_id, version)
        consents = [
            {"party": party, "person_id": by, "at": at}
            for party, by, at in (
                ("client", row.client_consent_by, row.client_consent_at),
                ("assistant", row.assistant_consent_by, row.assistant_consent_at),
            )
            if by
        ]
        return TermsView.model_validate(
            json.loads(row.document) | {"sha256": row.sha256, "consents": consents}
        )

    def document(self, contract_id: UUID, version: int) -> str:
        """Return the text of a version that was hashed; raise NotFound."""
        document: str = self._terms(contract_id, version).document
        return document

    def _terms(self, contract_id: UUID, version: int | None) -> Row[Any]:
        query = select(terms).where(terms.c.contract_id == contract_id)
        if version is not None:
            query = query.where(terms.c.version == version)
        last = query.order_by(terms.c.version.desc()).limit(1)
        row = self.connection.execute(last).one_or_none()
        if row is None:
            raise NotFound("terms_not_found", "The terms have no such version.")
        return row


@dataclass(frozen=True)
class SqlPeople(SqlAccountData):
    """Implements the port People."""

    connection: Connection

    def remember(self, person_id: UUID, name: str, *, is_assistant: bool = False) -> None:
        """Keep a person's name."""
        row = {"person_id": person_id, "display_name": name, "is_assistant": is_assistant}
        self.connection.execute(insert(people).values(row).on_conflict_do_nothing())

    def name(self, person_id: UUID) -> str | None:
        """Return the name, or None while it isn't known."""
        query = select(people.c.display_name).where(people.c.person_id == person_id)
        return self.connection.execute(query).scalar()

    def may_assist(self, person_id: UUID) -> bool:
        """Tell whether it is an assistant, as far as we know."""
        query = select(people.c.is_assistant).where(people.c.person_id == person_id)
        row = self.connection.execute(query).one_or_none()
        return row is not None and row.is_assistant is not False


@dataclass(frozen=True)
class SqlPolicies:
    """Implements the port Policies."""

    connection: Connection

    def at(self, moment: datetime) -> Policy:
        """Return the policy that holds at this moment."""
        row = valid_at(self.connection, policies, day_in_japan(moment))
        row["hold_warning_days"] = tuple(row["hold_warning_days"])
        return Policy(pay_cycle=PayCycle(row.pop("first_cutoff")), **row)


def milestone_row(milestone: Milestone, position: object) -> dict[str, Any]:
    """Return a new milestone as a row; `position` says where it stands in its contract."""
    return {
        "milestone_id": milestone.milestone_id,
        "contract_id": milestone.contract_id,
        "position": position,
        "title": milestone.title,
        "description": milestone.description,
        "price_amount": milestone.price.amount,
        "currency": milestone.price.currency,
        "due_on": milestone.due_on,
        "review_days": milestone.review_days,
        "status": milestone.status,
        "funding_attempt": milestone.funding_attempt,
        "kind": milestone.kind,
        "funded": milestone.funded,
        "accepted_amount": milestone.accepted_price.amount,
        "refunded_amount": milestone.refunded_price.amount,
        "criteria": list(milestone.criteria),
        "revisions": milestone.revisions,
        "late": milestone.late,
        "funded_at": milestone.funded_at,
        "starts_on": milestone.starts_on,
    }
