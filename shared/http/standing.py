"""How a service stands, for its operators: what its gauges show, and whether it is drained."""

from fastapi import APIRouter, Request
from sqlalchemy import text

from shared.http.desk import Desk, Queries
from shared.messages.operations import GaugeView, StandingView
from shared.messaging import switches
from shared.messaging.queues import Depths
from shared.messaging.switches import Drained
from shared.observability.gauges import Reading, Standing
from shared.observability.metrics import DEAD_LETTERS
from shared.version import VERSION

_REVISION = text("SELECT version_num FROM alembic_version")
_HAS_REVISIONS = text("SELECT to_regclass('alembic_version') IS NOT NULL")
PREFIX = "tasuki_"


def add_standing(router: APIRouter, service: str) -> None:
    """Add to the service's operations."""

    @router.get("/standing")
    def get_standing(query: Queries, request: Request) -> StandingView:
        """Return how the service stands now (role operator)."""
        edge, gauges = query.edge, request.app.state.gauges
        drained, revision = query.run(_kept)
        depths = Depths(service, edge.amqp_url) if edge.amqp_url else None
        readings = Standing(edge.database, edge.clock, gauges, depths).read_all()
        return StandingView(
            service=service,
            version=VERSION,
            revision=revision,
            broker=any(reading.gauge is DEAD_LETTERS for reading in readings),
            drained_since=drained.since if drained else None,
            drained_why=drained.reason if drained else None,
            gauges=tuple(map(_view, readings)),
        )


def _kept(desk: Desk) -> tuple[Drained | None, str]:
    connection = desk.connection
    migrated = connection.execute(_HAS_REVISIONS).scalar_one()
    revision = str(connection.execute(_REVISION).scalar_one()) if migrated else ""
    return switches.drained(connection), revision


def _view(reading: Reading) -> GaugeView:
    gauge = reading.gauge
    labels = dict(zip(gauge.labels, reading.labels, strict=True))
    return GaugeView(name=gauge.name.removeprefix(PREFIX), labels=labels, value=reading.value)
