"""`tasuki ops verify`: whether the books hold, and whether every event was heard."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import typer

from shared.messages.operations import ArchivedEvent, QueueView
from tasuki.client.operating import SERVICES, Operating

DOES_NOT_HOLD: Final = 1
IDS_AT_ONCE: Final = 100
HANDLES: Final = "handles"
MOST_LETTERS: Final = 100


@dataclass(frozen=True)
class Check:
    """Something that was looked at: whether it holds, and what mends it if not."""

    what: str
    holds: bool
    found: str
    mend: str = ""


def verify(
    context: typer.Context,
    *,
    since: Annotated[
        datetime | None, typer.Option(help="Events published from then on (UTC); a day ago")
    ] = None,
    reconcile: Annotated[
        bool, typer.Option(help="Compare the books with the processor now; it takes a while")
    ] = True,
) -> None:
    """Verify books, seal, the processor's balance, and that every event was heard.

    Ends with status 1 when something doesn't hold, and says what mends it.
    """
    terminal = context.obj
    begin = since.replace(tzinfo=UTC) if since else datetime.now(UTC) - timedelta(days=1)
    checks = []
    for check in _checks(terminal, begin, reconcile=reconcile):
        checks.append(check)
        if not terminal.as_json:
            _say(terminal, check)
    if terminal.as_json:
        terminal.show([asdict(check) for check in checks])
    if not all(check.holds for check in checks):
        raise typer.Exit(DOES_NOT_HOLD)


def _say(terminal: Any, check: Check) -> None:
    mark, style = ("holds", "green") if check.holds else ("FAILS", "red")
    terminal.out.print(mark, style=style, end="  ")
    terminal.out.print(f"{check.what}: {check.found}", markup=False, highlight=False)
    if check.mend:
        terminal.out.print(f"       {check.mend}", markup=False, highlight=False, soft_wrap=True)


def _checks(terminal: Any, since: datetime, *, reconcile: bool) -> Iterator[Check]:
    yield _trial_balance(terminal)
    yield _seal(terminal)
    if reconcile:
        yield _processor(terminal)
    for consumer in SERVICES:
        yield from _heard(terminal, consumer, since)


def _trial_balance(terminal: Any) -> Check:
    books = terminal.run(terminal.market.payments.get_trial_balance)
    found = f"{len(books.accounts)} accounts, debit less credit {books.difference}"
    return Check("trial balance", books.difference == 0, found)


def _seal(terminal: Any) -> Check:
    seal = terminal.run(terminal.market.payments.get_seal)
    found = f"{seal.ranges} ranges up to entry {seal.to_entry}, {seal.unsealed} entries since"
    mend = "the whole chain is read again by: python -m services.payments verify"
    return Check("seal", bool(seal.ranges) or not seal.unsealed, found, mend)


def _processor(terminal: Any) -> Check:
    run = terminal.run(terminal.market.payments.run_reconciliation)
    agree = (run.books_balance, run.payees_books_balance) == (
        run.processor_balance,
        run.payees_processor_balance,
    )
    found = (
        f"books {run.books_balance:,}, processor {run.processor_balance:,} {run.currency};"
        f" {run.matched:,} matched, {run.unmatched_count:,} not"
    )
    if agree and not run.unmatched_count:
        return Check("processor", holds=True, found=found)
    mend = f"tasuki payments get-reconciliation {run.reconciliation_id}"
    return Check("processor", holds=False, found=found, mend=mend)


@dataclass(frozen=True)
class Heard:
    """What became of the events of a queue: how many, and those that nobody has any more."""

    queue: str
    told: int
    handled: int
    dead: int
    lost: tuple[ArchivedEvent, ...]

    def check(self) -> Check:
        """Say what is lost, and the command that tells it again."""
        first, last = self.lost[0].published_at, self.lost[-1].published_at + timedelta(seconds=1)
        found = f"{self.told:,} told, {self.handled:,} handled, {len(self.lost):,} lost"
        mend = (
            f"tasuki ops replay {self.queue.split('.')[1]} --to {self.queue}"
            f" --since {first:%Y-%m-%dT%H:%M:%S} --until {last:%Y-%m-%dT%H:%M:%S}"
        )
        return Check(self.queue, holds=False, found=found, mend=mend)


@dataclass(frozen=True)
class Hearer:
    """A service that hears others. `waiting` messages wait for another try, or may be dead."""

    terminal: Any
    desk: Operating
    dead: frozenset[str]
    waiting: int
    since: datetime

    def look(self, queue: QueueView) -> Heard:
        """Compare what was told to a queue with what was handled out of it."""
        _, teller, *_ = queue.name.split(".")
        event_type = ".".join(queue.name.split(".")[1:4])
        source = Operating(teller, self.terminal.market.transport)
        told = self.terminal.run(lambda: list(_told(source, event_type, self.since)))
        missing = self.terminal.run(lambda: _missing(self.desk, queue.name, told))
        lost = [each for each in missing if str(each.message_id) not in self.dead]
        # As many as wait may be among them: only what is beyond that is lost for certain.
        certain = lost if len(lost) > queue.messages + self.waiting else []
        handled = len(told) - len(missing)
        return Heard(queue.name, len(told), handled, len(missing) - len(lost), tuple(certain))


def _heard(terminal: Any, consumer: str, since: datetime) -> Iterator[Check]:
    """Compare what others told with what a service has handled, queue by queue."""
    desk = Operating(consumer, terminal.market.transport)
    standing = terminal.run(desk.queues)
    if not standing.broker:
        yield Check(consumer, holds=False, found="the broker can't be asked")
        return
    letters = terminal.run(lambda: desk.dead_letters(MOST_LETTERS))
    dead = frozenset(each.letter_id for each in letters.letters)
    waiting = sum(queue.messages for queue in standing.queues if queue.kind == "waits")
    waiting += letters.count - len(dead)
    hearer = Hearer(terminal, desk, dead, waiting, since)
    looked = [hearer.look(queue) for queue in standing.queues if queue.kind == HANDLES]
    yield _sum(consumer, [heard for heard in looked if not heard.lost])
    for heard in looked:
        if heard.lost:
            yield heard.check()


def _sum(consumer: str, looked: Sequence["Heard"]) -> Check:
    told = sum(each.told for each in looked)
    handled = sum(each.handled for each in looked)
    found = f"{len(looked)} queues, {told:,} events told to them, {handled:,} handled"
    if told > handled:
        dead = sum(each.dead for each in looked)
        found += f", {dead:,} dead letters, {told - handled - dead:,} may be among those that wait"
    return Check(f"heard by {consumer}", holds=True, found=found)


def _told(teller: Operating, event_type: str, since: datetime) -> Iterator[ArchivedEvent]:
    after = 0
    while True:
        page = teller.told(event_type, since, after)
        yield from page.items
        if page.next is None:
            return
        after = page.next


def _missing(hearer: Operating, queue: str, told: Sequence[ArchivedEvent]) -> list[ArchivedEvent]:
    found: set[object] = set()
    for start in range(0, len(told), IDS_AT_ONCE):
        ids = [each.message_id for each in told[start : start + IDS_AT_ONCE]]
        found.update(hearer.unhandled(queue, ids).message_ids)
    return [each for each in told if each.message_id in found]
