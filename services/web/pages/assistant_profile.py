"""Who an assistant is, and when they work."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from services.web import charts
from services.web.formats import hours as in_hours
from services.web.i18n import N_, _, ngettext, pgettext
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.profiles import (
    Day,
    KeepProfile,
    Level,
    OwnProfileView,
    PartOfDay,
    ProfileView,
)
from shared.messages.talk import RatingView
from shared.money import yen

pages = Pages()

MINE = "/profiles/me"
NEVER = "never"
CHOICES = (30, 60, 90, 120, 150, 180, 210, 240, 300, 360, 420)
PORTFOLIO_ROWS = 3  # to be filled in, beside those that are
MOST_ROWS = 20
# What stands between two skills, as people write it.
_BETWEEN = re.compile(r"[,\u3001\uff0c\n]+")

DAYS: Mapping[Day, str] = {
    Day.MON: N_("Mon"),
    Day.TUE: N_("Tue"),
    Day.WED: N_("Wed"),
    Day.THU: N_("Thu"),
    Day.FRI: N_("Fri"),
    Day.SAT: N_("Sat"),
    Day.SUN: N_("Sun"),
}
PARTS: Mapping[PartOfDay, tuple[str, str]] = {
    PartOfDay.MORNING: (N_("Morning"), "5-10"),
    PartOfDay.MIDDAY: (N_("Midday"), "10-14"),
    PartOfDay.AFTERNOON: (N_("Afternoon"), "14-18"),
    PartOfDay.EVENING: (N_("Evening"), "18-22"),
    PartOfDay.NIGHT: (N_("Night"), "22-5"),
}
LEVELS: Mapping[Level, str] = {
    Level.EXPERT: N_("I do this well and fast"),
    Level.GOOD: N_("I can do this"),
    Level.BASIC: N_("I am learning this"),
}
LANGUAGES: Mapping[str, str] = {
    "ja": N_("Japanese"),
    "en": N_("English"),
    "zh": N_("Chinese"),
    "ko": N_("Korean"),
    "vi": N_("Vietnamese"),
    "pt": N_("Portuguese"),
}


@pages.get("/profile", role="assistant")
async def profile_page(visit: Visit) -> Response:
    """Show one's own profile, to be changed."""
    profile = await visit.or_none(visit.get("jobs", MINE, OwnProfileView))
    return visit.show(
        "assistant/profile.html",
        profile=profile,
        etag=visit.etag("jobs", MINE),
        initial=_initial(profile),
        levels=LEVELS,
        languages=LANGUAGES,
        portfolio_rows=range(
            min(MOST_ROWS, PORTFOLIO_ROWS + (len(profile.portfolio) if profile else 0))
        ),
        week=drawn(profile) if profile else None,
        address=f"{visit.site.public_url}/assistants/{visit.person.person_id}",
    )


@pages.post("/profile", role="assistant", again=profile_page)
async def keep_profile(visit: Visit) -> Response:
    """Keep what is said, and the hours as they are."""
    form = visit.form
    before = await visit.or_none(visit.get("jobs", MINE, OwnProfileView))
    rate = form.yen("hourly_rate", needed=False)
    portfolio = [
        {
            "title": title,
            "url": form.optional(f"url-{row}"),
            "note": form.text(f"note-{row}", needed=False),
        }
        for row in range(MOST_ROWS)
        if (title := form.text(f"title-{row}", needed=False))
    ]
    said = {
        "headline": form.text("headline"),
        "about": form.text("about"),
        "skills": [
            {"name": name, "level": level}
            for level in LEVELS
            for name in _names(form.text(f"skills_{level}", needed=False))
        ],
        "hourly_rate": yen(rate).model_dump() if rate else None,
        "languages": [
            {"code": code, "level": level}
            for code in LANGUAGES
            if (level := form.optional(f"language_{code}"))
        ],
        "portfolio": portfolio,
        "beginner": form.flag("beginner"),
        "open_to_work": form.flag("open_to_work"),
        "private_note": form.text("private_note", needed=False),
    }
    form.must_be_filled_in()
    body = KeepProfile.model_validate(_kept(before) | said)
    await visit.send("PUT", "jobs", MINE, body, OwnProfileView, if_match=form.etag)
    if before is None:
        return visit.go("/profile/hours", say=_("Saved. Now say when you have time."))
    return visit.go("/profile", say=_("Saved."))


