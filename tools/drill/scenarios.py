"""The two disasters of a drill, and the way back from each."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Final

from tools.drill import backups, comparing
from tools.drill.backups import Backup, WalArchive
from tools.drill.load import Acknowledged, Ledger, Load, Pair, turnover
from tools.drill.report import Report
from tools.drill.stack import DrillStack
from tools.mail import Mail
from tools.story.acts import Agreed, Stage
from tools.story.demo import keep_books
from tools.story.proofs import Proof, prove
from tools.waiting import until

SETTLED_SECONDS: Final = 60.0
# What was in hand when everything died (a letter, a call) is taken up again by then.
LEASES: Final = timedelta(minutes=3)
# Stripe's clock and ours may differ; what was kept before is not kept twice.
SKEW: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Undisturbed:
    """What the load does when nothing goes wrong."""

    commands: int
    turnover: comparing.Turnover
    mails: Sequence[Mail]


@dataclass
class Drill:
    """A drill under way: its stack, who lives on it, and what is told of it."""

    stack: DrillStack
    stage: Stage
    ledger: Ledger
    report: Report
    people: Sequence[Pair]
    lives: int
    contracts: list[Agreed] = field(default_factory=list)

    def undisturbed(self) -> Undisturbed:
        """Live the lives without any disaster; the same ones are lived in each scenario."""
        self._settle()  # letters about how the pairs began would count among those of the load
        with self.report.step("the same load without a disaster, to compare with"):
            before, mails = turnover(self.stage.operator), len(self.stack.mails())
            commands = len(self.ledger.acknowledged)
            load = self.load()
            load.start()
            load.finish()
            self._settle()
        self.contracts += load.contracts
        return Undisturbed(
            len(self.ledger.acknowledged) - commands,
            comparing.moved(before, turnover(self.stage.operator)),
            self.stack.mails()[mails:],
        )

    def servers_die(self, usual: Undisturbed) -> None:
        """Lose all servers under load, with the WAL in the archive; the lives go on afterwards."""
        self.report.headline("(a) The servers die under load; base backups and the WAL are there")
        before, mails = turnover(self.stage.operator), len(self.stack.mails())
        first = len(self.ledger.acknowledged)
        wal = self.stack.new_archive()
        load = self.load()
        load.start()
        share = usual.commands / 10
        older = self._base_backup(load, "1", first + share, first + 3 * share)
        backed_up = len(self.ledger.acknowledged) - first
        self._base_backup(load, "2", first + 4 * share, first + 6 * share)
        self.ledger.wait_for(first + 7 * share, load.alive)
        self.stack.lose_servers()
        gone, told = time.monotonic(), self.ledger.acknowledged[first:]
        died_at = datetime.now(UTC)
        self._say_loss(wal, told, len(told) - backed_up)
        self._build_up_again(older, wal, backed_up_at=load.began)
        lost = comparing.lost(self.stack, told)
        self.report.says(f"{time.monotonic() - gone:6.1f} s  from the loss until people are served")
        self.report.prove([_nothing_lost(lost, told), _some_later(len(told) - backed_up)])
        with self.report.step("the lives go on where they were, and end"):
            load.finish()
            self.stage.turn_clock(LEASES)
            self._settle()
        self.contracts += load.contracts
        self.report.prove(self._truth(load))
        after = comparing.moved(before, turnover(self.stage.operator))
        new = self.stack.mails()[mails:]
        self.report.prove(
            [
                comparing.same_turnover(usual.turnover, after),
                comparing.no_letter_twice(new, died_at),
                comparing.same_letters(usual.mails, new),
            ]
        )

    def _base_backup(self, load: Load, name: str, after: float, most: float) -> Backup:
        self.ledger.most = most
        self.ledger.wait_for(after, load.alive)
        folder = self.stack.folder.path / f"base-{name}"
        with self.report.step(f"base backup {name} of all databases, under load, verified"):
            backup = backups.base_backup(self.stack.postgres, folder)
        self.report.says(f"          {backup.size / 2**20:.0f} MiB")
        self.ledger.most = inf
        return backup

    def _say_loss(self, wal: WalArchive, told: Sequence[Acknowledged], after: int) -> None:
        self.report.says(
            f"PostgreSQL, RabbitMQ and {len(self.stack.names)} processes are killed; data removed"
        )
        self.report.says(
            f"{len(told)} commands were acknowledged before, {after} of them after the backup that"
            f" is restored; {wal.size() / 2**20:.0f} MiB of WAL"
        )

    def _build_up_again(self, backup: Backup, wal: WalArchive, backed_up_at: datetime) -> None:
        report, stack = self.report, self.stack
        with ThreadPoolExecutor() as pool:
            broker = pool.submit(stack.broker.start)
            with report.step("a new PostgreSQL of the older base backup and all WAL"):
                backups.restore(backup, wal, stack.postgres)
            with report.step("a new, empty RabbitMQ (begun at the same time)"):
                broker.result()
        self.make_one_truth(backed_up_at)
        stack.new_archive()

    def make_one_truth(self, backed_up_at: datetime, *, patient: bool = True) -> None:
        """Start the processes on restored databases and an empty broker, in the order that counts.

        `patient` waits until everything is handled: where nothing was lost, it will be.
        """
        report, stack = self.report, self.stack
        with report.step("who hears is started: queues are there before anybody speaks"):
            stack.start_all("events")
        with report.step("all events of the archives are told again"):
            count = stack.replay()
        report.says(f"          {count} events; inboxes refuse what was handled")
        with report.step("Stripe's events since the backup are fetched"):
            told = keep_books(stack, "catch-up", "--since", (backed_up_at - SKEW).isoformat())
        report.says(f"          {', '.join(told.split(chr(10))[:2])}")
        if patient:
            with report.step("all of it is handled"):
                until(lambda: not stack.waiting(), "the queues are empty", timeout=SETTLED_SECONDS)
        with report.step("relays, then apis and pages are started"):
            stack.start_all("relay")
            stack.start_all("api")

    def _truth(self, load: Load) -> list[Proof]:
        return [
            *prove(self.stage.operator, self.stage.pages, load.contracts),
            comparing.milestones_agree(self.stack),
            comparing.programs_know(self.stack),
            *comparing.nothing_is_left(self.stack),
        ]

    def load(self) -> Load:
        """Return new lives of all pairs, not begun yet."""
        return Load(self.stage, self.people, self.lives)

    def _settle(self) -> None:
        def settled() -> bool:
            left = [proof for proof in comparing.nothing_is_left(self.stack) if not proof.holds]
            return not left and not self.stack.waiting()

        until(settled, "all is told and handled", timeout=SETTLED_SECONDS, interval=0.5)


def _nothing_lost(lost: Sequence[Acknowledged], acknowledged: Sequence[Acknowledged]) -> Proof:
    kept = sum(1 for each in acknowledged if each.trace)
    told = "; ".join(each.what for each in lost[:5])
    return Proof(
        "every command that was acknowledged is there",
        not lost and kept > 0,
        f"{len(lost)} of {kept} lost {told}".strip(),
    )


def _some_later(count: int) -> Proof:
    return Proof("some of them are in the WAL only", count > 0, f"{count} after the backup")
