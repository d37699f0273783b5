"""The simulator's durable state: one SQLite file in WAL mode, used by one thread.

A commit survives the end of the process (kill -9), though not that of the machine.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Obj = dict[str, Any]
"""A Stripe object. Names that begin with `_` are the simulator's own and never leave it."""

_INDEXED = (
    "payment_intent",
    "charge",
    "transfer_group",
    "destination",
    "source",
    "customer",
    "transfer",
    "type",
)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    created INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_of_account ON objects (account, kind, seq);
CREATE TABLE IF NOT EXISTS entries (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    net INTEGER NOT NULL,
    available_on INTEGER NOT NULL,
    matured INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS entries_pending ON entries (available_on) WHERE matured = 0;
CREATE TABLE IF NOT EXISTS balances (
    account TEXT PRIMARY KEY,
    available INTEGER NOT NULL DEFAULT 0,
    pending INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS timers (
    id INTEGER PRIMARY KEY,
    due_at REAL NOT NULL,
    action TEXT NOT NULL,
    object_id TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS timers_due ON timers (due_at);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    body TEXT NOT NULL,
    created REAL NOT NULL,
    due_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL DEFAULT 'pending',
    answer TEXT
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due_at) WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS deliveries_of_event ON deliveries (event_id);
CREATE TABLE IF NOT EXISTS idempotency (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    status INTEGER,
    answer TEXT,
    created REAL NOT NULL,
    PRIMARY KEY (account, key)
);
"""


class Store:
    """Objects by id, in the order in which they were made, and the tables beside them."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(file, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.executescript(_SCHEMA)
        for field in _INDEXED:
            self.db.execute(
                f"CREATE INDEX IF NOT EXISTS objects_by_{field} ON objects ({_json(field)})"
                f" WHERE {_json(field)} IS NOT NULL"
            )

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end, roll back on any exception; one inside another joins it."""
        if self.db.in_transaction:
            yield
            return
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def add(self, obj: Obj, account: str, *, created: int, kind: str = "") -> None:
        """Keep a new object of an account."""
        self.db.execute(
            "INSERT INTO objects (id, kind, account, created, body) VALUES (?, ?, ?, ?, ?)",
            (obj["id"], kind or obj["object"], account, created, json.dumps(obj)),
        )

    def save(self, obj: Obj) -> None:
        """Keep the object's present state."""
        self.db.execute("UPDATE objects SET body = ? WHERE id = ?", (json.dumps(obj), obj["id"]))

    def remove(self, object_id: str) -> None:
        """Forget an object."""
        self.db.execute("DELETE FROM objects WHERE id = ?", (object_id,))

    def find(self, object_id: str, *, kind: str = "", account: str = "") -> Obj | None:
        """Return the object, when it's there and is of this kind and account (empty: any)."""
        row = self.db.execute(
            "SELECT body, kind, account FROM objects WHERE id = ?", (object_id,)
        ).fetchone()
        if not row or (kind and row[1] != kind) or (account and row[2] != account):
            return None
        return _object(row[0])

    def owner(self, object_id: str) -> str:
        """Return the account that an object belongs to; KeyError when there is none."""
        row = self.db.execute("SELECT account FROM objects WHERE id = ?", (object_id,)).fetchone()
        if not row:
            raise KeyError(object_id)
        return str(row[0])

    def select(
        self,
        kind: str,
        account: str,
        *,
        where: dict[str, Any] | None = None,
        conditions: Sequence[tuple[str, Any]] = (),
        newest_first: bool = True,
        limit: int = -1,
    ) -> list[Obj]:
        """Return an account's objects of a kind.

        `where` compares fields of the object; `conditions` are (SQL, value) on the table's columns.
        """
        sql = ["SELECT body FROM objects WHERE kind = ? AND account = ?"]
        values: list[Any] = [kind, account]
        for field, value in (where or {}).items():
            sql.append(f"AND {_json(field)} = ?")
            values.append(value)
        for condition, value in conditions:
            sql.append(f"AND {condition}")
            values.append(value)
        sql.append(f"ORDER BY seq {'DESC' if newest_first else 'ASC'} LIMIT ?")
        values.append(limit)
        return [_object(row[0]) for row in self.db.execute(" ".join(sql), values)]


def _json(field: str) -> str:
    return f"json_extract(body, '$.{field}')"


def _object(body: str) -> Obj:
    loaded: Obj = json.loads(body)
    return loaded
