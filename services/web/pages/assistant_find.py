"""Finding work: what fits and why, and looking for it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from services.web.i18n import N_, _
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.jobs import Category, JobKind, JobView, Mode, OwnProposalView
from shared.messages.profiles import JobMatches, OwnProfileView
from shared.messages.search import (
    Every,
    JobsFound,
    SavedSearchList,
    SavedSearchView,
    SaveSearch,
    SearchTerms,
    Sort,
)

pages = Pages()

SORTS: Mapping[Sort, str] = {
    Sort.NEWEST: N_("Newest first"),
    Sort.RELEVANCE: N_("Best match first"),
    Sort.BUDGET: N_("Highest budget first"),
    Sort.DEADLINE: N_("Deadline first"),
}
TEXTS = ("q", "category", "kind", "mode")
NUMBERS = ("budget_from", "budget_to", "weekly_hours_max")


@pages.get("/jobs/for-me", role="assistant")
async def for_me(visit: Visit) -> Response:
    """Show the jobs that fit, with why, and those that one is invited to."""
    after = visit.query.get("after")
    profile, matches, invited, proposals = await together(
        visit.or_none(visit.get("jobs", "/profiles/me", OwnProfileView)),
        visit.or_none(visit.get("jobs", "/profiles/me/matches", JobMatches, after=after, limit=10)),
        visit.get("jobs", "", Page[JobView], invited=True, limit=10),
        visit.get("jobs", "/proposals", Page[OwnProposalView], limit=100),
    )
    return visit.show(
        "assistant/for_me.html",
        profile=profile,
        matches=matches,
        invited=() if after else invited.items,
        proposed={each.job.job_id for each in proposals.items},
        after=after,
    )


@pages.get("/search", role="assistant")
async def search(visit: Visit) -> Response:
    """Look for jobs; what is looked for stands in the address."""
    asked = _asked(visit)
    sort = visit.query.get("sort") or (Sort.RELEVANCE if asked.get("q") else Sort.NEWEST)
    sort = sort if sort in set(Sort) else Sort.NEWEST
    after = visit.query.get("after")
    found, saved = await together(
        visit.get("jobs", "/search", JobsFound, **asked, sort=sort, after=after),
        visit.maybe(visit.get("jobs", "/searches", SavedSearchList)),
    )
    here = {name: value for name, value in {**_typed(visit), "sort": sort}.items() if value}
    return visit.show(
        "assistant/search.html",
        found=found,
        saved=saved.items if saved else (),
        typed=_typed(visit),
        sort=sort,
        sorts=SORTS,
        categories=list(Category),
        kinds=list(JobKind),
        modes=list(Mode),
        next=f"/search?{urlencode({**here, 'after': found.next})}" if found.next else "",
        first=f"/search?{urlencode(here)}" if after else "",
        asks=bool(asked),
        address_of=address_of,
    )


@pages.post("/search/saved", role="assistant", again=search)
async def save(visit: Visit) -> Response:
    """Keep a search, to be told of what it finds."""
    form = visit.form
    terms = SearchTerms.model_validate(
        {name: value for name in (*TEXTS, *NUMBERS) if (value := form.optional(name))}
        | {"beginner_friendly": form.flag("beginner_friendly")}
    )
    every = Every(form.choice("every", *Every))
    body = SaveSearch(name=form.text("name"), terms=terms, every=every)
    await visit.send("POST", "jobs", "/searches", body, SavedSearchView)
    return visit.go(address_of(terms), say=_("Kept. We write to you when a new job fits."))


@pages.post("/search/saved/removal", role="assistant", again=search)
async def forget(visit: Visit) -> Response:
    """Keep a search no longer."""
    path = f"/searches/{visit.form.uuid('search_id')}"
    await visit.send("DELETE", "jobs", path, None, SavedSearchList)
    return visit.go("/search", say=_("Forgotten."), mood="calm")


def address_of(terms: SearchTerms) -> str:
    """Return the address at which a search is done."""
    values = terms.model_dump(mode="json", exclude_defaults=True)
    kept = {name: values[name] for name in (*TEXTS, *NUMBERS) if values.get(name)}
    if terms.beginner_friendly:
        kept["beginner_friendly"] = "on"
    return f"/search?{urlencode(kept)}"


def _typed(visit: Visit) -> dict[str, str]:
    """Return what the fields of the search have."""
    names = (*TEXTS, *NUMBERS, "beginner_friendly")
    return {name: visit.query.get(name, "").strip() for name in names}


def _asked(visit: Visit) -> dict[str, Any]:
    """Return what is asked for; what can't be asked like this is left out."""
    typed = _typed(visit)
    asked: dict[str, Any] = {"q": typed["q"][:500]} if typed["q"] else {}
    for name, known in (("category", Category), ("kind", JobKind), ("mode", Mode)):
        if typed[name] in {str(each) for each in known}:
            asked[name] = typed[name]
    for name in NUMBERS:
        digits = typed[name].replace(",", "")
        if digits.isdecimal() and 0 < int(digits) < 10**9:
            asked[name] = min(int(digits), 100) if name == "weekly_hours_max" else int(digits)
    if typed["beginner_friendly"]:
        asked["beginner_friendly"] = True
    return asked