@pages.get("/profile/hours", role="assistant")
async def hours_page(visit: Visit) -> Response:
    """Show the usual week, to be changed."""
    profile = await visit.or_none(visit.get("jobs", MINE, OwnProfileView))
    if profile is None:
        return visit.go("/profile", say=_("Say first what you can do."), mood="calm")
    minutes = {_cell(slot.day, slot.part): slot.minutes for slot in profile.hours}
    never = {_cell(slot.day, slot.part): NEVER for slot in profile.never}
    known = sorted({*CHOICES, *minutes.values()})
    return visit.show(
        "assistant/hours_of_week.html",
        profile=profile,
        etag=visit.etag("jobs", MINE),
        initial=minutes | never,
        rows=[
            (
                f"{_(words)} {hours}",
                [(_cell(day, part), f"{_(DAYS[day])} {_(words)}") for day in Day],
            )
            for part, (words, hours) in PARTS.items()
        ],
        days=[_(words) for words in DAYS.values()],
        options=[
            ("", "-"),
            *((each, _hours(each)) for each in known),
            (NEVER, pgettext("hours", "no")),
        ],
    )


@pages.post("/profile/hours", role="assistant", again=hours_page)
async def keep_hours(visit: Visit) -> Response:
    """Keep the usual week, and the rest of the profile as it is."""
    before = await visit.get("jobs", MINE, OwnProfileView)
    cells = [
        (day, part, visit.form.text(_cell(day, part), needed=False))
        for day in Day
        for part in PartOfDay
    ]
    said = {
        "hours": [
            {"day": day, "part": part, "minutes": visit.form.integer(_cell(day, part))}
            for day, part, chosen in cells
            if chosen and chosen != NEVER
        ],
        "never": [{"day": day, "part": part} for day, part, chosen in cells if chosen == NEVER],
    }
    body = KeepProfile.model_validate(_kept(before) | said)
    if_match = visit.form.etag
    after = await visit.send("PUT", "jobs", MINE, body, OwnProfileView, if_match=if_match)
    said_hours = in_hours(after.weekly_minutes)
    return visit.go("/profile", say=_("Saved: %(hours)s a week.", hours=said_hours))


@pages.get("/assistants/{person_id}")
async def assistant_page(visit: Visit) -> Response:
    """Show an assistant as everybody who signed in sees them."""
    person_id = visit.params["person_id"]
    profile, ratings = await together(
        visit.get("jobs", f"/profiles/{person_id}", ProfileView),
        visit.maybe(visit.get("contracts", f"/ratings/{person_id}", Page[RatingView], limit=10)),
    )
    return visit.show(
        "assistant/assistant.html",
        profile=profile,
        ratings=ratings,
        week=drawn(profile),
        levels=LEVELS,
        languages=LANGUAGES,
    )


def drawn(profile: ProfileView) -> Any:
    """Return the usual week as a drawing."""
    days, parts = list(Day), list(PartOfDay)
    minutes = {
        (days.index(slot.day), parts.index(slot.part)): (slot.minutes, _hours(slot.minutes))
        for slot in profile.hours
    }
    hours = in_hours(profile.weekly_minutes)
    count = len({slot.day for slot in profile.hours})
    return charts.week(
        _("The usual week"),
        ngettext(
            "%(hours)s in all, on %(num)s day",
            "%(hours)s in all, on %(num)s days",
            count,
            hours=hours,
        ),
        days=[_(words) for words in DAYS.values()],
        parts=[_(words) for words, _times in PARTS.values()],
        minutes=minutes,
        never=frozenset((days.index(each.day), parts.index(each.part)) for each in profile.never),
    )


def _initial(profile: OwnProfileView | None) -> dict[str, Any]:
    """Return what is in the fields of the profile's form."""
    if profile is None:
        return {"open_to_work": True, "beginner": True, "language_ja": Level.EXPERT}
    values: dict[str, Any] = {
        name: getattr(profile, name)
        for name in ("headline", "about", "hourly_rate", "beginner", "open_to_work", "private_note")
    }
    for level in LEVELS:
        names = [each.name for each in profile.skills if each.level is level]
        values[f"skills_{level}"] = ", ".join(names)
    values |= {f"language_{each.code}": each.level for each in profile.languages}
    for row, item in enumerate(profile.portfolio):
        values |= {f"title-{row}": item.title, f"note-{row}": item.note}
        values[f"url-{row}"] = str(item.url) if item.url else ""
    return values


def _kept(profile: OwnProfileView | None) -> dict[str, Any]:
    """Return a profile as it would be kept again, unchanged."""
    if profile is None:
        return {}
    return profile.model_dump(mode="json", include=set(KeepProfile.model_fields))


def _hours(minutes: int) -> str:
    """Return minutes as a figure of hours, which fits where a cell of the week is small."""
    return f"{minutes / 60:g}"


def _names(text: str) -> Sequence[str]:
    return [name for each in _BETWEEN.split(text) if (name := each.strip())]


def _cell(day: Day, part: PartOfDay) -> str:
    return f"{day}-{part}"
