"""Webhooks to customers over HTTP; decides nothing."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi import Query as QueryParameter

from services.notify.domain.webhooks import EVENT_TYPES
from services.notify.ports import Work
from services.notify.use_cases import webhooks
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.etags import TAGGED, Edits, Shown
from shared.http.pagination import After, Limit, page
from shared.messages.base import Page
from shared.messages.webhooks import (
    AddEndpoint,
    ChangeEndpoint,
    DeliveryStatus,
    DeliveryView,
    EndpointList,
    EndpointSecretView,
    EndpointView,
    EventTypeList,
)

router = APIRouter(prefix="/api/v1/notify/webhooks", tags=["webhooks"])


Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]
Of = Annotated[UUID | None, QueryParameter(description="A company's; without it, one's own")]


@router.get("/event-types")
def list_event_types() -> EventTypeList:
    """List what an endpoint can be told of."""
    return EventTypeList(items=tuple(sorted(EVENT_TYPES)))


@router.post("/endpoints", status_code=HTTPStatus.CREATED)
def add_endpoint(body: AddEndpoint, query: Queries) -> EndpointSecretView:
    """Have events sent to an address, signed after Standard Webhooks.

    Takes no Idempotency-Key: that would mean to keep the secret, which is shown this once.
    """
    person = query.person
    return query.run(lambda work: webhooks.add_endpoint(body, person, work.webhooks))


@router.get("/endpoints")
def list_endpoints(query: Queries, of: Of = None) -> EndpointList:
    """List the endpoints of one's own account, or of a company's."""
    person = query.person
    return query.run(lambda work: webhooks.list_endpoints(person, of, work.webhooks))


@router.get("/endpoints/{endpoint_id}", responses=TAGGED)
def get_endpoint(endpoint_id: UUID, query: Queries, shown: Shown) -> EndpointView:
    """Show an endpoint."""
    person = query.person
    return shown.as_of(
        query.run(lambda work: webhooks.show_endpoint(endpoint_id, person, work.webhooks))
    )


@router.put("/endpoints/{endpoint_id}", response_model=EndpointView)
def change_endpoint(
    endpoint_id: UUID, body: ChangeEndpoint, command: Commands, edit: Edits
) -> Answered:
    """Say anew what an endpoint is; `enabled` wakes one that was disabled."""
    person = command.person
    return edit.run(
        command,
        lambda work: webhooks.show_endpoint(endpoint_id, person, work.webhooks),
        lambda work: webhooks.change_endpoint(endpoint_id, body, person, work.webhooks),
    )


@router.delete("/endpoints/{endpoint_id}", status_code=HTTPStatus.NO_CONTENT)
def remove_endpoint(endpoint_id: UUID, command: Commands) -> Response:
    """Forget an endpoint, and the log of what was sent there."""
    person = command.person
    command.run(lambda work: webhooks.remove_endpoint(endpoint_id, person, work.webhooks))
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/endpoints/{endpoint_id}/secret", status_code=HTTPStatus.CREATED)
def rotate_secret(endpoint_id: UUID, query: Queries) -> EndpointSecretView:
    """Make a new secret; for 24 hours messages are signed with the old one, too.

    Takes no Idempotency-Key, as adding an endpoint does not.
    """
    person = query.person
    return query.run(lambda work: webhooks.rotate_secret(endpoint_id, person, work.webhooks))


@router.post(
    "/endpoints/{endpoint_id}/ping",
    status_code=HTTPStatus.ACCEPTED,
    response_model=DeliveryView,
)
def ping_endpoint(endpoint_id: UUID, command: Commands) -> Answered:
    """Send a message that says nothing (`notify.ping`), to see that it arrives."""
    person = command.person
    return command.run(lambda work: webhooks.ping(endpoint_id, person, work.webhooks))


@router.get("/endpoints/{endpoint_id}/deliveries")
def list_deliveries(
    endpoint_id: UUID,
    query: Queries,
    status: DeliveryStatus | None = None,
    after: After = None,
    limit: Limit = 20,
) -> Page[DeliveryView]:
    """List what was sent to an endpoint, with every attempt, the newest first."""
    person = query.person
    shown = query.run(
        lambda work: webhooks.list_deliveries(
            endpoint_id, person, work.webhooks, status=status, after=after, limit=limit + 1
        )
    )
    return page(shown, limit, lambda delivery: delivery.delivery_id)


@router.post(
    "/endpoints/{endpoint_id}/deliveries/{delivery_id}/redelivery",
    status_code=HTTPStatus.ACCEPTED,
    response_model=DeliveryView,
)
def redeliver(endpoint_id: UUID, delivery_id: UUID, command: Commands) -> Answered:
    """Send a message again, under the id that it had."""
    person = command.person
    return command.run(
        lambda work: webhooks.redeliver(endpoint_id, delivery_id, person, work.webhooks)
    )
