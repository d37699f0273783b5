"""What operators did: a row of the transaction in which they did it, and never changed after.

An operator's command is written down by the edge itself, whatever its use case is, with the ids in
its path, body and answer; also one that was refused, in a transaction of its own.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Index,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.ids import new_id
from shared.messages.operations import OperatorActionView
from shared.observability.requests import current_request_id

if TYPE_CHECKING:
    from alembic.operations import Operations

logger = logging.getLogger(__name__)

OPERATOR: Final = "operator"
DONE: Final = "done"
WAITING: Final = "waiting"
BEGUN: Final = "begun"
LOOKED: Final = "looked"
MOST_REASON = 2_000
_WHY = ("reason", "note")


def operator_actions_table(metadata: MetaData) -> Table:
    """Return the table of what operators did; `person_id` is null for the command line."""
    return Table(
        "operator_actions",
        metadata,
        Column("action_id", Uuid, primary_key=True),
        Column("person_id", Uuid),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("method", Text, nullable=False),
        Column("path", Text, nullable=False),
        Column("objects", JSONB, nullable=False),
        Column("outcome", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("request_id", Text, nullable=False),
        Index("operator_actions_of_person", "person_id", "action_id"),
    )


def create_operator_actions(op: "Operations") -> None:
    """Create the table, to which rows are only ever added: called by a service's migration."""
    metadata = MetaData()
    operator_actions_table(metadata)
    metadata.create_all(op.get_bind())
    op.execute(_APPEND_ONLY)


# Not even by the owner's psql; and whatever the runtime role is called, it adds and reads.
_APPEND_ONLY = """
    CREATE FUNCTION refuse_change_of_actions() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is appended to only', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END $$;
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON operator_actions
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_actions();
    DO $$
    DECLARE
        grantee name;
    BEGIN
        FOR grantee IN
            SELECT DISTINCT acl.grantee::regrole::name
            FROM pg_class, aclexplode(relacl) AS acl
            WHERE oid = 'operator_actions'::regclass AND acl.grantee NOT IN (0, relowner)
        LOOP
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON operator_actions FROM %I', grantee);
        END LOOP;
    END $$
"""

_ACTIONS = operator_actions_table(MetaData())


@dataclass(frozen=True)
class Action:
    """What an operator asks for: the path's template, the ids in path and body, and why."""

    person_id: UUID | None
    method: str
    path: str
    objects: Mapping[str, str]
    reason: str = ""

    @classmethod
    async def of(cls, request: Request, person_id: UUID) -> "Action":
        """Return what a request asks for. Of its body only ids and the reason are kept."""
        # A file that is sent up is passed on as it comes, and never held as a whole.
        is_json = request.headers.get("content-type", "").startswith("application/json")
        body = _json(await request.body()) if is_json else {}
        objects = {name: str(value) for name, value in request.path_params.items()} | _ids(body)
        reason = next((body[name] for name in _WHY if isinstance(body.get(name), str)), "")
        path = request.scope["route"].path
        return cls(person_id, request.method, path, objects, reason[:MOST_REASON])

    def write(
        self, connection: Connection, at: datetime, outcome: str, answer: object = None
    ) -> None:
        """Add a row, with the ids in the answer too."""
        made = answer.model_dump(mode="json") if isinstance(answer, BaseModel) else {}
        row = {
            "action_id": new_id(),
            "person_id": self.person_id,
            "at": at,
            "method": self.method,
            "path": self.path,
            "objects": _ids(made) | dict(self.objects),
            "outcome": outcome,
            "reason": self.reason,
            "request_id": current_request_id(),
        }
        connection.execute(_ACTIONS.insert(), row)

    def about(self, **objects: str) -> "Action":
        """Return the action with more ids: what the use case found."""
        return replace(self, objects={**self.objects, **objects})


def list_actions(
    connection: Connection,
    *,
    by: UUID | None,
    about: str | None,
    after: UUID | None,
    limit: int,
) -> list[OperatorActionView]:
    """Return what operators did, newest first: one of them, or to one object."""
    query = select(_ACTIONS).order_by(_ACTIONS.c.action_id.desc()).limit(limit)
    if by is not None:
        query = query.where(_ACTIONS.c.person_id == by)
    if about is not None:
        values = func.jsonb_path_query_array(_ACTIONS.c.objects, literal_column("'$.*'"))
        query = query.where(values.op("?")(about))
    if after is not None:
        query = query.where(_ACTIONS.c.action_id < after)
    return [OperatorActionView(**row) for row in connection.execute(query).mappings()]


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _ids(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value
        for name, value in values.items()
        if name.endswith("_id") and isinstance(value, str) and _is_uuid(value)
    }


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
