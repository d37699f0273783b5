"""`make upgrade-drill REF=…`: from an old version to this one and back, under load, on real parts.

A stack of the old version begins a story and goes about its business: people register, agree, pay,
deliver, are paid and get money back, one life after another. Meanwhile this version's migrations
run, and service by service this version's api, events and relay are started beside the old ones,
on the same queues and databases; the old ones end when a whole life was lived with both. The story
ends with the new version, and the books are proved. Then all goes back to the old version in the
same way, the databases stay as they are, another story ends with it, and the books are proved.

A service that the old version doesn't have comes first and goes last. The archives are told to it,
its queues keep what is told while it is away, and it hears that when it comes again at the end.
"""

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx2
import psycopg
from rich.console import Console
from rich.table import Table

from tools.processes import StackError
from tools.releases import newcomers
from tools.releases.rolling import ORDER, RollingStack
from tools.releases.snapshot import RELEASES
from tools.releases.trees import checked_out, commit_of, last_release, order_from, processes_of
from tools.stack import ROOT
from tools.story import acts
from tools.story.acts import REVIEW_DAYS, Agreed, Stage
from tools.story.demo import databases_of, stage_on
from tools.story.narrator import Silent
from tools.story.proofs import Proof, prove
from tools.story.tale import Tale

RUN_DIR: Final = ROOT / ".run" / "upgrade-drill"
LIFE_SECONDS: Final = 180.0


class Counting(httpx2.HTTPTransport):
    """Counts what is asked, and what isn't answered or is answered with a fault of the server."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.failed: list[str] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask; who asked tries again by itself."""
        self.asked += 1
        what = f"{request.method} {request.url.path}"
        try:
            answer = super().handle_request(request)
        except httpx2.TransportError as error:
            self.failed.append(f"{what}: {error!r}")
            raise
        if answer.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
            self.failed.append(f"{what}: {answer.status_code}")
        return answer


@dataclass
class Business(threading.Thread):
    """Lives one short life after another in the background, until told to stop."""

    stage: Stage
    contracts: list[Agreed] = field(default_factory=list)
    lives: int = 0
    failure: BaseException | None = None
    _stop_asked: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        """Live."""
        try:
            while not self._stop_asked.is_set():
                tale = Tale(self.stage)
                client, assistant = tale.people()
                agreed, _ = tale.contract_of_two(client, assistant)
                tale.paid_after_review(agreed, agreed.milestone_ids[0])
                tale.ended_by_agreement(client, assistant)
                self.contracts += tale.contracts
                self.lives += 1
        except BaseException as error:  # noqa: BLE001  (told to whoever waits)
            self.failure = error

    def live_through(self) -> None:
        """Wait until a life that began after now has ended. Raises what broke one."""
        wanted, give_up = self.lives + 2, time.monotonic() + LIFE_SECONDS
        while self.lives < wanted:
            if self.failure:
                raise self.failure
            if time.monotonic() > give_up:
                raise StackError(f"no life has ended within {LIFE_SECONDS:.0f} s")
            time.sleep(0.1)

    def finish(self) -> None:
        """End with the life under way. Raises what broke one."""
        self._stop_asked.set()
        self.join()
        if self.failure:
            raise self.failure

    __hash__ = threading.Thread.__hash__


@dataclass(frozen=True)
class LongStory:
    """A contract that is made and funded before a change of versions, and ends after it."""

    stage: Stage
    agreed: Agreed

    @classmethod
    def begin(cls, stage: Stage) -> "LongStory":
        """Both milestones are funded, the second one is delivered: its clock runs."""
        tale = Tale(stage)
        agreed, _ = tale.contract_of_two(*tale.people())
        for milestone_id in agreed.milestone_ids:
            acts.fund(stage, agreed, milestone_id)
        acts.deliver(stage, agreed, agreed.milestone_ids[1])
        return cls(stage, agreed)

    def end(self) -> None:
        """The first is delivered and accepted, the second is accepted by silence; both are paid."""
        first, second = self.agreed.milestone_ids
        acts.deliver(self.stage, self.agreed, first)
        acts.accept(self.stage, self.agreed, first)
        acts.wait_for_release(self.stage, self.agreed, first)
        self.stage.turn_clock(timedelta(days=REVIEW_DAYS, minutes=1))
        acts.wait_for_release(self.stage, self.agreed, second)
        acts.wait_for_payday(self.stage, self.agreed.assistant)


