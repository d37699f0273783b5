"""`python -m services.payments reconcile|close|verify|seal|export`: the books at the command line.

Each command says what it did on standard output, one fact a line, and ends with status 1 when the
books don't hold. A progress bar is shown on a terminal, or with --progress.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import Progress as Bar

from services.payments.domain.months import Month
from services.payments.ports_books import Progress, Wired, in_silence
from services.payments.use_cases import closing, exporting, reconciling, sealing
from shared.errors import DomainError
from shared.messages.books import SealView

Options = argparse.Namespace


def run(arguments: list[str], wired: Wired) -> None:
    """Do what the command line says; exit with status 1 when the books don't hold or refuse."""
    options = _parser().parse_args(arguments)
    try:
        holds = _COMMANDS[options.command](options, wired)
    except DomainError as error:
        facts = "".join(f"\n  {name}: {value}" for name, value in error.facts.items())
        sys.exit(f"{error.code}: {error.detail}{facts}")
    if not holds:
        sys.exit(1)


def _reconcile(options: Options, wired: Wired) -> bool:
    with _progress(options) as progress:
        view = reconciling.reconcile_now(wired.transactions, wired.statements, progress)
    _say(
        reconciliation=view.reconciliation_id,
        matched=view.matched,
        unmatched=view.unmatched_count,
        platform=f"books {view.books_balance}, processor {view.processor_balance}",
        payees=f"books {view.payees_books_balance}, processor {view.payees_processor_balance}",
    )
    for item in view.unmatched:
        _out(
            f"{item.reason} {item.account} {item.source} theirs={item.theirs} ours={item.ours} "
            f"entry={item.entry_id} since={item.first_seen_at} {item.explanation}\n"
        )
    return not view.unmatched_count


def _close(options: Options, wired: Wired) -> bool:
    month = Month.named(options.month)
    with _progress(options) as progress:
        view = closing.close(month, wired.transactions, progress)
    _say(month=view.month, entries=view.entries, to_entry=view.to_entry, sha256=view.sha256)
    for each in view.balances:
        _out(
            f"{each.account} {each.currency} opening={each.opening} debit={each.debit} "
            f"credit={each.credit} closing={each.closing}\n"
        )
    return True


def _seal(options: Options, wired: Wired) -> bool:
    with _progress(options) as progress:
        _say_seal(sealing.seal(wired.transactions, progress))
    return True


def _verify(options: Options, wired: Wired) -> bool:
    with _progress(options) as progress:
        view = sealing.verify(wired.transactions, options.expect, progress)
    _say_seal(view)
    if view.broken:
        _say(
            broken=view.broken.what,
            range=view.broken.number,
            entry="unknown" if view.broken.entry_id is None else view.broken.entry_id,
        )
    else:
        _say(verified="all that is sealed fits")
    return view.broken is None


def _export(options: Options, wired: Wired) -> bool:
    month = Month.named(options.month) if options.month else None
    asked = exporting.Export(options.format, month, options.by_owner)
    pieces = exporting.export(asked, wired.transactions)
    if options.output == "-":
        for piece in pieces:
            _out(piece)
        return True
    with open(options.output, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123
        file.writelines(pieces)
    return True


_COMMANDS: Final[Mapping[str, Callable[[Options, Wired], bool]]] = {
    "reconcile": _reconcile,
    "close": _close,
    "seal": _seal,
    "verify": _verify,
    "export": _export,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.payments", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    parsers = {
        name: commands.add_parser(name, help=text)
        for name, text in (
            ("reconcile", "compare the books with the processor's statements"),
            ("close", "check the books, sum up a month that is over, and seal it"),
            ("seal", "seal the journal up to now"),
            ("verify", "compare the journal with its seal"),
            ("export", "write the journal, or a month of it"),
        )
    }
    for name in ("reconcile", "close", "seal", "verify"):
        parsers[name].add_argument("--progress", action="store_true", help="off a terminal too")
    parsers["close"].add_argument("--month", required=True, help="as 2026-11")
    parsers["verify"].add_argument("--expect", help="a hash of the seal that was kept elsewhere")
    export = parsers["export"]
    export.add_argument("--month", help="as 2026-11; the whole journal without")
    export.add_argument("--format", choices=("csv", "beancount"), default="csv")
    export.add_argument("--by-owner", action="store_true", help="beancount: with sub-accounts")
    export.add_argument("--output", default="-", help="a file; standard output without")
    return parser


@contextmanager
def _progress(options: Options) -> Iterator[Progress]:
    """Yield what draws a bar on standard error, on a terminal or when asked for."""
    if not (sys.stderr.isatty() or options.progress):
        yield in_silence
        return
    with Bar(console=Console(stderr=True), transient=not options.progress) as bar:
        task = bar.add_task(options.command, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)


def _say_seal(view: SealView) -> None:
    _say(
        ranges=view.ranges,
        to_entry=view.to_entry,
        unsealed=view.unsealed,
        sealed_at=view.sealed_at,
        sha256=view.sha256,
    )


def _say(**facts: object) -> None:
    for name, value in facts.items():
        _out(f"{name}: {value}\n")


def _out(text: str) -> None:
    sys.stdout.write(text)
