"""`make lint-migrations`: refuses migrations that the version before can't live with.

Every migration is rendered as SQL (Alembic's offline mode, so it may not read from a connection)
and read by squawk (https://squawkhq.com/docs/rules), for the oldest PostgreSQL that we support:
statements that lock a table for as long as it is long, that rename, retype or drop what the version
before uses, or that add what its statements would break.

A migration that has a reason to do so says it in a module variable, by the rule's name:

    LINT_EXCEPTIONS = {"ban-drop-column": "unused since 1.4: no version that runs reads it"}

An exception that nothing needs is refused, too.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from shared.migrations import load, revisions, sql_of
from tools.services import WITH_STATE

POSTGRESQL: Final = "15.0"
EXCEPTIONS: Final = "LINT_EXCEPTIONS"

# Until these revisions every migration ran before the first release, on databases that nobody used:
# no version before was at work, and there were no rows to lock.
BEFORE_THE_FIRST_RELEASE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "accounts": "0006",
        "jobs": "0008",
        "contracts": "0011",
        "payments": "0009",
        "notify": "0005",
        # Not in that release: its first tables hold nothing while they are made.
        "programs": "0001",
    }
)
# Rules of style. They have no bearing on locks or on versions side by side.
STYLE: Final = (
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-text-field",
)
# What squawk has no rule for: rows are locked until the migration commits, and all are rewritten.
REWRITE: Final = "rewriting-rows"
_REWRITES = re.compile(r"^\s*(?:UPDATE(?! alembic_version)|DELETE FROM)\b.*", re.MULTILINE)
# What a function will do is not what the migration does.
_FUNCTION_BODY = re.compile(r"\bAS \$\$.*?\$\$", re.DOTALL)
OFFLINE: Final = "needs-connection"


@dataclass(frozen=True)
class Fault:
    """What a migration does that it may not, and where it says so in its SQL."""

    rule: str
    line: int
    message: str


def faults(sql: str) -> list[Fault]:
    """Return what is wrong with a migration's SQL; raise RuntimeError when squawk fails."""
    options = ["--pg-version", POSTGRESQL, "--reporter", "json", "--exclude", ",".join(STYLE)]
    squawk = Path(sys.executable).parent / "squawk"
    done = subprocess.run(
        [squawk, *options, "--stdin-filepath", "migration.sql"],
        input=sql,
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.stdout.strip():
        raise RuntimeError(f"squawk said nothing of the migration: {done.stderr.strip()}")
    # It counts lines from zero.
    found = [
        Fault(each["rule_name"], each["line"] + 1, each["message"])
        for each in json.loads(done.stdout)
    ]
    rewrites = (
        Fault(REWRITE, sql.count("\n", 0, match.start()) + 1, match.group().strip())
        for match in _REWRITES.finditer(_FUNCTION_BODY.sub(_blanked, sql))
    )
    return [*found, *rewrites]


def _blanked(match: re.Match[str]) -> str:
    """Return as many lines with nothing in them."""
    return "\n" * match.group().count("\n")


def looked_at(service: str) -> list[str]:
    """Return the revisions of a service that are held to the rules."""
    ordered = revisions(service)
    return ordered[ordered.index(BEFORE_THE_FIRST_RELEASE[service]) + 1 :]


def complaints(service: str, revision: str, scripts: Path | None = None) -> Iterator[str]:
    """Return what to put right in a migration, in words; nothing when it is fit to run."""
    excepted: Mapping[str, str] = getattr(load(service, revision, scripts), EXCEPTIONS, {})
    try:
        found = faults(sql_of(service, revision, scripts))
    except (AttributeError, TypeError, CommandError, SQLAlchemyError) as error:
        what = f"it reads from a connection ({error}): say it in SQL, or backfill by a command"
        found = [Fault(OFFLINE, 0, what)]
    for rule, reason in excepted.items():
        if not reason.strip():
            yield f"the exception from {rule} has no reason"
        if rule not in {fault.rule for fault in found}:
            yield f"nothing needs the exception from {rule}"
    for fault in found:
        if fault.rule not in excepted:
            yield f"{fault.rule}: {fault.message} (line {fault.line} of its SQL)"


def main() -> None:
    """Look at all migrations since the first release; exit 1 when one is not fit to run."""
    found = [
        f"{service} {revision}: {complaint}"
        for service in WITH_STATE
        for revision in looked_at(service)
        for complaint in complaints(service, revision)
    ]
    if found:
        sys.exit("\n".join([*found, "docs/upgrades.md tells how to do it instead."]))
    count = sum(len(looked_at(service)) for service in WITH_STATE)
    print(f"{count} migrations since the first release, none of which locks or breaks anything")


if __name__ == "__main__":
    main()
