"""Looking for jobs, and being told of those that a saved search finds."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from services.jobs.domain.search import wanted
from services.jobs.ports import Transactions, Work
from services.jobs.ports.search import After, Due, Filters, Order, Viewer
from services.jobs.use_cases.cursors import cursor_of, parts_of, wrong_cursor
from services.jobs.use_cases.protecting import is_protected
from services.jobs.use_cases.seeing import views
from shared.calendar import JAPAN, day_in_japan
from shared.errors import NotFound, Rejected
from shared.ids import new_id
from shared.messages.search import (
    Every,
    FoundJob,
    JobsFound,
    SavedSearchList,
    SavedSearchMatched,
    SavedSearchView,
    SaveSearch,
    SearchTerms,
    Sort,
)
from shared.people import Person

# What was opened in the last moments may not be committed yet: it is looked at the next time.
SETTLING = timedelta(seconds=10)
# A search that finds more than that is too wide to be of use; it is counted no further.
MOST_COUNTED = 100


def search_jobs(
    terms: SearchTerms, by: Person, work: Work, *, sort: Sort, after: str | None, limit: int
) -> JobsFound:
    """Return open jobs that the person may see, that fit, and whose deadline isn't over.

    A cursor goes on where the page before has ended, in the same order: nothing is shown twice or
    missed. Raises Invalid (`cursor_invalid`, `query_too_long`).
    """
    viewer = Viewer(by.accounts, work.blocks.with_any(by.accounts))
    order = Order(sort, limit + 1, _after(after, sort) if after else None)
    found = work.index.find(wanted(terms.q), _filters(terms, work.clock.now()), viewer, order)
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    more = cursor_of(sort, last.key, last.job.job_id) if last else None
    items = tuple(views([each.job for each in shown], work))
    return JobsFound(items=items, next=more, protected=is_protected(by.person_id, work))


def save_search(command: SaveSearch, by: Person, work: Work) -> SavedSearchView:
    """Keep a search, to be told of jobs that are opened from now on and fit it."""
    wanted(command.terms.q)  # what can't be looked for isn't kept
    now = work.clock.now()
    most = work.saved_searches.rules(day_in_japan(now)).most_searches
    if work.saved_searches.count(by.person_id) >= most:
        raise Rejected("too_many_searches", "Remove a search before you keep another.", most=most)
    search = SavedSearchView(
        search_id=new_id(),
        name=command.name,
        terms=command.terms,
        every=command.every,
        saved_at=now,
    )
    work.saved_searches.add(by.person_id, search)
    return search


def list_searches(by: Person, work: Work) -> SavedSearchList:
    """Return the searches that the person keeps, the newest first."""
    return SavedSearchList(items=tuple(work.saved_searches.of(by.person_id)))


def remove_search(search_id: UUID, by: Person, work: Work) -> SavedSearchList:
    """Forget a search."""
    if not work.saved_searches.remove(by.person_id, search_id):
        raise NotFound("search_not_found", "You keep no such search.")
    return list_searches(by, work)


def run_due_searches(transactions: Transactions) -> int:
    """Run the saved searches that are due, each in a transaction of its own; return how many.

    Any number of processes may do so at the same time: each job is told of once.
    """
    ran = 0
    while True:
        with transactions.begin() as work:
            due = work.saved_searches.claim_due(work.clock.now())
            if due is None:
                return ran
            _run(due, work)
        ran += 1


def _run(due: Due, work: Work) -> None:
    now = work.clock.now()
    rules = work.saved_searches.rules(day_in_japan(now))
    search, accounts = due.search, frozenset({due.person_id})
    until = max(now - SETTLING, due.seen_until)
    filters = _filters(search.terms, now, since=due.seen_until, until=until)
    viewer = Viewer(accounts, work.blocks.with_any(accounts) | accounts)
    # One more than are named, and so on: what is left is only counted.
    order = Order(Sort.NEWEST, MOST_COUNTED)
    found = work.index.find(wanted(search.terms.q), filters, viewer, order)
    if found:
        named = found[: rules.most_jobs_told]
        matched = SavedSearchMatched(
            search_id=search.search_id,
            person_id=due.person_id,
            name=search.name,
            jobs=tuple(FoundJob(job_id=each.job.job_id, title=each.job.title) for each in named),
            more=len(found) - len(named),
        )
        work.outbox.emit(matched, subject=search.search_id)
    again = _again(search.every, now, rules.at_once_minutes, rules.daily_hour)
    work.saved_searches.note_run(search.search_id, until, again)


def _again(every: Every, now: datetime, minutes: int, hour: int) -> datetime:
    if every is Every.AT_ONCE:
        return now + timedelta(minutes=minutes)
    today = now.astimezone(JAPAN).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


def _filters(
    terms: SearchTerms, now: datetime, since: datetime | None = None, until: datetime | None = None
) -> Filters:
    today = day_in_japan(now)
    return Filters(
        category=terms.category,
        kind=terms.kind,
        mode=terms.mode,
        skills=terms.skills,
        budget_from=terms.budget_from,
        budget_to=terms.budget_to,
        weekly_hours_max=terms.weekly_hours_max,
        beginner_friendly=terms.beginner_friendly,
        deadline_from=max(today, terms.deadline_from or today),
        opened_since=since,
        opened_until=until,
    )


def _after(cursor: str, sort: Sort) -> After:
    of_sort, key, job_id = parts_of(cursor, 3)
    try:
        found = After(_key(key, sort), UUID(job_id))
    except (ValueError, TypeError, ArithmeticError, AttributeError) as error:
        raise wrong_cursor() from error
    if of_sort != sort:
        raise wrong_cursor()
    return found


def _key(key: str | None, sort: Sort) -> str | int | None:
    """Return the sort key of a cursor, checked: it came from outside."""
    if sort is Sort.BUDGET:
        return int(str(key))
    if sort is Sort.DEADLINE:
        return date.fromisoformat(str(key)).isoformat()
    if sort is Sort.RELEVANCE and key is not None:
        return str(Decimal(key))
    return None
