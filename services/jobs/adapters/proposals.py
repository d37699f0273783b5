"""Proposals in PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, func, select

from services.jobs.adapters.tables import proposals
from services.jobs.domain.proposal import STANDING, Proposal
from shared.db import new_values, update_by
from shared.errors import NotFound
from shared.messages.jobs import MilestoneOffer, ProposalStatus, RetainerTerms

_OFFERS = TypeAdapter(tuple[MilestoneOffer, ...])
_CHANGING = (
    "cover",
    "made_at",
    "status",
    "version",
    "weekly_hours",
    "questions",
    "shortlisted",
    "reason",
    "counter_note",
    "countered_by",
    "countered_at",
)
_SAVE = update_by(proposals, "proposal_id", (*_CHANGING, "milestones", "retainer"))


@dataclass(frozen=True)
class SqlProposals:
    """Implements the port Proposals."""

    connection: Connection

    def add(self, proposal: Proposal) -> None:
        """Keep a new proposal."""
        self.connection.execute(proposals.insert().values(vars(proposal) | _as_json(proposal)))

    def get(self, proposal_id: UUID) -> Proposal:
        """Return the proposal; raise NotFound."""
        query = select(proposals).where(proposals.c.proposal_id == proposal_id)
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("proposal_not_found", "There is no such proposal of yours or to you.")
        return _proposal(row)

    def save(self, changed: Sequence[Proposal]) -> None:
        """Keep these proposals as they are now."""
        rows = [
            {"id": each.proposal_id}
            | new_values(each, _CHANGING)
            | {f"new_{name}": value for name, value in _as_json(each).items()}
            for each in changed
        ]
        if rows:
            self.connection.execute(_SAVE, rows)

    def standing(self, job_id: UUID) -> Sequence[Proposal]:
        """Return the proposals to a job that wait for an answer."""
        query = select(proposals).where(
            proposals.c.job_id == job_id, proposals.c.status.in_(STANDING)
        )
        return [_proposal(row) for row in self.connection.execute(query)]

    def count_standing(self, job_ids: Sequence[UUID]) -> Mapping[UUID, int]:
        """Return how many proposals wait for an answer, by job; a job without any is left out."""
        query = (
            select(proposals.c.job_id, func.count().label("waiting"))
            .where(proposals.c.job_id.in_(job_ids), proposals.c.status.in_(STANDING))
            .group_by(proposals.c.job_id)
        )
        return {row.job_id: row.waiting for row in self.connection.execute(query)}

    def has_any(self, job_id: UUID) -> bool:
        """Tell whether anybody has ever proposed to a job."""
        query = select(proposals.c.proposal_id).where(proposals.c.job_id == job_id).limit(1)
        return self.connection.execute(query).first() is not None

    def has_task(self, job_id: UUID, assistant_id: UUID) -> bool:
        """Tell whether this assistant has taken one of the job's small tasks."""
        query = select(proposals.c.proposal_id).where(
            proposals.c.job_id == job_id,
            proposals.c.assistant_id == assistant_id,
            proposals.c.status == ProposalStatus.ACCEPTED,
        )
        return self.connection.execute(query.limit(1)).first() is not None

    def newest(
        self, job_id: UUID | None, *, assistant_id: UUID | None, after: UUID | None, limit: int
    ) -> Sequence[Proposal]:
        """Return the proposals to a job, or to all; newest first: all, or one assistant's own."""
        query = select(proposals).order_by(proposals.c.proposal_id.desc()).limit(limit)
        if job_id is not None:
            query = query.where(proposals.c.job_id == job_id)
        if assistant_id is not None:
            query = query.where(proposals.c.assistant_id == assistant_id)
        if after is not None:
            query = query.where(proposals.c.proposal_id < after)
        return [_proposal(row) for row in self.connection.execute(query)]


def _as_json(proposal: Proposal) -> dict[str, Any]:
    retainer = proposal.retainer
    return {
        "milestones": _OFFERS.dump_python(proposal.milestones, mode="json"),
        "retainer": retainer.model_dump(mode="json") if retainer else None,
    }


def _proposal(row: Row[Any]) -> Proposal:
    kinds = {
        "milestones": _OFFERS.validate_python(row.milestones),
        "retainer": RetainerTerms.model_validate(row.retainer) if row.retainer else None,
        "status": ProposalStatus(row.status),
    }
    return Proposal(**{**row._mapping, **kinds})  # noqa: SLF001  (public)
