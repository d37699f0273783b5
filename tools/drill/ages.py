"""The worse disaster: only dumps of different moments are left, and no WAL.

What comes back by itself comes from the other services' archives and from Stripe. The rest is
listed, each with its reason, for a person; nothing is put right silently.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any, Final

import psycopg

from shared.provision.databases import prepare
from tools.drill import backups, comparing
from tools.drill.backups import Backup
from tools.drill.load import Acknowledged, Load
from tools.drill.scenarios import Drill
from tools.story.demo import databases_of
from tools.story.proofs import Proof
from tools.waiting import WaitedInVainError, until

# Payments last: it must know of every call that it made, or it makes some a second time.
ORDER: Final = ("notify", "programs", "accounts", "jobs", "contracts", "payments")
# What waits for something that was lost would be tried for hours.
QUIET_SECONDS: Final = 20.0
_OPEN_WEBHOOKS: Final = (
    "SELECT type, reason FROM processor_events WHERE status IN ('received', 'failed') ORDER BY 1"
)


@dataclass(frozen=True)
class Dumped:
    """A dump of a service's database; `told` commands were acknowledged when it began."""

    backup: Backup
    told: int


def only_dumps_are_left(drill: Drill, commands: int) -> None:
    """Dump each database at another moment, lose all servers, and see what comes back."""
    report, ledger = drill.report, drill.ledger
    report.headline("(b) Only dumps of different moments are left: no WAL, no base backup")
    first, load = len(ledger.acknowledged), drill.load()
    dumps = _dump_under_load(drill, load, first, commands / 10)
    ledger.wait_for(first + commands * 7 / 10, load.alive)
    ledger.stopped = True
    drill.stack.lose_servers()
    load.join()
    told = ledger.acknowledged[first:]
    ledger.stopped = False
    report.says(f"all servers are lost after {len(told)} acknowledged commands")
    _build_up_again(drill, dumps, load.began)
    lost = comparing.lost(drill.stack, told)
    _list_lost(drill, lost, told, dumps)
    earlier = _earlier_agrees(drill)
    report.prove([_none_from_before(lost, told, dumps), *_money(drill), earlier])


def _dump_under_load(drill: Drill, load: Load, first: int, share: float) -> Mapping[str, Dumped]:
    dumps = {}
    folder = drill.stack.folder.path / "dumps"
    drill.ledger.most = first + share
    load.start()
    for number, service in enumerate(ORDER, 1):
        drill.ledger.wait_for(first + number * share, load.alive)
        drill.ledger.most = first + (number + 1) * share
        told = len(drill.ledger.acknowledged) - first
        with drill.report.step(f"a dump of {service}, under load, after {told} commands"):
            backup = backups.dump(drill.stack.postgres, f"tasuki_{service}", folder)
        dumps[service] = Dumped(backup, told)
    drill.ledger.most = inf
    return dumps


def _build_up_again(drill: Drill, dumps: Mapping[str, Dumped], began: datetime) -> None:
    report, stack = drill.report, drill.stack
    with report.step("a new PostgreSQL and a new RabbitMQ"):
        stack.postgres.start()
        stack.broker.start()
        prepare(stack.environments.admin_url, stack.environments.secrets.roles)
    with report.step("each database from its dump"):
        for service, dumped in dumps.items():
            backups.load(stack.postgres, f"tasuki_{service}", dumped.backup.folder)
    drill.make_one_truth(began, patient=False)
    with report.step("what can't be handled was tried for a while"), suppress(WaitedInVainError):
        until(lambda: not stack.waiting(), "the queues are empty", timeout=QUIET_SECONDS)


def _list_lost(
    drill: Drill,
    lost: Sequence[Acknowledged],
    told: Sequence[Acknowledged],
    dumps: Mapping[str, Dumped],
) -> None:
    report = drill.report
    for service, dumped in dumps.items():
        after = [each for each in told[dumped.told :] if each.service == service and each.trace]
        gone = sum(1 for each in lost if each.service == service)
        report.says(f"{service}: {gone} of {len(after)} commands after its dump are lost")
    report.says("For a person, each with its reason:")
    for difference in _differences(drill):
        report.says(f"- {difference}")


def _differences(drill: Drill) -> list[str]:
    contracts, payments = comparing.milestones(drill.stack)
    found = [
        f"milestone {each}: {contracts.get(each, 'unknown')} in contracts,"
        f" {payments.get(each, 'unknown')} in payments: contracts' dump is older, what was"
        " decided between the two dumps is known to payments only"
        for each in sorted({*contracts, *payments})
        if not comparing.agrees(contracts.get(each), payments.get(each))
    ]
    with psycopg.connect(databases_of(drill.stack)["payments"]) as database:
        found += [
            f"Stripe told {kind} of what payments asked for after its dump ({reason})"
            for kind, reason in database.execute(_OPEN_WEBHOOKS)
        ]
    found += [
        f"Stripe moved {item['theirs']} for {item['source']}, the books have {item['ours']}:"
        f" {item['explanation']}"
        for item in _reconciliation(drill)["unmatched"]
    ]
    return found + [
        f"{count} message(s) in {queue} wait for something that was lost"
        for queue, count in (drill.stack.waiting() | drill.stack.dead()).items()
    ]


def _none_from_before(
    lost: Sequence[Acknowledged],
    told: Sequence[Acknowledged],
    dumps: Mapping[str, Dumped],
) -> Proof:
    before = [each.what for each in lost if told.index(each) < dumps[each.service].told]
    return Proof(
        "no command is lost that its service's dump was to hold",
        not before and bool(told),
        f"{before or 'none'}",
    )


def _reconciliation(drill: Drill) -> Any:
    return drill.stage.operator.post("/payments/reconciliations")


def _money(drill: Drill) -> list[Proof]:
    trial = drill.stage.operator.get("/payments/books/trial-balance")
    compared = _reconciliation(drill)
    listed = sum((item["theirs"] or 0) - (item["ours"] or 0) for item in compared["unmatched"])
    books = compared["books_balance"] + compared["payees_books_balance"]
    processor = compared["processor_balance"] + compared["payees_processor_balance"]
    return [
        Proof(
            "the trial balance is zero", trial["difference"] == 0, "debit and credit are the same"
        ),
        Proof(
            "what is listed explains all that books and Stripe differ by, to the yen",
            processor - books == listed,
            f"Stripe {processor:,}, books {books:,}, listed {listed:,}",
        ),
    ]


def _earlier_agrees(drill: Drill) -> Proof:
    contracts, payments = comparing.milestones(drill.stack)
    earlier = {milestone for agreed in drill.contracts for milestone in agreed.milestone_ids}
    differing = [
        each for each in earlier if not comparing.agrees(contracts.get(each), payments.get(each))
    ]
    return Proof(
        "contracts and payments say the same of all that was over before",
        not differing and bool(earlier),
        f"{len(earlier)} milestones",
    )
