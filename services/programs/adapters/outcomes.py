"""What figures are made of, in PostgreSQL; and an outbox that notes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from services.programs.adapters.tables_outcomes import outcome_facts
from services.programs.domain.outcome_facts import OWN, OWN_EVENTS, Fact, Kind, fact_of
from services.programs.ports import Outbox
from shared.messages.base import Event

AT_ONCE: Final = 1_000
# Whoever tells something meanwhile waits: their fact comes after those made anew.
_LOCK: Final = text("LOCK TABLE outcome_facts IN SHARE ROW EXCLUSIVE MODE")
_TOLD: Final = text(
    "SELECT type, data FROM outbox WHERE type = ANY(:types)"
    " UNION ALL SELECT type, data FROM outbox_archive WHERE type = ANY(:types)"
)


@dataclass(frozen=True)
class SqlOutcomes:
    """Implements the port Outcomes."""

    connection: Connection

    def note(self, told: Event) -> None:
        """Keep what an event tells for the figures, if anything; once."""
        fact = fact_of(told)
        if fact is not None:
            self._keep([fact])

    def facts(self, program_id: UUID) -> Sequence[Fact]:
        """Return the facts of a program, and those heard of its people."""
        people = select(outcome_facts.c.person_id).where(outcome_facts.c.program_id == program_id)
        query = select(outcome_facts).where(
            or_(
                outcome_facts.c.program_id == program_id,
                outcome_facts.c.program_id.is_(None) & outcome_facts.c.person_id.in_(people),
            )
        )
        return [_fact(row._asdict()) for row in self.connection.execute(query)]

    def rebuild(self) -> int:
        """Make the program's own facts anew of all that it ever told; return how many."""
        self.connection.execute(_LOCK)
        self.connection.execute(delete(outcome_facts).where(outcome_facts.c.kind.in_(OWN)))
        made = 0
        asked = {"types": list(OWN_EVENTS)}
        paged = {"yield_per": AT_ONCE}
        with self.connection.execute(_TOLD, asked, execution_options=paged) as told:
            for rows in told.partitions():
                events = [Event.registry[each.type].model_validate_json(each.data) for each in rows]
                facts = [fact for each in events if (fact := fact_of(each))]
                self._keep(facts)
                made += len(facts)
        return made

    def _keep(self, facts: Sequence[Fact]) -> None:
        if facts:
            rows = [vars(each) | {"kind": each.kind.value} for each in facts]
            self.connection.execute(insert(outcome_facts).on_conflict_do_nothing(), rows)


@dataclass(frozen=True)
class NotingOutbox:
    """An Outbox that notes for the figures, in the same transaction, what it tells."""

    outbox: Outbox
    outcomes: SqlOutcomes

    def emit(self, event: Event, *, subject: UUID) -> None:
        """Add an event about this object."""
        self.outbox.emit(event, subject=subject)
        self.outcomes.note(event)


def _fact(row: dict[str, object]) -> Fact:
    return Fact(**row | {"kind": Kind(str(row["kind"]))})  # type: ignore[arg-type]  # by the table
