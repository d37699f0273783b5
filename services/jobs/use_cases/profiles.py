"""Assistants' profiles, and what fits whom."""

from uuid import UUID

from services.jobs.domain.matching import Fit, fit
from services.jobs.ports import Work
from services.jobs.use_cases.seeing import views
from shared.calendar import day_in_japan
from shared.errors import NotFound
from shared.messages.accounts import Role
from shared.messages.profiles import (
    AssistantMatch,
    JobMatch,
    KeepProfile,
    OwnProfileView,
    ProfileView,
)
from shared.people import Person

# Looked at closely for one list of matches; those with the most wanted skills come first.
CANDIDATES = 200


def keep_profile(command: KeepProfile, by: Person, work: Work) -> OwnProfileView:
    """Say who one is and when one works (role assistant)."""
    by.must_be(Role.ASSISTANT)
    work.profiles.keep(by.person_id, command, work.clock.now())
    return work.profiles.own(by.person_id)


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


def assistants_for(job_id: UUID, by: Person, work: Work, *, limit: int) -> list[AssistantMatch]:
    """Return the assistants who fit a job best, each with the reasons (the job's client)."""
    job = work.jobs.get(job_id)
    job.must_be_managed_by(by)
    weights = work.match_rules.weights(day_in_japan(work.clock.now()))
    blocked = work.blocks.with_any([job.client_id])
    found = work.profiles.candidates(job.skills, {*blocked, *by.accounts}, CANDIDATES)
    fits = [(fit(job, each, weights), each) for each in found]
    fits.sort(key=lambda pair: (*_best_first(pair[0]), pair[1].person_id))
    return [
        AssistantMatch(profile=profile, score=how.score, of=how.of, reasons=how.reasons)
        for how, profile in fits[:limit]
    ]


def jobs_for(by: Person, work: Work, *, limit: int) -> list[JobMatch]:
    """Return the open jobs that fit one's own profile best, each with the reasons."""
    profile = work.profiles.own(by.person_id)
    today = day_in_japan(work.clock.now())
    weights = work.match_rules.weights(today)
    skills = [each.name for each in profile.skills]
    but = {*work.blocks.with_any([by.person_id]), *by.accounts}
    found = work.open_jobs.fitting(skills, by.person_id, but, today, CANDIDATES)
    fits = [(fit(job, profile, weights), job) for job in found]
    fits.sort(key=lambda pair: (*_best_first(pair[0]), pair[1].job_id))
    best = fits[:limit]
    shown = views([job for _, job in best], work)
    return [
        JobMatch(job=job, score=how.score, of=how.of, reasons=how.reasons)
        for (how, _), job in zip(best, shown, strict=True)
    ]


def _best_first(how: Fit) -> tuple[float, int]:
    """Sort by the share of the points, then by the points: the same order every time."""
    return -how.share, -how.score
