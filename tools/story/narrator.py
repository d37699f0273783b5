"""How the story is told: on a terminal, or not at all."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console
from rich.table import Table

from tools.story.witness import Heard


class Narrator(Protocol):
    """Somebody who tells what happens."""

    def act(self, title: str) -> None:
        """Begin a part of the story."""
        ...

    def says(self, who: str, what: str) -> None:
        """Tell what somebody did."""
        ...

    def waiting(self, what: str) -> Any:
        """Return a context manager for the time of waiting."""
        ...

    def events(self, heard: Iterable[Heard], handled_by: Mapping[str, list[str]]) -> None:
        """Tell the events that went by, and who has handled them."""
        ...

    def postings(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Tell what the books say now."""
        ...


class Silent:
    """Tells nothing: for tests and benchmarks."""

    def act(self, title: str) -> None:
        """Tell nothing."""

    def says(self, who: str, what: str) -> None:
        """Tell nothing."""

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Wait without a word."""
        del what
        yield

    def events(self, heard: Iterable[Heard], handled_by: Mapping[str, list[str]]) -> None:
        """Tell nothing."""

    def postings(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Tell nothing."""


class OnTerminal:
    """Tells the story on a terminal."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def act(self, title: str) -> None:
        """Print a headline."""
        self.console.print()
        self.console.rule(f"[bold]{title}", align="left", style="cyan")

    def says(self, who: str, what: str) -> None:
        """Print who did what."""
        self.console.print(f"[bold cyan]{who:>10}[/]  {what}", highlight=False)

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Show a spinner for as long as it takes."""
        with self.console.status(f"waiting until {what}", spinner="dots"):
            yield

    def events(self, heard: Iterable[Heard], handled_by: Mapping[str, list[str]]) -> None:
        """Print each event beside those who have handled it."""
        for event in heard:
            service, name, version = event.event_type.split(".")
            listeners = sorted(_service_of(who) for who in handled_by.get(event.event_id, ()))
            told = ", ".join(dict.fromkeys(listeners)) or "[dim]nobody needs it[/]"
            self.console.print(
                f"[dim]     event[/]  [magenta]{service}[/] {name} [dim]{version}[/] → {told}",
                highlight=False,
            )

    def postings(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Print the journal entries as debit and credit."""
        for entry in entries:
            table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False)
            for width in (38, 12, 12):
                table.add_column(width=width, justify="left" if width > 12 else "right")  # noqa: PLR2004
            for line in entry["lines"]:
                table.add_row(
                    line["account"] if line["debit"] else f"    {line['account']}",
                    f"{line['debit']:,}" if line["debit"] else "",
                    f"{line['credit']:,}" if line["credit"] else "",
                )
            self.console.print(f"[dim]     books[/]  [green]{entry['fact']}[/]", highlight=False)
            self.console.print(_indented(table))


def _service_of(consumer: str) -> str:
    return consumer.split(".", maxsplit=1)[0]


def _indented(table: Table) -> Table:
    grid = Table.grid()
    grid.add_column(width=12)
    grid.add_column()
    grid.add_row("", table)
    return grid
