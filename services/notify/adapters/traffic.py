"""How messages to all endpoints fare, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, func, select

from services.notify.adapters.tables_webhooks import deliveries, endpoints
from services.notify.ports_webhooks import TrafficWork
from shared.clock import Clock
from shared.messages.webhooks import DeliveryStatus, EndpointTraffic


@dataclass(frozen=True)
class SqlTraffic:
    """Implements the port Traffic."""

    connection: Connection

    def since(self, moment: datetime, limit: int) -> Sequence[EndpointTraffic]:
        """Return endpoints with what was sent there since, those that fail first."""
        sent = (
            select(
                deliveries.c.endpoint_id,
                *(
                    func.count().filter(deliveries.c.status == status).label(status)
                    for status in DeliveryStatus
                ),
            )
            .where(deliveries.c.created_at >= moment)
            .group_by(deliveries.c.endpoint_id)
            .subquery()
        )
        query = (
            select(
                endpoints.c.endpoint_id,
                endpoints.c.account_id,
                endpoints.c.url,
                endpoints.c.disabled,
                endpoints.c.failing_since,
                *(func.coalesce(sent.c[status], 0).label(status) for status in DeliveryStatus),
            )
            .join_from(endpoints, sent, isouter=True)
            .order_by(endpoints.c.failing_since.asc().nulls_last(), endpoints.c.endpoint_id)
            .limit(limit)
        )
        return [_traffic(row) for row in self.connection.execute(query)]


def make_traffic_work(connection: Connection, clock: Clock) -> TrafficWork:
    """Return the work of one transaction."""
    return TrafficWork(SqlTraffic(connection), clock)


def _traffic(row: "Row[*tuple[Any, ...]]") -> EndpointTraffic:
    return EndpointTraffic(
        endpoint_id=row.endpoint_id,
        account_id=row.account_id,
        # A path may have a secret of its own in it: it is nobody's business here.
        host=urlsplit(row.url).hostname or "",
        enabled=row.disabled is None,
        disabled_because=row.disabled or "",
        failing_since=row.failing_since,
        delivered=row.delivered,
        failed=row.failed,
        pending=row.pending,
    )
