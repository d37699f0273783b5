"""Renders docs/states.md from the tables of states: `make state-doc`."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from services.contracts.domain.milestone import MOVES as MILESTONE_MOVES
from services.contracts.domain.milestone import OVER
from services.jobs.domain.job import MOVES as JOB_MOVES
from services.jobs.domain.proposal import MOVES as PROPOSAL_MOVES
from services.programs.domain.path import PATH_MOVES, PRACTICE_MOVES
from services.programs.domain.sponsorship import SPONSORSHIP_MOVES

PLACE = Path(__file__).parent.parent / "docs" / "states.md"

_HEAD = """# States

Rendered from the tables in the services' domains by `make state-doc`; a test compares the two.
Don't edit it. A step that leaves something as it is isn't drawn.
"""

_MILESTONE = """## A milestone

`services/contracts/domain/milestone.py`. Whatever has money in escrow can also come to an end by
what payments tells: everything given back (`refund`), the rest given back (`return_rest`), or taken
by the client's bank (`charge_back`). These are in the second diagram.
"""

_BY_PAYMENTS = frozenset({"refund", "return_rest", "charge_back"})

Moves = Iterable[tuple[str, str, str]]


def render() -> str:
    """Return the whole document."""
    milestone = list(_moves(MILESTONE_MOVES))
    people = [move for move in milestone if move[1] not in _BY_PAYMENTS]
    payments = [move for move in milestone if move[1] in _BY_PAYMENTS]
    return "\n".join(
        [
            _HEAD,
            _MILESTONE,
            _diagram(people, first="agreed", last=sorted(OVER)),
            _diagram(payments),
            "## A job\n\n`services/jobs/domain/job.py`.\n",
            _diagram(_moves(JOB_MOVES)),
            "## A proposal\n\n`services/jobs/domain/proposal.py`.\n",
            _diagram(_moves(PROPOSAL_MOVES), first="made"),
            "## The path of a beginner\n\n`services/programs/domain/path.py`.\n",
            _diagram(_moves(PATH_MOVES), first="orientation", last=["free_work"]),
            "## A practice job\n\n`services/programs/domain/path.py`. Its money is nobody's.\n",
            _diagram(_moves(PRACTICE_MOVES), first="funded", last=["released"]),
            "## What a sponsor pays\n\n`services/programs/domain/sponsorship.py`.\n",
            _diagram(_moves(SPONSORSHIP_MOVES), first="asked", last=["dropped", "taken_back"]),
        ]
    )


def _moves(table: Mapping[Any, StrEnum]) -> Moves:
    """Return the moves that change something, the steps between the same two statuses as one."""
    for (at, step), to in table.items():
        if at is not to:
            yield str(at), str(step), str(to)


def _diagram(moves: Moves, *, first: str = "", last: Iterable[str] = ()) -> str:
    steps: dict[tuple[str, str], list[str]] = {}
    for at, step, to in moves:
        steps.setdefault((at, to), []).append(step)
    lines = [f"    {at} --> {to}: {', '.join(each)}" for (at, to), each in steps.items()]
    if first:
        lines.insert(0, f"    [*] --> {first}")
    lines += [f"    {each} --> [*]" for each in last if any(each in pair for pair in steps)]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```", ""])


if __name__ == "__main__":
    PLACE.write_text(render(), encoding="utf-8")
