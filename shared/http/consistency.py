"""What a service has told, and what it has handled, by ids: compared, they show what was lost."""

from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import text

from shared.http.desk import Desk, Queries
from shared.messages.base import Storable
from shared.messages.operations import ArchivedEvent, ArchivedPage, UnhandledView
from shared.messaging.topology import hearers

MOST_IDS: Final = 100
MOST_EVENTS: Final = 1_000
LAST_POSITION: Final = 2**63 - 1
# Published so long ago, an event has reached its queues, and most of them are handled.
SETTLED: Final = timedelta(minutes=1)

_ARCHIVED = text(
    """
    SELECT position, id AS message_id, published_at FROM outbox_archive
    WHERE type = :type AND position > :after AND published_at >= :since
        AND published_at < now() - :settled
    ORDER BY position LIMIT :limit
    """
)
_UNHANDLED = text(
    """
    SELECT asked FROM unnest(CAST(:ids AS uuid[])) AS asked
    WHERE NOT EXISTS (SELECT FROM inbox WHERE consumer = :queue AND message_id = asked)
    """
)


def add_consistency(router: APIRouter, service: str) -> None:
    """Add to the service's operations."""

    @router.get("/unhandled")
    def list_unhandled(
        query: Queries,
        queue: Annotated[
            str, Query(max_length=200, description="One of the service's queues"), Storable
        ],
        message_id: Annotated[list[UUID], Query(max_length=MOST_IDS)],
    ) -> UnhandledView:
        """Return which of these messages a queue's handler has not handled (role operator)."""
        asked = {"queue": queue, "ids": [str(each) for each in message_id]}

        def read(desk: Desk) -> UnhandledView:
            return UnhandledView(message_ids=tuple(desk.connection.scalars(_UNHANDLED, asked)))

        return query.run(read)

    if hearers(service):
        _add_told(router)


def _add_told(router: APIRouter) -> None:
    @router.get("/told")
    def list_told(
        query: Queries,
        event_type: Annotated[
            str, Query(max_length=200, description="As jobs.job_closed.v1"), Storable
        ],
        since: Annotated[datetime, Query(description="Published from then on")],
        after: Annotated[
            int, Query(ge=0, le=LAST_POSITION, description="The last position of the page before")
        ] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_EVENTS)] = MOST_EVENTS,
    ) -> ArchivedPage:
        """Return what was published of a type, but for the last minute (role operator)."""
        asked = {"type": event_type, "since": since, "after": after, "settled": SETTLED}

        def read(desk: Desk) -> ArchivedPage:
            rows = desk.connection.execute(_ARCHIVED, asked | {"limit": limit}).mappings()
            items = tuple(ArchivedEvent(**row) for row in rows)
            return ArchivedPage(
                items=items, next=items[-1].position if len(items) == limit else None
            )

        return query.run(read)
