"""`python -m tools`: what `make run`, `make stop` and their like call."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from tools.broker import program
from tools.clock import TurnableClock
from tools.environments import External
from tools.ports import LOOPBACK, fixed_ports
from tools.postgres import binary
from tools.processes import StackError, environment, memory_of, tail, wait_until_ended
from tools.run_folder import AlreadyRunningError, RunFolder, Started
from tools.stack import ROOT, Stack, answers

RUN = Path(os.environ.get("TASUKI_RUN_DIR") or ROOT / ".run" / "run")
LOOK_SECONDS = 1.0
MOST_RESTARTS = 3
STOP_SECONDS = 90
ENDED, NOT_READY = "ended", "not ready"

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console(highlight=False)
say = console.print


@app.command()
def demo() -> None:
    """Tell a milestone's whole life on a fresh stack, prove the books, stop everything."""
    from tools.story import demo as story  # noqa: PLC0415  (the other commands start faster)

    story.main(console, "life")


@app.command()
def demo_money() -> None:
    """Tell all ways of the money on a fresh stack, prove the books, stop everything."""
    from tools.story import demo as story  # noqa: PLC0415  (as above)

    story.main(console, "money")


@app.command()
def demo_work() -> None:
    """Tell how work goes on a fresh stack: companies, disputes, hand-overs, dates, retainers."""
    from tools.story import demo as story  # noqa: PLC0415  (as above)

    story.main(console, "work")


@app.command()
def demo_programs() -> None:
    """Tell how a town trains a beginner: the path, a protected first job, the sponsor's wallet."""
    from tools.story import demo as story  # noqa: PLC0415  (as above)

    story.main(console, "programs")


@app.command()
def run() -> None:
    """Start the stack on its fixed ports and stay until Ctrl-C or `make stop`."""
    from tools.sample.fill import Sample, wanted  # noqa: PLC0415  (as above)
    from tools.story.narrator import Silent  # noqa: PLC0415  (as above)

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    external = External.named_in(os.environ)
    sample = Sample(RunFolder(RUN), wanted(os.environ, external))
    stack = Stack(
        RUN, ports=fixed_ports(os.environ), external=external, report=say, begin=sample.begin
    )
    began = time.monotonic()
    try:
        with console.status("starting"):
            stack.start()
        if sample.filling:
            say("filling the market with a sample (an empty one: TASUKI_SAMPLE=0 make run)")
            with console.status("filling the market"):
                sample.fill(stack, Silent())
        memory = sum(stack.memory().values()) / 2**20
        say(f"ready after {time.monotonic() - began:.0f} s, with {memory:,.0f} MiB of memory")
        _show_addresses(stack.addresses())
        say("Stop it with Ctrl-C, or from another terminal: make stop")
        _watch(stack)
    except AlreadyRunningError:
        status()
    except KeyboardInterrupt:
        say("stopping; the data stays in", RUN)
    finally:
        # Asked once is enough: stopping has a time limit of its own.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        stack.stop()


@app.command()
def stop() -> None:
    """Stop the stack that `make run` started, from any terminal."""
    folder = RunFolder(RUN)
    supervisor = folder.supervisor()
    if supervisor:
        supervisor.terminate()
        with console.status("stopping"):
            left = wait_until_ended([supervisor], timeout_seconds=STOP_SECONDS)
        if left:
            raise StackError(
                f"process {supervisor.pid} does not end.\n"
                f"End it with: kill -9 {supervisor.pid}   and then again: make stop"
            )
    with folder.held():
        left_behind = folder.clean_up()
    if left_behind:
        say(f"ended what was left behind: {', '.join(left_behind)}")
    say("stopped" if supervisor or left_behind else "nothing was running")


@app.command()
def status() -> None:
    """Show what runs and where; exit 1 unless all of it does."""
    folder = RunFolder(RUN)
    state = folder.state()
    if not folder.supervisor():
        say("not running. Start it: make run")
        raise typer.Exit(1)
    table = Table("process", "id", "state", "memory", "log", box=None, padding=(0, 2, 0, 0))
    found = {entry: _state_of(entry) for entry in state.started}
    for entry, told in found.items():
        memory = "" if told == ENDED else f"{memory_of(entry.pid) / 2**20:,.0f} MiB"
        shown = f"[red]{told}[/]" if told in {ENDED, NOT_READY} else told
        table.add_row(entry.name, str(entry.pid), shown, memory, entry.log)
    say(table)
    _show_addresses(state.addresses)
    ended, waiting = (
        ", ".join(entry.name for entry, told in found.items() if told == each)
        for each in (ENDED, NOT_READY)
    )
    if ended:
        raise StackError(f"running, but without {ended}.\nBegin again: make stop run")
    if waiting and state.addresses:
        raise StackError(f"running, but not ready: {waiting}.\nThe log of each says why")
    say("running. Stop it: make stop" if state.addresses else "starting. Stop it: make stop")


@app.command()
def migrate() -> None:
    """Bring every database of `make run` (or of DATABASE_URL) to its newest revision."""
    ports, external = fixed_ports(os.environ), External.named_in(os.environ)
    Stack(RUN, ports=ports, external=external, report=say).migrate()
    say("all databases are at their newest revision")


@app.command()
def advance(
    days: Annotated[float, typer.Argument(help="how many days to turn the clock forward")],
) -> None:
    """Turn the clock of the stack of `make run` forward: reviews end, payouts fall due."""
    clock = TurnableClock(RunFolder(RUN).clock)
    clock.advance(days=days)
    say(f"the stack's clock is now {clock.offset().total_seconds() / 86_400:g} days ahead")


@app.command()
def setup_check() -> None:
    """Tell whether everything that the stack runs on is installed, and what to do if not."""
    for name in ("rabbitmq-server", "epmd", "erl"):
        program(name)
    server = subprocess.run(
        [binary("postgres"), "--version"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if server.returncode:
        raise StackError(f"the embedded PostgreSQL does not run here:\n{server.stderr.strip()}")
    say(f"all there: RabbitMQ, {server.stdout.strip()}, Python {sys.version.split()[0]}")


def _watch(stack: Stack) -> NoReturn:
    """Start again what ends, a few times each; the rest is for a person to look at."""
    restarts: Counter[str] = Counter()
    while True:
        time.sleep(LOOK_SECONDS)
        for name in stack.ended():
            if restarts[name] > MOST_RESTARTS:
                continue
            restarts[name] += 1
            say(f"[red]{name} ended.[/] Its last lines:\n{tail(stack.log(name))}", markup=True)
            if restarts[name] > MOST_RESTARTS:
                say(f"{name} ended too often; it stays down. Begin again: make stop run")
                continue
            try:
                stack.restart(name)
                say(f"{name} runs again")
            except StackError as error:
                say(str(error), markup=False)


def _state_of(entry: Started) -> str:
    """Return how a process is; of a server without an ops port, only whether it runs."""
    if not entry.process():
        return ENDED
    if not entry.ops_port:
        return "runs"
    ready = answers(f"http://{LOOPBACK}:{entry.ops_port}/readyz")
    return "ready" if ready else NOT_READY


def _show_addresses(addresses: dict[str, str]) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for what, where in addresses.items():
        table.add_row(what, where)
    say(table)


def main() -> None:
    """Run a command; whatever a person can put right is told without a traceback."""
    os.chdir(ROOT)
    try:
        app()
    except StackError as error:
        console.print(str(error), style="red", markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
