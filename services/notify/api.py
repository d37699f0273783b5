"""The HTTP API of notify: decides nothing."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi import Query as QueryParameter
from fastapi.responses import RedirectResponse

from services.notify.ports import Work
from services.notify.use_cases import bouncing, choosing, previewing, pushing, reading
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.etags import TAGGED, Edits, Shown
from shared.http.pagination import After, Limit, page
from shared.messages.accounts import Locale
from shared.messages.base import Page
from shared.messages.notify import (
    BounceView,
    Channel,
    LetterView,
    LineCodeView,
    MarkNotificationsRead,
    NotificationView,
    PreferencesView,
    PreviewView,
    SetPreferences,
    UnreadView,
    UnsubscribedView,
)

Queries = Annotated[Query[Work], Depends(query)]
Commands = Annotated[Command[Work], Depends(command)]
Token = Annotated[str, QueryParameter(max_length=1_000, description="As it is in the link")]


async def _raw_body(request: Request) -> bytes:
    return await request.body()


RawBody = Annotated[bytes, Depends(_raw_body)]


def _body_of(media_type: str) -> dict[str, Any]:
    """Say in the OpenAPI document what is sent: it is read as it is, so FastAPI doesn't know."""
    schema = {"type": "string", "format": "binary"}
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


router = APIRouter(prefix="/api/v1/notify", tags=["notify"])


@router.get("/notifications")
def list_notifications(
    query: Queries, limit: Limit = 20, after: After = None, *, unread: bool = False
) -> Page[NotificationView]:
    """List what whoever asks was told, newest first; only what is unread, if so asked."""
    person = query.person
    shown = query.run(
        lambda work: reading.list_notifications(person, after, limit + 1, work, unread=unread)
    )
    return page(shown, limit, lambda notification: notification.notification_id)


@router.get("/notifications/unread")
def count_unread(query: Queries) -> UnreadView:
    """Tell how much whoever asks has not read."""
    person = query.person
    return query.run(lambda work: reading.count_unread(person, work))


@router.post("/notifications/read", response_model=UnreadView)
def mark_all_read(body: MarkNotificationsRead, command: Commands) -> Answered:
    """Mark all as read, up to and with the one that was seen last."""
    person = command.person
    return command.run(lambda work: reading.mark_all_read(body, person, work))


@router.post("/notifications/{notification_id}/read", response_model=NotificationView)
def mark_one_read(notification_id: UUID, command: Commands) -> Answered:
    """Mark one as read."""
    person = command.person
    return command.run(lambda work: reading.mark_one_read(notification_id, person, work))


@router.get("/preferences", responses=TAGGED)
def show_preferences(query: Queries, shown: Shown) -> PreferencesView:
    """Show how whoever asks is told, and where."""
    person = query.person
    return shown.as_of(query.run(lambda work: choosing.show_preferences(person, work)))


@router.put("/preferences", response_model=PreferencesView)
def set_preferences(body: SetPreferences, command: Commands, edit: Edits) -> Answered:
    """Say how to be told."""
    person = command.person
    return edit.run(
        command,
        lambda work: choosing.show_preferences(person, work),
        lambda work: choosing.set_preferences(body, person, work),
    )


@router.post("/preferences/address/restart", response_model=PreferencesView)
def restart_address(command: Commands) -> Answered:
    """Have mail sent again to an address that had refused it."""
    person = command.person
    return command.run(lambda work: choosing.restart_address(person, work))


@router.post("/preferences/line/codes", status_code=201, response_model=LineCodeView)
def offer_line_code(command: Commands) -> Answered:
    """Get a code that links LINE, when it is sent to our account there."""
    person = command.person
    return command.run(lambda work: pushing.offer_line_code(person, work))


@router.delete("/preferences/line", response_model=PreferencesView)
def unlink_line(command: Commands) -> Answered:
    """Be told nothing on LINE any more."""
    person = command.person
    return command.run(lambda work: pushing.unlink_line(person, work))


@router.get("/unsubscriptions", status_code=303, response_class=RedirectResponse)
def open_unsubscription(token: Token, query: Queries) -> RedirectResponse:
    """Send a browser on to the page that asks whether to end such mail.

    Following a link ends nothing: programs that look at mail follow links, too.
    """
    del query
    return RedirectResponse(f"/unsubscribe?token={quote(token)}", 303)


@router.post("/unsubscriptions", response_model=UnsubscribedView)
def unsubscribe(token: Token, command: Commands) -> Answered:
    """End such mail: what a mail program's button does (RFC 8058), and the page."""
    return command.run(lambda work: choosing.unsubscribe(token, work))


@router.post("/bounces", response_model=BounceView, openapi_extra=_body_of("message/rfc822"))
def take_bounce(
    source: RawBody,
    command: Commands,
    secret: Annotated[str, Header(alias="Bounce-Secret", max_length=200)] = "",
) -> Answered:
    """Take a report that mail came back, as the mail relay got it (RFC 3464)."""
    return command.run(lambda work: bouncing.take_report(source, secret, work))


@router.post("/line/webhook", status_code=204, openapi_extra=_body_of("application/json"))
def hear_line(
    source: RawBody,
    query: Queries,
    signature: Annotated[str, Header(alias="X-Line-Signature", max_length=200)] = "",
) -> None:
    """Hear what LINE tells of people there."""
    query.run(lambda work: pushing.hear_line(source, signature, work))


@router.get("/previews")
def list_previews(query: Queries) -> tuple[LetterView, ...]:
    """List every letter there is (operators)."""
    return tuple(previewing.list_letters(query.person))


@router.get("/previews/{event}/{template}")
def show_preview(
    event: str,
    template: str,
    query: Queries,
    locale: Locale = "ja",
    channel: Channel = Channel.EMAIL,
) -> PreviewView:
    """Show a letter as somebody would get it, written with an example (operators)."""
    person = query.person
    return query.run(
        lambda work: previewing.preview(
            event, template, person, work, locale=locale, channel=channel
        )
    )
