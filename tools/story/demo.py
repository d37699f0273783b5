"""`make demo`: starts everything, tells the story, proves the books, stops everything."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from rich.console import Console
from rich.table import Table

from tools.environments import External
from tools.processes import StackError
from tools.services import WITH_STATE
from tools.stack import ROOT, Stack
from tools.story.acts import Stage
from tools.story.member import PASSWORD, Member, RefusedError
from tools.story.money import MoneyTale
from tools.story.narrator import Narrator, OnTerminal
from tools.story.processor import HostedPages, PageRefusedError
from tools.story.programs import ProgramTale
from tools.story.proofs import Proof
from tools.story.tale import StoryBrokenError, Tale
from tools.story.witness import Witness
from tools.story.work import Story, WorkTale
from tools.waiting import WaitedInVainError

RUN_DIR = ROOT / ".run" / "demo"
MEMORY_LIMIT = 2 * 1024**3
REQUEST_TIMEOUT_SECONDS = 30.0
NEWEST_FIRST = 100
MOST_TRIES = 5
MakeStory = Callable[[Stage], Story]
STORIES: Mapping[str, tuple[str, MakeStory]] = {
    "life": ("a milestone's whole life on real parts", Tale),
    "money": ("all ways of the money, on real parts", MoneyTale),
    "programs": ("a town's program and a protected first job, on real parts", ProgramTale),
    "work": ("work as it goes, on real parts", WorkTale),
}


@contextmanager
def stage_on(stack: Stack, narrator: Narrator) -> Iterator[Stage]:
    """Yield a stage on a running stack, with an operator appointed on it."""
    with (
        httpx2.Client(base_url=stack.url("web"), timeout=REQUEST_TIMEOUT_SECONDS) as http,
        httpx2.Client(timeout=REQUEST_TIMEOUT_SECONDS) as browser,
    ):
        yield Stage(
            http=http,
            pages=HostedPages(stack.url("stripe"), browser),
            operator=appoint_operator(stack, http),
            now=lambda: datetime.now(UTC) + stack.clock.offset(),
            bookkeeper=lambda *arguments: keep_books(stack, *arguments),
            turn_clock=lambda ahead: stack.clock.advance(seconds=ahead.total_seconds()),
            mails_to=lambda address: [
                mail.subject for mail in stack.mails() if address in mail.recipients
            ],
            letters_to=lambda address: [
                mail.text for mail in stack.mails() if address in mail.recipients
            ],
            narrator=narrator,
        )


def appoint_operator(stack: Stack, http: httpx2.Client) -> Member:
    """Appoint an operator the way an operator does it: on the command line of accounts."""
    operator = Member(http, f"operator.{time.time_ns()}@example.org", "Operator")
    subprocess.run(
        [sys.executable, "-P", "-m", "services.accounts", "add-operator", operator.email],
        input=f"{PASSWORD}\n",
        env=stack.code_env("accounts"),
        check=True,
        capture_output=True,
        text=True,
    )
    return operator


def keep_books(stack: Stack, *arguments: str) -> str:
    """Return what payments says to a command line; raise StoryBrokenError when it ends badly.

    A command that couldn't say anything at all (the database is away, say) is tried again.
    """
    command = [sys.executable, "-P", "-m", "services.payments", *arguments]
    env = stack.code_env("payments")
    for _ in range(MOST_TRIES):
        ended = subprocess.run(command, env=env, check=False, capture_output=True, text=True)
        if not ended.returncode:
            return ended.stdout
        if ended.stdout:
            break
    raise StoryBrokenError(f"{' '.join(arguments)}: {ended.stdout}{ended.stderr}")


def databases_of(stack: Stack) -> dict[str, str]:
    """Return the database of each service that has one, as its runtime role."""
    return {service: stack.env(service)["DATABASE_URL"] for service in WITH_STATE}


class Reporter:
    """Tells, after each act, what was said on the broker, who handled it, and what was posted."""

    def __init__(self, stage: Stage, witness: Witness) -> None:
        self._stage = stage
        self._witness = witness
        self._last_entry = 0

    def told(self) -> None:
        """Tell what is new."""
        heard = self._witness.news()
        self._stage.narrator.events(heard, self._witness.handled_by(heard))
        entries = self._stage.operator.get(
            "/payments/books/entries", after=self._last_entry, limit=NEWEST_FIRST
        )["items"]
        self._stage.narrator.postings(entries)
        self._last_entry = max([self._last_entry, *(entry["entry_id"] for entry in entries)])


def tell(console: Console, run_dir: Path, title: str, make_tale: MakeStory) -> bool:
    """Tell a whole story on a fresh stack; return whether every invariant held."""
    began = time.monotonic()
    console.print(f"[bold]Tasuki[/]: {title}\n")
    external = External.named_in(os.environ)
    with Stack(run_dir, external=external, fresh=True, report=console.print) as stack:
        console.print(f"everything is up after {time.monotonic() - began:.0f} s")
        with (
            stage_on(stack, OnTerminal(console)) as stage,
            Witness(stack.external.amqp_url or stack.broker.url, databases_of(stack)) as witness,
        ):
            stage.told = Reporter(stage, witness).told
            proofs = make_tale(stage).tell()
        memory = sum(stack.memory().values())
        proofs.append(
            Proof(
                "the whole stack fits in 2 GiB",
                memory <= MEMORY_LIMIT,
                f"{memory / 2**20:,.0f} MiB",
            )
        )
        console.print(table_of(proofs))
    console.print(f"Everything is stopped again. {time.monotonic() - began:.0f} s in all.")
    return all(proof.holds for proof in proofs)


def main(console: Console, name: str) -> None:
    """Tell the story of this name; exit with 0 only if every invariant held."""
    title, make_tale = STORIES[name]
    try:
        held = tell(console, RUN_DIR, title, make_tale)
    except KeyboardInterrupt:
        sys.exit("stopped")
    except StackError as error:
        sys.exit(f"The stack did not start: {error}")
    except (RefusedError, PageRefusedError, StoryBrokenError, WaitedInVainError) as error:
        sys.exit(f"The story broke: {error}\nThe logs are in {RUN_DIR / 'logs'}.")
    if not held:
        sys.exit(f"Not every invariant held. The logs are in {RUN_DIR / 'logs'}.")


def table_of(proofs: list[Proof]) -> Table:
    """Return what was proved, for the terminal."""
    table = Table("", "what must hold", "figures", box=None, pad_edge=False)
    for proof in proofs:
        sign = "[green]✓[/]" if proof.holds else "[bold red]✗[/]"
        table.add_row(sign, proof.claim, proof.figures)
    return table