@dataclass
class Drill:
    """One drill under way."""

    stack: RollingStack
    stage: Stage
    console: Console
    contracts: list[Agreed] = field(default_factory=list)
    lives: int = 0

    def change(self, order: Sequence[str], tree: Path, *, migrate: bool) -> list[Proof]:
        """Begin a story, change all processes to another version under load, end it; prove."""
        story = LongStory.begin(self.stage)
        business = Business(self.stage)
        business.start()
        began = time.monotonic()
        if migrate:
            before = revisions(self.stack)
            self.stack.migrate_to(tree)
            self._say(f"migrated under load: {changes(before, revisions(self.stack))}")
        for service in order:
            self._replace(business, service, tree)
        self._say(f"{time.monotonic() - began:.0f} s with both versions, {business.lives} lives")
        business.live_through()
        business.finish()
        story.end()
        self.lives += business.lives
        self.contracts += [story.agreed, *business.contracts]
        return [*prove(self.stage.operator, self.stage.pages, self.contracts), self._no_dead()]

    def come_again(self, services: Sequence[str], tree: Path) -> list[Proof]:
        """Start services that the old version doesn't have; prove that they miss nothing."""
        return [self._come_again(service, tree) for service in services]

    def _come_again(self, service: str, tree: Path) -> Proof:
        waiting = newcomers.waiting(self.stack, service)
        self._come(service, tree)
        self._say(f"{service}: {waiting} messages waited in its queues")
        return newcomers.heard_all(self.stack, service)

    def _replace(self, business: Business, service: str, tree: Path) -> None:
        if not self.stack.runs(service):
            self._come(service, tree)
            told = newcomers.tell_archives(self.stack, service)
            self._say(f"{service}: new; {told} archived events told to it")
        elif service not in processes_of(tree):
            self.stack.withdraw(service)
            self._say(f"{service}: ended; its database and its queues stay")
        else:
            self._take_turns(business, service, tree)

    def _come(self, service: str, tree: Path) -> None:
        self.stack.retire(service, self.stack.start_beside(service, tree))

    def _take_turns(self, business: Business, service: str, tree: Path) -> None:
        began = time.monotonic()
        old = self.stack.start_beside(service, tree)
        both = time.monotonic()
        business.live_through()
        self.stack.retire(service, old)
        ended = time.monotonic()
        kinds = ", ".join(child.name.rpartition("-")[2] for child in old)
        started, beside = f"{both - began:.0f} s to start", f"{ended - both:.0f} s side by side"
        self._say(f"{service}: {kinds}: {started}, {beside}")

    def _no_dead(self) -> Proof:
        lengths = self.stack.broker.queue_lengths()
        dead = sum(length for queue, length in lengths.items() if queue.endswith(".dead"))
        return Proof("no message is dead", not dead, f"{dead} dead letters")

    def _say(self, what: str) -> None:
        self.console.print(f"  {what}")


def revisions(stack: RollingStack) -> dict[str, str]:
    """Return the revision of each database."""
    found = {}
    for service in stack.with_database:
        with psycopg.connect(stack.env(service)["DATABASE_URL"]) as connection:
            row: Any = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            found[service] = row[0]
    return found


def handled(stack: RollingStack) -> int:
    """Return how many messages the services have handled."""
    count = 0
    for url in databases_of(stack).values():
        with psycopg.connect(url) as connection:
            row: Any = connection.execute("SELECT count(*) FROM inbox").fetchone()
            count += row[0]
    return count


def changes(before: dict[str, str], after: dict[str, str]) -> str:
    """Return what became of which revision, in words."""
    told = [
        f"{service} {before.get(service, 'anew')} to {revision}"
        for service, revision in after.items()
        if before.get(service) != revision
    ]
    return ", ".join(told) or "nothing to do"


@contextmanager
def counted(stack: RollingStack) -> Iterator[tuple[Stage, Counting]]:
    """Yield a stage whose people's requests are counted."""
    transport = Counting()
    with stage_on(stack, Silent()) as stage:
        http = httpx2.Client(base_url=stack.url("web"), timeout=30, transport=transport)
        with http:
            stage.http = http
            yield stage, transport


def run(console: Console, ref: str) -> bool:
    """Do the whole drill; return whether everything held."""
    console.print(f"from {commit_of(ref)[:12]} to this tree, and back")
    with (
        checked_out(ref) as old,
        RollingStack(RUN_DIR, old) as stack,
        counted(stack) as (stage, requests),
    ):
        drill = Drill(stack, stage, console)
        order = order_from(old, ORDER)
        new = [service for service in order if not stack.runs(service)]
        console.print("forth: migrations first, then who is asked before who asks")
        proofs = drill.change(order, ROOT, migrate=True)
        proofs += [newcomers.heard_all(stack, service) for service in new]
        show(console, proofs)
        console.print("back: the other way round, and the databases stay as they are")
        back = drill.change(order[::-1], old, migrate=False)
        back += drill.come_again(new, ROOT)
        proofs += back
        show(console, back)
        console.print(
            f"{drill.lives} lives beside the two long stories, {handled(stack):,} messages handled,"
            f" {requests.asked:,} requests, {len(requests.failed)} of them tried again"
        )
        for failed in requests.failed[:10]:
            console.print(f"  {failed}")
    return all(proof.holds for proof in proofs)


def show(console: Console, proofs: Sequence[Proof]) -> None:
    """Print what was proved."""
    table = Table(box=None, show_header=False)
    for proof in proofs:
        table.add_row("✓" if proof.holds else "✗", proof.claim, proof.figures)
    console.print(table)


def baseline() -> str:
    """Return the last tag, or the newest release that is remembered."""
    if tag := last_release():
        return tag
    newest = max(RELEASES.glob("*/release.json"), key=lambda file: file.parent.name)
    commit: str = json.loads(newest.read_text(encoding="utf-8"))["commit"]
    return commit


def main() -> None:
    """Do it; exit 1 unless everything held."""
    parser = argparse.ArgumentParser(description="Upgrade under load, and go back.")
    parser.add_argument("ref", nargs="?", default="", help="the old version: a commit or tag")
    ref = parser.parse_args().ref
    os.chdir(ROOT)
    # Told to end, it stops what it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        held = run(Console(highlight=False), ref or baseline())
    except StackError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("stopped")
    if not held:
        sys.exit(f"Not everything held. The logs are in {RUN_DIR / 'logs'}.")


if __name__ == "__main__":
    main()
