"""Assistants' profiles, and what fits whom."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from services.jobs.domain.matching import Fit, best_first, fit
from services.jobs.ports import Work
from services.jobs.use_cases.cursors import cursor_of, parts_of, wrong_cursor
from services.jobs.use_cases.protecting import is_protected
from services.jobs.use_cases.seeing import views
from shared.calendar import day_in_japan
from shared.errors import NotFound
from shared.messages.accounts import Role
from shared.messages.profiles import (
    AssistantMatch,
    AssistantMatches,
    JobMatch,
    JobMatches,
    KeepProfile,
    OwnProfileView,
    ProfileView,
)
from shared.people import Person

# Looked at closely for one list of matches; those with the most wanted skills come first.
CANDIDATES = 200

T = TypeVar("T")
Rank = tuple[float, int, UUID]


def keep_profile(command: KeepProfile, by: Person, work: Work) -> None:
    """Say who one is and when one works (role assistant)."""
    by.must_be(Role.ASSISTANT)
    work.profiles.keep(by.person_id, command, work.clock.now())


def own_profile(by: Person, work: Work) -> OwnProfileView:
    """Return one's own profile, with what nobody else sees."""
    return work.profiles.own(by.person_id)


def get_profile(person_id: UUID, by: Person, work: Work) -> ProfileView:
    """Return an assistant's profile, as everybody who signed in sees it.

    Between accounts of which one has blocked the other there is none.
    """
    if any(work.blocks.between(each, person_id) for each in by.accounts):
        raise NotFound("profile_not_found", "This person has no profile.")
    return work.profiles.view(person_id)


def assistants_for(
    job_id: UUID, by: Person, work: Work, *, after: str | None = None, limit: int
) -> AssistantMatches:
    """Return the assistants who fit a job, the best first, with the reasons (the job's client).

    Whose next job is protected is left out of others than those for beginners.
    All pages together rank `CANDIDATES` at most: those who share most of the wanted skills. A
    cursor goes on below the fit that the page before has ended with. Raises Invalid
    (`cursor_invalid`).
    """
    job = work.jobs.get(job_id)
    job.must_be_managed_by(by)
    weights = work.match_rules.weights(day_in_japan(work.clock.now()))
    blocked = work.blocks.with_any([job.client_id])
    found = work.profiles.candidates(job.skills, {*blocked, *by.accounts}, CANDIDATES)
    others = not job.beginner_friendly and work.protected_people.among(
        [each.person_id for each in found]
    )
    fits = [
        (fit(job, each, weights), each.person_id, each)
        for each in found
        if not others or each.person_id not in others
    ]
    best, more = _page(fits, after, limit)
    items = tuple(
        AssistantMatch(profile=each, score=how.score, of=how.of, reasons=how.reasons)
        for how, each in best
    )
    return AssistantMatches(items=items, next=more)


def jobs_for(by: Person, work: Work, *, after: str | None = None, limit: int) -> JobMatches:
    """Return the open jobs that fit one's own profile, the best first, with the reasons.

    To whom is protected only those whose client took the beginner promise.
    All pages together rank `CANDIDATES` at most: the newest that want one of one's skills, or
    none. A cursor goes on below the fit that the page before has ended with. Raises Invalid
    (`cursor_invalid`).
    """
    profile = work.profiles.own(by.person_id)
    today = day_in_japan(work.clock.now())
    weights = work.match_rules.weights(today)
    skills = [each.name for each in profile.skills]
    but = {*work.blocks.with_any([by.person_id]), *by.accounts}
    protected = is_protected(by.person_id, work)
    found = work.open_jobs.fitting(
        skills, by.person_id, but, today, CANDIDATES, for_beginners=protected
    )
    fits = [(fit(job, profile, weights), job.job_id, job) for job in found]
    best, more = _page(fits, after, limit)
    shown = views([job for _, job in best], work)
    items = tuple(
        JobMatch(job=job, score=how.score, of=how.of, reasons=how.reasons)
        for (how, _), job in zip(best, shown, strict=True)
    )
    return JobMatches(items=items, next=more, protected=protected)


def _page(
    found: Iterable[tuple[Fit, UUID, T]], after: str | None, limit: int
) -> tuple[list[tuple[Fit, T]], str | None]:
    """Return a page of what was found under these ids, the best first, and the next cursor.

    A cursor holds the fit of the last one, so that it stays good when that one is gone.
    """
    beyond = _rank(*_ended(after)) if after else None
    ranked = sorted(found, key=_rank_of)
    left = [each for each in ranked if beyond is None or _rank_of(each) > beyond]
    shown = left[:limit]
    more = None
    if len(left) > limit:
        last, last_id, _ = shown[-1]
        more = cursor_of(last.score, last.of, last_id)
    return [(how, each) for how, _, each in shown], more


def _rank_of(found: tuple[Fit, UUID, object]) -> Rank:
    how, found_id, _ = found
    return _rank(how.score, how.of, found_id)


def _rank(score: int, of: int, found_id: UUID) -> Rank:
    """Return the place in the list: ids tell apart what fits as well, the same way every time."""
    return *best_first(score, of), found_id


def _ended(cursor: str) -> tuple[int, int, UUID]:
    score, of, found_id = parts_of(cursor, 3)
    try:
        ended = int(score), int(of), UUID(found_id)
        _rank(*ended)
    except (ValueError, TypeError, ArithmeticError, AttributeError) as error:
        raise wrong_cursor() from error
    return ended
