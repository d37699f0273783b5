"""docs/rights.md, rendered of the tables of which every cell is tested.

python -m tests.contract.rights     write the document anew (`make rights-doc`)
"""

from pathlib import Path

from tests.integration.accounts.rights import MATRIX as ACCOUNTS
from tests.integration.contracts.rights import MATRIX as CONTRACTS
from tests.integration.jobs.rights import MATRIX as JOBS
from tests.integration.notify.rights import MATRIX as NOTIFY
from tests.integration.payments.rights import MATRIX as PAYMENTS
from tests.integration.programs.rights import MATRIX as PROGRAMS
from tests.support.matrix import IN_EVERY_SERVICE, REPLAYS, Matrix

MATRICES = (ACCOUNTS, JOBS, CONTRACTS, PAYMENTS, PROGRAMS, NOTIFY)
DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "rights.md"
MAY = "✓"

INTRODUCTION = f"""\
# Rights

Who may do what to whose things, in every service. Made by `make rights-doc` of the tables in
`tests/integration/*/rights.py`; each cell is tried over HTTP by a test, and an operation without a
row fails one.

A column is somebody in a relation to the thing that the path names. {MAY} is that they may, if what
they ask for can be done; a number is how they are refused: 401 sign in first, 403 it isn't for you,
404 to you there is no such thing. Where somebody may list something, they are shown what is theirs
to see. A personal access token may do what its person may, within its scopes.

## Every service
Operators, and nobody else (403; 401 who hasn't signed in):

"""


def document() -> str:
    """Return the document."""
    everywhere = "".join(f"- `{_shown(name)}`\n" for name in IN_EVERY_SERVICE)
    where_told = "".join(f"- `{_shown(name)}`\n" for name in REPLAYS)
    sections = "".join(map(_section, MATRICES))
    return (
        f"{INTRODUCTION}{everywhere}\nIn every service that tells events:\n\n{where_told}{sections}"
    )


def _section(matrix: Matrix) -> str:
    legend = "".join(f"- *{_said(role)}*: {meaning}\n" for role, meaning in matrix.roles.items())
    head = f"| `{matrix.base}` | " + " | ".join(map(_said, matrix.roles)) + " |\n"
    line = "| --- " + "| :-: " * len(matrix.roles) + "|\n"
    rows = "".join(
        f"| `{_shown(name)}` | "
        + " | ".join(str(row.refusal(role) or MAY) for role in matrix.roles)
        + " |\n"
        for name, row in matrix.own_rows.items()
    )
    return f"\n## {matrix.service}\n{legend}\n{head}{line}{rows}"


def _said(role: str) -> str:
    return role.replace("_", " ")


def _shown(name: str) -> str:
    method, _, path = name.partition(" ")
    return f"{method} /{path}" if path else method


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
