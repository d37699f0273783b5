"""What goes back and forth along the path, in PostgreSQL: one row for each thing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Column, Connection, Select, Table, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from services.programs.adapters.tables_path import (
    check_ins,
    drafts,
    files,
    helps,
    notes,
    practices,
)
from services.programs.domain.path import CheckIn, Draft, Help, Note, Practice, no_such
from services.programs.ports.path import Care
from shared.messages.files import FileView

Item = TypeVar("Item")


@dataclass(frozen=True)
class SqlKept(Generic[Item]):
    """Implements the ports Kept and Clocked: a table whose columns are the fields of a kind.

    `what` names the kind in the refusal of one that isn't there.
    """

    connection: Connection
    table: Table
    kind: TypeAdapter[Item]
    what: str

    def add(self, item: Item) -> None:
        """Keep a new one."""
        self.connection.execute(self.table.insert().values(self._row(item)))

    def get(self, item_id: UUID) -> Item:
        """Return it; raise NotFound."""
        return self._one(select(self.table).where(self._key == item_id))

    def lock(self, item_id: UUID) -> Item:
        """Return it and keep others from changing it until the transaction ends."""
        return self._one(select(self.table).where(self._key == item_id).with_for_update())

    def save(self, item: Item) -> None:
        """Keep it as it is now."""
        row = self._row(item)
        this = self._key == row.pop(self._key.name)
        self.connection.execute(self.table.update().where(this).values(row))

    def of(self, participant_id: UUID) -> Sequence[Item]:
        """Return those of a participant, newest first."""
        query = select(self.table).where(self.table.c.participant_id == participant_id)
        found = self.connection.execute(query.order_by(self._key.desc()))
        return [self.kind.validate_python(row._asdict()) for row in found]

    def claim_due(self, now: datetime, but: Collection[UUID]) -> Item | None:
        """Return one whose clock is due, locked; skip these, and those that others hold."""
        query = (
            select(self.table)
            .where(self.table.c.due_at <= now, self._key.not_in(but))
            .order_by(self.table.c.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = self.connection.execute(query).one_or_none()
        return self.kind.validate_python(row._asdict()) if row else None

    @property
    def _key(self) -> Column[Any]:
        return next(iter(self.table.primary_key.columns))

    def _one(self, query: Select[Any]) -> Item:
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise no_such(self.what)
        return self.kind.validate_python(row._asdict())

    def _row(self, item: Item) -> dict[str, Any]:
        as_json = {each.name for each in self.table.columns if isinstance(each.type, JSONB)}
        plain: dict[str, Any] = self.kind.dump_python(item, mode="json", include=as_json)
        return vars(item) | plain


@dataclass(frozen=True)
class SqlFiles:
    """Implements the port Files."""

    connection: Connection

    def add(self, participant_id: UUID, file: FileView, at: datetime) -> FileView:
        """Keep a file; return the one that there is, when it is the same again."""
        row = file.model_dump() | {"participant_id": participant_id, "uploaded_at": at}
        self.connection.execute(insert(files).values(row).on_conflict_do_nothing())
        query = select(files).where(
            files.c.participant_id == participant_id,
            files.c.sha256 == file.sha256,
            files.c.name == file.name,
        )
        return FileView.model_validate(self.connection.execute(query).one(), from_attributes=True)

    def get(self, participant_id: UUID, file_id: UUID) -> FileView:
        """Return the file; raise NotFound (`file_not_found`)."""
        found = self.known(participant_id, {file_id})
        if file_id not in found:
            raise no_such("file")
        return found[file_id]

    def known(self, participant_id: UUID, file_ids: Collection[UUID]) -> Mapping[UUID, FileView]:
        """Return those of them that are files of this participant, by their ids."""
        query = select(files).where(
            files.c.participant_id == participant_id, files.c.file_id.in_(file_ids)
        )
        return {
            row.file_id: FileView.model_validate(row, from_attributes=True)
            for row in self.connection.execute(query)
        }

    def wanted(self, contents: Collection[str]) -> Collection[str]:
        """Return those of these SHA-256 of which there still is a file, of anybody."""
        query = select(files.c.sha256).where(files.c.sha256.in_(contents)).distinct()
        return self.connection.execute(query).scalars().all()


_PRACTICE = TypeAdapter(Practice)
_DRAFT = TypeAdapter(Draft)
_HELP = TypeAdapter(Help)
_CHECK_IN = TypeAdapter(CheckIn)
_NOTE = TypeAdapter(Note)


def make_care(connection: Connection) -> Care:
    """Return the ports of care on a connection."""
    return Care(
        practices=SqlKept(connection, practices, _PRACTICE, "practice"),
        drafts=SqlKept(connection, drafts, _DRAFT, "draft"),
        helps=SqlKept(connection, helps, _HELP, "help"),
        check_ins=SqlKept(connection, check_ins, _CHECK_IN, "check_in"),
        notes=SqlKept(connection, notes, _NOTE, "note"),
        files=SqlFiles(connection),
    )
