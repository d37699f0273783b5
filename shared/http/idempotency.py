"""`Idempotency-Key`: the same key and body replays the first answer; another body is refused.

The row stands or falls with the command's own transaction, so that an answer is kept exactly when
what it tells of was kept. A refusal changes nothing, is not kept, and is judged anew when sent
again. (Semantics: IETF draft-ietf-httpapi-idempotency-key-header.)
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    MetaData,
    SmallInteger,
    Table,
    Text,
    bindparam,
)
from sqlalchemy.dialects.postgresql import insert

from shared.errors import Invalid

if TYPE_CHECKING:
    from alembic.operations import Operations


def idempotency_table(metadata: MetaData) -> Table:
    """Return the table of answered commands. Key and body are kept as digests only."""
    return Table(
        "idempotency_keys",
        metadata,
        Column("caller", Text, primary_key=True),
        Column("key_digest", Text, primary_key=True),
        Column("fingerprint", Text, nullable=False),
        Column("status", SmallInteger),
        Column("answer", Text),
        Column("created_at", DateTime(timezone=True), nullable=False, index=True),
    )


def create_idempotency_table(op: "Operations") -> None:
    """Create the table: called by a service's first migration."""
    metadata = MetaData()
    idempotency_table(metadata)
    metadata.create_all(op.get_bind())


# Built once: every command pays for them.
_KEYS = idempotency_table(MetaData())
_MINE = (_KEYS.c.caller == bindparam("mine")) & (_KEYS.c.key_digest == bindparam("digest"))
_CLAIM = insert(_KEYS).on_conflict_do_nothing().returning(_KEYS.c.key_digest)
_KNOWN = _KEYS.select().where(_MINE).with_for_update()
_KEEP = _KEYS.update().where(_MINE).values(status=bindparam("new_status"), answer=bindparam("body"))


@dataclass(frozen=True)
class Answer:
    """A stored answer: an HTTP status and a JSON body."""

    status: int
    body: str


@dataclass(frozen=True)
class IdempotencyKey:
    """A caller's key, bound to one request.

    The fingerprint is keyed with the key itself, which is not stored: a password in a body can't
    be guessed from it.
    """

    caller: str
    key_digest: str
    fingerprint: str

    @classmethod
    def of(cls, caller: str, key: str, *request: bytes) -> "IdempotencyKey":
        """Return the key of a request, given its parts: method, path, body."""
        secret = key.encode()
        fingerprint = hmac.new(secret, b"\0".join(request), hashlib.sha256).hexdigest()
        return cls(caller, hashlib.sha256(secret).hexdigest(), fingerprint)

    def claim(self, connection: Connection, now: datetime) -> Answer | None:
        """Take the key for this request, or return the answer that it already has.

        Waits for a simultaneous request with the same key. Raises Invalid
        (`idempotency_key_reused`) when the key came with another request.
        """
        row = {
            "caller": self.caller,
            "key_digest": self.key_digest,
            "fingerprint": self.fingerprint,
            "created_at": now,
        }
        if connection.execute(_CLAIM, row).first():
            return None
        known = connection.execute(_KNOWN, self._mine()).one()
        if not hmac.compare_digest(known.fingerprint, self.fingerprint):
            raise Invalid(
                "idempotency_key_reused",
                "This Idempotency-Key came with another request before. Use a new key.",
            )
        return Answer(known.status, known.answer) if known.answer is not None else None

    def keep(self, connection: Connection, answer: Answer) -> None:
        """Store the answer of the request."""
        connection.execute(_KEEP, self._mine() | {"new_status": answer.status, "body": answer.body})

    def _mine(self) -> dict[str, object]:
        return {"mine": self.caller, "digest": self.key_digest}
