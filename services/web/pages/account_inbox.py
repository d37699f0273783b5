"""The inbox, how one is told, and the end of e-mail without signing in."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from services.web.guard import safe_next
from services.web.i18n import N_, _
from services.web.routing import Pages, Visit
from shared.messages.base import Page
from shared.messages.notify import (
    Channel,
    Choice,
    Digest,
    Kind,
    LineCodeView,
    MarkNotificationsRead,
    NotificationView,
    PreferencesView,
    QuietHours,
    Rhythm,
    SetPreferences,
    UnsubscribedView,
)

pages = Pages()

SHOWN = 20
KINDS: Mapping[Kind, str] = {
    Kind.WORK: N_("Work: jobs, proposals, contracts, deliveries"),
    Kind.MONEY: N_("Money: payments, payouts, receipts"),
    Kind.MESSAGES: N_("Messages"),
    Kind.REMINDERS: N_("Reminders of dates"),
    Kind.COMPANIES: N_("Companies and their members"),
    Kind.PROGRAMS: N_("Programs: one's own path, and people one stands by"),
    Kind.ACCOUNT: N_("The account"),
}
CHANNELS: Mapping[Channel, str] = {
    Channel.INBOX: N_("Inbox"),
    Channel.EMAIL: N_("E-mail"),
    Channel.LINE: "LINE",
}
WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


@pages.get("/inbox")
async def inbox(visit: Visit) -> Response:
    """Show what one was told, newest first."""
    unread = visit.query.get("show") == "unread"
    after = visit.query.get("after")
    told = await visit.get(
        "notify",
        "/notifications",
        Page[NotificationView],
        limit=SHOWN,
        after=after,
        unread=unread or None,
    )
    onward = f"/inbox?after={told.next}{'&show=unread' if unread else ''}" if told.next else ""
    return visit.show(
        "account/inbox.html", told=told.items, onward=onward, unread_only=unread, after=after
    )


@pages.get("/inbox/{notification_id}")
async def letter(visit: Visit) -> Response:
    """Go to what a notice is about; it is read by that."""
    notification_id = visit.params["notification_id"]
    path = f"/notifications/{notification_id}"
    read = await visit.ask("POST", "notify", f"{path}/read")
    told = read.parse(NotificationView, "notify")
    if told.company_id in {company.company_id for company in visit.person.companies}:
        visit.session.part, visit.session.acting_for = "client", str(told.company_id)
    return visit.go(safe_next(told.link) or "/inbox")


@pages.post("/inbox/read", again=inbox)
async def read_all(visit: Visit) -> Response:
    """Mark all as read that was shown."""
    up_to = visit.form.optional("up_to")
    await visit.send("POST", "notify", "/notifications/read", _up_to(up_to))
    return visit.go("/inbox", say=_("All of it is marked as read."), mood="calm")


@pages.get("/settings/notifications")
async def preferences_page(visit: Visit) -> Response:
    """Show how one is told of what."""
    preferences = await visit.get("notify", "/preferences", PreferencesView)
    line = visit.session.asides.pop("line_code", "")
    return visit.show(
        "account/notifications.html",
        preferences=preferences,
        initial=_typed(preferences),
        etag=visit.etag("notify", "/preferences"),
        kinds=KINDS,
        channels=CHANNELS,
        weekdays=WEEKDAYS,
        line_code=line,
    )


@pages.post("/settings/notifications", again=preferences_page)
async def set_preferences(visit: Visit) -> Response:
    """Take how one wants to be told."""
    form = visit.form
    chosen = set(form.many("on"))
    choices = tuple(
        Choice(kind=kind, channel=channel, on=f"{kind}-{channel}" in chosen)
        for kind in KINDS
        for channel in CHANNELS
        if f"{kind}-{channel}" in set(form.many("free"))
    )
    quiet = None
    if form.flag("quiet"):
        start, until = form.clock_time("quiet_start"), form.clock_time("quiet_until")
        quiet = QuietHours(start=f"{start:%H:%M}", until=f"{until:%H:%M}")
    digest = Digest(
        every=Rhythm(form.choice("every", *Rhythm)),
        hour=form.integer("hour"),
        weekday=form.integer("weekday"),
        kinds=frozenset(Kind(kind) for kind in form.many("digest_kinds") if kind in set(Kind)),
    )
    body = SetPreferences(choices=choices, quiet_hours=quiet, digest=digest)
    await visit.send("PUT", "notify", "/preferences", body, if_match=form.etag)
    return visit.go("/settings/notifications", say=_("That is how you are told from now on."))


@pages.post("/settings/notifications/address", again=preferences_page)
async def restart_address(visit: Visit) -> Response:
    """Have mail sent again to an address that had refused it."""
    await visit.send("POST", "notify", "/preferences/address/restart")
    return visit.go("/settings/notifications", say=_("We send you e-mail again."))


@pages.post("/settings/notifications/line", again=preferences_page)
async def link_line(visit: Visit) -> Response:
    """Show a code by which LINE is linked."""
    code = await visit.send("POST", "notify", "/preferences/line/codes", None, LineCodeView)
    visit.session.asides["line_code"] = code.code
    return visit.go("/settings/notifications#line")


@pages.post("/settings/notifications/line/end", again=preferences_page)
async def unlink_line(visit: Visit) -> Response:
    """Send nothing to LINE any more."""
    await visit.send("DELETE", "notify", "/preferences/line")
    return visit.go("/settings/notifications", say=_("LINE is no longer linked."))


@pages.get("/unsubscribe", public=True)
async def unsubscribe_page(visit: Visit) -> Response:
    """Ask whether e-mail of a kind is to end: programs that look into mails only open pages."""
    token = visit.query.get("token") or visit.form.text("token", needed=False)
    return visit.show("account/unsubscribe.html", token=token, ended=None, kinds=KINDS)


@pages.post("/unsubscribe", public=True, again=unsubscribe_page)
async def unsubscribe(visit: Visit) -> Response:
    """End e-mail of a kind by the link of a mail."""
    token = visit.form.text("token")
    visit.form.must_be_filled_in()
    answer = await visit.ask("POST", "notify", "/unsubscriptions", params={"token": token})
    ended = answer.parse(UnsubscribedView, "notify")
    return visit.show("account/unsubscribe.html", token="", ended=ended, kinds=KINDS)


def _up_to(notification_id: str | None) -> MarkNotificationsRead:
    return MarkNotificationsRead.model_validate(
        {"up_to": notification_id} if notification_id else {}
    )


def _typed(preferences: PreferencesView) -> dict[str, Any]:
    """Return the preferences as the fields of their form."""
    quiet, digest = preferences.quiet_hours, preferences.digest
    return {
        "on": [f"{each.kind}-{each.channel}" for each in preferences.choices if each.on],
        "quiet": quiet is not None,
        "quiet_start": quiet.start if quiet else "22:00",
        "quiet_until": quiet.until if quiet else "07:00",
        "every": digest.every,
        "hour": digest.hour,
        "weekday": digest.weekday,
        "digest_kinds": digest.kinds,
    }
