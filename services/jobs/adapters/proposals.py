"""Proposals in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, bindparam, select

from services.jobs.adapters.tables import proposals
from services.jobs.domain.proposal import Proposal
from shared.errors import NotFound
from shared.messages.jobs import MilestoneOffer, ProposalStatus

_OFFERS = TypeAdapter(tuple[MilestoneOffer, ...])


@dataclass(frozen=True)
class SqlProposals:
    """Implements the port Proposals."""

    connection: Connection

    def add(self, proposal: Proposal) -> None:
        """Keep a new proposal."""
        self.connection.execute(
            proposals.insert().values(
                proposal_id=proposal.proposal_id,
                job_id=proposal.job_id,
                assistant_id=proposal.assistant_id,
                cover=proposal.cover,
                milestones=_OFFERS.dump_python(proposal.milestones, mode="json"),
                status=proposal.status,
                made_at=proposal.made_at,
            )
        )

    def get(self, proposal_id: UUID) -> Proposal:
        """Return the proposal; raise NotFound."""
        query = select(proposals).where(proposals.c.proposal_id == proposal_id)
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("proposal_not_found", "There is no such proposal of yours or to you.")
        return _proposal(row)

    def save(self, changed: Sequence[Proposal]) -> None:
        """Keep the status of these proposals."""
        if not changed:
            return
        self.connection.execute(
            proposals.update()
            .where(proposals.c.proposal_id == bindparam("id"))
            .values(status=bindparam("new_status")),
            [{"id": each.proposal_id, "new_status": each.status} for each in changed],
        )

    def standing(self, job_id: UUID) -> Sequence[Proposal]:
        """Return the proposals to a job that wait for an answer."""
        query = select(proposals).where(
            proposals.c.job_id == job_id, proposals.c.status == ProposalStatus.MADE
        )
        return [_proposal(row) for row in self.connection.execute(query)]

    def newest(
        self, job_id: UUID, *, assistant_id: UUID | None, after: UUID | None, limit: int
    ) -> Sequence[Proposal]:
        """Return the proposals to a job, newest first: all, or one assistant's own."""
        query = (
            select(proposals)
            .where(proposals.c.job_id == job_id)
            .order_by(proposals.c.proposal_id.desc())
            .limit(limit)
        )
        if assistant_id is not None:
            query = query.where(proposals.c.assistant_id == assistant_id)
        if after is not None:
            query = query.where(proposals.c.proposal_id < after)
        return [_proposal(row) for row in self.connection.execute(query)]


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        proposal_id=row.proposal_id,
        job_id=row.job_id,
        assistant_id=row.assistant_id,
        cover=row.cover,
        milestones=_OFFERS.validate_python(row.milestones),
        made_at=row.made_at,
        status=ProposalStatus(row.status),
    )
