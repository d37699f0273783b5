"""Whether a service's database is there, and at least at the revision that this version needs.

A version that is being rolled out migrates first and only expands, so a database that is ahead of
the code serves it: the code doesn't know that revision, as it came later. One that is behind
doesn't. The revisions are read from the migrations' texts: Alembic would cost a relay a third of
its memory.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg.errors import UndefinedTable

SERVICES = Path(__file__).parent.parent / "services"
CONNECT_SECONDS = 2
STATEMENT_MS = 2_000

_REVISION = re.compile(r'^revision(?:: str)? = "([^"]+)"', re.MULTILINE)
_DOWN_REVISION = re.compile(r'^down_revision[^=]* = "([^"]+)"', re.MULTILINE)


@dataclass(frozen=True)
class Revisions:
    """The revisions that this version of a service knows, and the newest of them."""

    known: frozenset[str]
    head: str

    @classmethod
    def of(cls, service: str, services: Path = SERVICES) -> "Revisions":
        """Return the revisions of a service's migrations."""
        texts = [
            script.read_text(encoding="utf-8")
            for script in (services / service / "migrations" / "versions").glob("*.py")
        ]
        known = {found[1] for text in texts if (found := _REVISION.search(text))}
        before = {found[1] for text in texts if (found := _DOWN_REVISION.search(text))}
        (head,) = known - before
        return cls(frozenset(known), head)

    def lack(self, revision: str) -> str:
        """Return what is missing in a database of this revision; nothing if it serves us."""
        if revision == self.head or revision not in self.known:
            return ""
        return f"migrations are behind: the database is at {revision}, not {self.head}"


@dataclass(frozen=True)
class DatabaseReady:
    """Asks over a connection of its own: that the pool is busy doesn't make a process unready."""

    service: str
    url: str

    def __call__(self) -> str:
        """Return what is missing: nothing, or why the database doesn't serve."""
        try:
            with psycopg.connect(
                self.url,
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                options=f"-c statement_timeout={STATEMENT_MS}",
            ) as connection:
                found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except UndefinedTable:
            return "migrations have not run"
        except psycopg.Error as error:
            return f"database unreachable: {type(error).__name__}"
        return self._revisions.lack(found[0]) if found else "migrations have not run"

    @cached_property
    def _revisions(self) -> Revisions:
        return Revisions.of(self.service)
