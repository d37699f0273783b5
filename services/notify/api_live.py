"""Live updates as server-sent events; decides nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from services.notify.ports import Work
from services.notify.use_cases import reading
from shared.http.edge import Query, query
from shared.http.live import Hub
from shared.people import Person

HEARTBEAT_SECONDS = 15.0
# A browser comes again by itself, with a token of then: nobody listens for long with an old one.
LONGEST_SECONDS = 300.0
AGAIN_MILLISECONDS = 3_000

Queries = Annotated[Query[Work], Depends(query)]

router = APIRouter(prefix="/api/v1/notify", tags=["notify"])


@router.get(
    "/live",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def live(
    request: Request, query: Queries, last_event_id: Annotated[UUID | None, Header()] = None
) -> StreamingResponse:
    """Stream what whoever asks is told, as it happens (server-sent events).

    `event: notice` has the id of the notification as its id, and as data, in JSON, what it tells
    of (`what`), the link among the pages, and how many are unread. `event: unread` comes at first.
    A stream ends after five minutes; with `Last-Event-ID` nothing is lost in between.
    """
    hub: Hub = request.app.state.live
    stream = _stream(hub, query, query.person, last_event_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _stream(
    hub: Hub, query: Query[Work], person: Person, last: UUID | None
) -> AsyncIterator[str]:
    def news(since: UUID | None) -> reading.News:
        return query.run(lambda work: reading.news(person, since, work))

    yield f"retry: {AGAIN_MILLISECONDS}\n\n"
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + LONGEST_SECONDS
    with hub.woken(person.person_id) as woken:
        unread = None
        while not hub.stopping and loop.time() < ends_at:
            woken.clear()
            found = await run_in_threadpool(news, last)
            for notice in found.notices:
                data = {"what": notice.what, "link": notice.link, "unread": found.unread}
                yield _event("notice", data, notice.notification_id)
            if unread != found.unread:
                yield _event("unread", {"unread": found.unread})
            last, unread = found.latest, found.unread
            yield ": still here\n\n"
            await _wait(woken)


async def _wait(woken: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(woken.wait(), HEARTBEAT_SECONDS)
    except TimeoutError:
        return


def _event(name: str, data: dict[str, Any], event_id: UUID | None = None) -> str:
    head = f"id: {event_id}\n" if event_id else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n"
