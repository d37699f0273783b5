"""What of the path goes into somebody's export, and what is taken out when they leave."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, select, update

from services.programs.adapters.tables import participants
from services.programs.adapters.tables_path import (
    check_ins,
    drafts,
    files,
    helps,
    notes,
    practices,
    protections,
    steps_reached,
    units_tried,
)
from services.programs.adapters.tables_work import (
    contracts_known,
    milestones_known,
    releases_known,
)

# Notes aren't among them: only supporters read these.
_OF_PARTICIPANT: Final = {
    "steps": steps_reached,
    "units": units_tried,
    "practices": practices,
    "drafts": drafts,
    "helps": helps,
    "check_ins": check_ins,
    "files": files,
}
_WORK: Final = {
    "contracts": contracts_known,
    "milestones": milestones_known,
    "releases": releases_known,
}
_EMPTY: Final[Mapping[Table, Mapping[str, Any]]] = {
    practices: {"deliveries": []},
    drafts: {"text": "", "comment": "", "file_ids": [], "due_at": None},
    helps: {"text": "", "about": None, "answers": [], "due_at": None},
    check_ins: {"text": None, "due_at": None},
}


def mine_of(person_id: UUID) -> Mapping[str, tuple[Table, ColumnElement[bool]]]:
    """Return the tables that hold something of a person, each with whose rows these are."""
    participations = select(participants.c.participant_id).where(
        participants.c.person_id == person_id
    )
    return {
        **{
            name: (table, table.c.participant_id.in_(participations))
            for name, table in _OF_PARTICIPANT.items()
        },
        **{name: (table, table.c.assistant_id == person_id) for name, table in _WORK.items()},
        "protection": (protections, protections.c.person_id == person_id),
    }


def forget_path(connection: Connection, account_ids: Collection[UUID]) -> None:
    """Take out what was written, and notes and files. How far somebody came stays."""
    theirs = select(participants.c.participant_id).where(participants.c.person_id.in_(account_ids))
    for table, empty in _EMPTY.items():
        without_words = update(table).where(table.c.participant_id.in_(theirs)).values(**empty)
        connection.execute(without_words)
    for table in (notes, files):
        connection.execute(table.delete().where(table.c.participant_id.in_(theirs)))
