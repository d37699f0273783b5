"""`tasuki ops status`: everything at a glance, and what needs somebody."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from shared.messages.operations import StandingView
from tasuki.client import Refused, Unreachable
from tasuki.client.operating import SERVICES, Operating

NEEDS_SOMEBODY: Final = 1
# From when on a gauge needs somebody: as the alerts have it (deploy/observability/rules).
LIMITS: Final[Mapping[str, tuple[float, str]]] = {
    "outbox_age_seconds": (60, "the outbox waits for {age}: is its relay up, and the broker?"),
    "dead_letters": (0, "{value:.0f} dead letters: tasuki ops dead-letters list {service}"),
    "deadline_overdue_seconds": (300, "{labels}: overdue for {age}: is its events process up?"),
    "operation_age_seconds": (3_600, "{labels}: a call to the outside waits for {age}"),
    "ledger_imbalance_minor_units": (0, "the books don't balance by {value:.0f} {labels}"),
    "reconciliation_unmatched": (0, "{value:.0f} entries or transactions are unmatched"),
    "reconciliation_age_seconds": (26 * 3_600, "the last reconciliation ended {age} ago"),
    "seal_age_seconds": (3 * 3_600, "the books were last sealed {age} ago"),
}


@dataclass(frozen=True)
class Trouble:
    """Something that needs somebody."""

    service: str
    what: str


@dataclass(frozen=True)
class Report:
    """How all services stand; None for one that gave no answer."""

    standings: Mapping[str, StandingView | None]
    troubles: tuple[Trouble, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "well": not self.troubles,
            "troubles": [asdict(each) for each in self.troubles],
            "services": self.standings,
        }


def status(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON")] = False,
) -> None:
    """Show how everything stands; ends with status 1 when something needs somebody."""
    terminal = context.obj
    terminal.as_json = terminal.as_json or as_json
    report = look(terminal)
    if terminal.as_json:
        terminal.show(report.as_json())
    else:
        _show(report, terminal.out)
    if report.troubles:
        raise typer.Exit(NEEDS_SOMEBODY)


def look(terminal: Any) -> Report:
    """Ask all services; one that is away or refuses is a trouble itself."""
    standings: dict[str, StandingView | None] = {}
    troubles: list[Trouble] = []
    for service in SERVICES:
        try:
            standings[service] = Operating(service, terminal.market.transport).standing()
        except Unreachable as away:
            standings[service] = None
            troubles.append(Trouble(service, f"no answer: {away}"))
        except Refused as refused:
            standings[service] = None
            troubles.append(Trouble(service, f"{refused.code}: {refused.detail}"))
        else:
            troubles += troubles_of(standings[service])
    return Report(standings, tuple(troubles))


def troubles_of(standing: StandingView | None) -> Iterator[Trouble]:
    """Yield what of a service needs somebody."""
    if standing is None:
        return
    service = standing.service
    shown = {gauge.name: gauge.value for gauge in standing.gauges}
    if not shown.get("database_up"):
        yield Trouble(service, "the database can't be reached")
    elif len(shown) == 1:
        yield Trouble(service, "the gauges can't be read: has `migrate` run?")
    if not standing.broker:
        yield Trouble(service, "the broker can't be asked")
    if standing.drained_since:
        yield Trouble(service, f"drained: {standing.drained_why}; tasuki ops resume {service}")
    for gauge in standing.gauges:
        limit, text = LIMITS.get(gauge.name, (float("inf"), ""))
        if abs(gauge.value) > limit:
            labels = ", ".join(gauge.labels.values())
            facts = {"value": gauge.value, "labels": labels, "age": age(gauge.value)}
            yield Trouble(service, text.format(service=service, **facts))


def age(seconds: float) -> str:
    """Return a length of time as people say it: its two largest units."""
    if seconds < 1:
        return "0 s"
    left = timedelta(seconds=round(seconds))
    hours, rest = divmod(left.seconds, 3_600)
    minutes, rest = divmod(rest, 60)
    parts = [(left.days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    first = next(index for index, (number, _) in enumerate(parts) if number)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number)


def _show(report: Report, out: Console) -> None:
    out.print(_table(report.standings))
    payments = report.standings.get("payments")
    if payments:
        out.print(_books(payments), highlight=False)
    if not report.troubles:
        out.print("All is well.", style="green")
        return
    for trouble in report.troubles:
        out.print(f"{trouble.service}: {trouble.what}", style="red", markup=False, highlight=False)


def _table(standings: Mapping[str, StandingView | None]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("service", no_wrap=True)
    for name in ("state", "schema"):
        table.add_column(name, no_wrap=True)
    for name in ("outbox", "oldest", "queued", "delayed", "dead", "overdue", "pending"):
        table.add_column(name, justify="right", no_wrap=True)
    for service, standing in standings.items():
        table.add_row(service, *(_cells(standing) if standing else ("no answer",)))
    return table


def _cells(standing: StandingView) -> Iterable[str]:
    def total(name: str) -> float | None:
        found = [
            gauge.value
            for gauge in standing.gauges
            if gauge.name == name and gauge.labels.get("queue") != "delayed"
        ]
        return sum(found) if found else None

    delayed = [gauge.value for gauge in standing.gauges if gauge.labels.get("queue") == "delayed"]
    waits = total("outbox_age_seconds")
    return (
        "drained" if standing.drained_since else "works",
        standing.revision,
        _number(total("outbox_events")),
        age(waits) if waits else "",
        _number(total("queue_messages")),
        _number(delayed[0] if delayed else None),
        _number(total("dead_letters")),
        _number(total("deadlines_overdue")),
        _number(total("operations_pending")),
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _books(payments: StandingView) -> str:
    shown = {gauge.name: gauge.value for gauge in payments.gauges}
    held = [
        f"{gauge.value:,.0f} {gauge.labels['currency']}"
        for gauge in payments.gauges
        if gauge.name == "escrow_minor_units"
    ]
    imbalance = shown.get("ledger_imbalance_minor_units")
    ages = [
        f"{what} {age(shown[name]) + ' ago' if name in shown else 'never'}"
        for what, name in (
            ("sealed", "seal_age_seconds"),
            ("reconciled", "reconciliation_age_seconds"),
        )
    ]
    balanced = "can't be read" if imbalance is None else ("balance" if not imbalance else "don't")
    return f"\nbooks: {balanced}; in escrow {', '.join(held) or '?'}; {'; '.join(ages)}\n"
