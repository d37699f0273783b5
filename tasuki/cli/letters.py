"""`tasuki ops dead-letters`: what services could not handle, to be looked at and decided."""

from collections.abc import Iterable
from typing import Annotated, Any, Final

import typer
from rich.table import Table
from rich.text import Text

from shared.messages.operations import TrialView
from tasuki.cli.terminal import USAGE
from tasuki.client.operating import SERVICES, Operating

# As many as a list has at the most.
MOST: Final = 100

letters = typer.Typer(help="What services could not handle", no_args_is_help=True)

Service = Annotated[
    str, typer.Argument(help="accounts, jobs, contracts, payments, programs or notify")
]
LetterId = Annotated[str, typer.Argument(help="As `list` shows it")]


def desk(terminal: Any, service: str) -> Operating:
    """Return the desk of a service; end with a message when there is no such service."""
    if service not in SERVICES:
        terminal.fail(f"There is no service {service!r}: one of {', '.join(SERVICES)}.", USAGE)
    return Operating(service, terminal.market.transport)


@letters.command("list")
def list_letters(
    context: typer.Context,
    service: Annotated[str | None, typer.Argument(help="Of this one; else of all")] = None,
) -> None:
    """List dead letters, oldest first."""
    terminal = context.obj
    asked: Iterable[str] = [service] if service else SERVICES
    found = {name: terminal.run(desk(terminal, name).dead_letters) for name in asked}
    if terminal.as_json:
        terminal.show(found)
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("service", no_wrap=True)
    table.add_column("letter", no_wrap=True)
    for name in ("event", "tries", "error"):
        table.add_column(name, overflow="fold")
    for name, of_service in found.items():
        for each in of_service.letters:
            facts = (each.letter_id, each.event_type, str(each.attempts), each.error)
            table.add_row(name, *map(Text, facts))
    if table.row_count:
        terminal.out.print(table)
    else:
        terminal.out.print("There are no dead letters.")


@letters.command("show")
def show_letter(context: typer.Context, service: Service, letter_id: LetterId) -> None:
    """Show a dead letter with its event; that you looked is written down."""
    terminal = context.obj
    terminal.show(terminal.run(lambda: desk(terminal, service).dead_letter(letter_id)))


@letters.command("replay")
def replay_letters(
    context: typer.Context,
    service: Service,
    letter_id: Annotated[str | None, typer.Argument(help="As `list` shows it; else all")] = None,
    *,
    queue: Annotated[str | None, typer.Option(help="All of this queue")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what it would do: events, postings")
    ] = False,
) -> None:
    """Put dead letters back into their queues; handled twice they are not."""
    terminal = context.obj
    of_service = desk(terminal, service)
    if letter_id and queue:
        terminal.fail("Name a letter or a queue, not both.", USAGE)
    if dry_run:
        trials = terminal.run(lambda: _trials(of_service, letter_id, queue))
        # Each with its events and postings: a table of all would leave them out.
        for shown in [trials] if terminal.as_json else trials:
            terminal.show(shown)
    elif letter_id:
        terminal.show(terminal.run(lambda: of_service.replay_letter(letter_id)))
    else:
        terminal.show(terminal.run(lambda: of_service.replay_letters(queue)))


def _trials(of_service: Operating, letter_id: str | None, queue: str | None) -> list[TrialView]:
    """Return what one letter would do, or each of all, of a queue or of the service."""
    if letter_id:
        return [of_service.try_letter(letter_id)]
    found = of_service.dead_letters(limit=MOST).letters
    return [of_service.try_letter(each.letter_id) for each in found if queue in {None, each.queue}]


@letters.command("discard")
def discard_letter(
    context: typer.Context,
    service: Service,
    letter_id: LetterId,
    *,
    reason: Annotated[str, typer.Option(prompt="Why", help="Kept with who did it")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask once more")] = False,
) -> None:
    """Delete a dead letter for good."""
    terminal = context.obj
    if not yes:
        typer.confirm("This can't be taken back. Go on?", abort=True)
    terminal.show(terminal.run(lambda: desk(terminal, service).discard_letter(letter_id, reason)))


def drain(
    context: typer.Context,
    service: Service,
    reason: Annotated[str, typer.Option(prompt="Why", help="Kept with who did it")],
) -> None:
    """Let a service's events processes finish what is in hand and stand still.

    They notice within 2 s, and so do their clocks. Its api and its relay go on.
    """
    terminal = context.obj
    terminal.show(terminal.run(lambda: desk(terminal, service).drain(reason)))


def resume(context: typer.Context, service: Service) -> None:
    """Let a drained service work again."""
    terminal = context.obj
    terminal.show(terminal.run(desk(terminal, service).resume))
