"""`tasuki ops replay`: archived events once more, for a consumer that is new or was rebuilt."""

import time
from datetime import UTC, datetime
from typing import Annotated, Final

import typer
from pydantic import ValidationError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from shared.messages.operations import ReplayView, RequestReplay
from tasuki.cli.letters import desk
from tasuki.cli.options import faults
from tasuki.cli.terminal import USAGE, Terminal
from tasuki.client.operating import Operating

LOOK_SECONDS: Final = 1.0
FAILED: Final = 1


def replay(
    context: typer.Context,
    service: Annotated[str, typer.Argument(help="Who told the events")],
    *,
    to: Annotated[
        str | None, typer.Option(help="A service, or one of its queues; everybody unless named")
    ] = None,
    since: Annotated[datetime | None, typer.Option(help="Published from then on, in UTC")] = None,
    until: Annotated[datetime | None, typer.Option(help="Published before, in UTC")] = None,
    types: Annotated[
        list[str] | None, typer.Option("--type", help="Only these, as jobs.job_closed.v1")
    ] = None,
    rate: Annotated[float, typer.Option(help="Events in a second, at the most")] = 200,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count the events")] = False,
    wait: Annotated[bool, typer.Option(help="Show how far it is, until it ends")] = True,
) -> None:
    """Tell archived events of a service once more; who has handled one refuses it.

    The service's relay does it: it goes on when this command is ended, or a process is replaced.
    """
    terminal: Terminal = context.obj
    try:
        wanted = RequestReplay(
            consumer=to, since=_utc(since), until=_utc(until), types=tuple(types or ()), rate=rate
        )
    except ValidationError as error:
        terminal.fail("\n".join(faults(error)), USAGE)
    operating = desk(terminal, service)
    if dry_run:
        terminal.show(terminal.run(lambda: operating.count_archived_events(wanted)))
        return
    asked: ReplayView = terminal.run(lambda: operating.request_replay(wanted))
    ended = terminal.run(lambda: _watched(operating, asked)) if wait else asked
    terminal.show(ended)
    if ended.status == "failed":
        raise typer.Exit(FAILED)


def _utc(given: datetime | None) -> datetime | None:
    return given.replace(tzinfo=UTC) if given else None


def _watched(operating: Operating, replay: ReplayView) -> ReplayView:
    """Show how far it is until it has ended; return it then."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task(f"{operating.service} tells", total=replay.total)
        while replay.status == "running":
            time.sleep(LOOK_SECONDS)
            replay = operating.get_replay(replay.replay_id)
            bar.update(task, completed=replay.published)
    return replay
