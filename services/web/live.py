"""What happens while a page is open: notify's stream of events, passed on to its reader."""

import logging
from collections.abc import AsyncIterator
from http import HTTPStatus

import httpx2
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services.web.backend import Refused, Unreachable
from services.web.routing import Site, asker_of

logger = logging.getLogger(__name__)

# Longer than the pause between two heartbeats of notify.
SILENCE_SECONDS = 60


async def live(request: Request) -> Response:
    """Pass the stream on until its token ends; the browser asks again by itself then.

    Whoever isn't signed in gets an answer (204) after which a browser doesn't ask again.
    """
    site: Site = request.app.state.site
    session = site.cookies.read(request.cookies)
    before = session.dump()
    try:
        holds = await site.signing.keep_fresh(session, asker_of(request, session.access_token))
        if not session.signed_in or not holds:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        last = request.headers.get("last-event-id", "")
        stream = await site.backend.stream(
            asker_of(request, session.access_token),
            "notify",
            "/live",
            headers={"Last-Event-ID": last} if last else {},
            silence_seconds=SILENCE_SECONDS,
        )
    except (Refused, Unreachable) as error:
        logger.info("no live updates", extra={"error": str(error)})
        return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = StreamingResponse(_pieces(stream), headers=headers, media_type="text/event-stream")
    site.cookies.write(
        response, session, before=before, cookies=request.cookies, now=site.clock.now()
    )
    return response


async def _pieces(stream: httpx2.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in stream.aiter_bytes():
            yield piece
    except httpx2.TransportError:
        # notify was started anew, or is silent: the browser asks again.
        logger.info("live updates were cut off")
    finally:
        await stream.aclose()
