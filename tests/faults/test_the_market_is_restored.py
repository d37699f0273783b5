"""All servers are lost under load, and built up again from backups: `make drill`, made short."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tools.drill.__main__ import run


# 134 s on two cores with a load of 12: a stack of its own, three pairs, each with one contract.
@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_with_all_servers_and_the_books_are_as_undisturbed(
    tmp_path: Path,
) -> None:
    told = StringIO()
    console = Console(file=told, width=200, highlight=False)
    assert run(console, tmp_path / "drill", pairs=3, lives=1, scenarios="a"), told.getvalue()
