"""The HTTP API of notify: decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.notify.ports import Work
from services.notify.use_cases import reading
from shared.http.edge import Query, query
from shared.http.pagination import After, Limit, Page, page
from shared.messages.notify import NotificationView

Queries = Annotated[Query[Work], Depends(query)]

router = APIRouter(prefix="/api/v1/notify", tags=["notify"])


@router.get("/notifications")
def list_notifications(
    query: Queries, limit: Limit = 20, after: After = None
) -> Page[NotificationView]:
    """List what whoever asks was told, newest first."""
    person = query.person
    shown = query.run(lambda work: reading.list_notifications(person, after, limit + 1, work))
    return page(shown, limit, lambda notification: notification.notification_id)
