"""What operators see of notify, over HTTP; decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from services.notify.ports_webhooks import TrafficWork
from services.notify.use_cases import overseeing
from shared.http.edge import Query, query
from shared.messages.webhooks import TrafficView

router = APIRouter(prefix="/api/v1/notify/operations", tags=["operations"])


async def _query(request: Request, given: Annotated[Query[TrafficWork], Depends(query)]) -> object:
    return given.over(request.app.state.traffic)


Queries = Annotated[Query[TrafficWork], Depends(_query)]


@router.get("/webhooks")
def get_webhook_traffic(query: Queries) -> TrafficView:
    """Return how messages to customers' endpoints fare (role operator)."""
    person = query.person
    return query.run(lambda work: overseeing.see_traffic(person, work))
