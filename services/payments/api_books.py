"""The books over HTTP, for operators: journal, trial balance, reconciliation; decides nothing."""

from collections.abc import Iterator
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi import Query as QueryParameter
from fastapi.responses import StreamingResponse

from services.payments.domain.months import Month
from services.payments.ports_books import BooksWork, Wired
from services.payments.use_cases import books, closing, exporting, reconciling, sealing, tracing
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.pagination import After, Limit, page
from shared.messages.base import Page, Storable
from shared.messages.books import (
    ClosedMonthView,
    JournalPage,
    MonthlyIncomeView,
    ReconciliationSummary,
    ReconciliationView,
    SealView,
    TraceView,
    TrialBalanceView,
)

router = APIRouter(prefix="/api/v1/payments", tags=["books"])


async def _wired(request: Request) -> Wired:
    wired: Wired = request.app.state.books
    return wired


Books = Annotated[Wired, Depends(_wired)]


async def _command(wired: Books, given: Annotated[Command[BooksWork], Depends(command)]) -> object:
    return given.over(wired.work)


async def _query(wired: Books, given: Annotated[Query[BooksWork], Depends(query)]) -> object:
    return given.over(wired.work)


Commands = Annotated[Command[BooksWork], Depends(_command)]
Queries = Annotated[Query[BooksWork], Depends(_query)]


@router.get("/books/trial-balance")
def get_trial_balance(query: Queries) -> TrialBalanceView:
    """Return the sums over all accounts of the books (role operator)."""
    person = query.person
    return query.run(lambda work: books.trial_balance(person, work))


@router.get("/books/income")
def get_income(
    query: Queries, months: Annotated[int, QueryParameter(ge=1, le=24)] = 6
) -> list[MonthlyIncomeView]:
    """Return what the market earned by month: its fees (role operator)."""
    person = query.person
    return list(query.run(lambda work: books.income(months, person, work)))


@router.get("/books/entries")
def list_entries(
    query: Queries,
    reference: Annotated[UUID | None, QueryParameter(description="A milestone's id")] = None,
    after: Annotated[int | None, QueryParameter(ge=0, description="The `next` before")] = None,
    limit: Limit = 50,
) -> JournalPage:
    """Return entries of the journal, oldest first (role operator)."""
    person = query.person
    found = query.run(
        lambda work: books.list_entries(
            person, work, reference=reference, after=after, limit=limit + 1
        )
    )
    shown = tuple(found[:limit])
    return JournalPage(items=shown, next=shown[-1].entry_id if len(found) > limit else None)


@router.get("/books/seal")
def get_seal(query: Queries) -> SealView:
    """Return how far the journal is sealed (role operator); keep the hash elsewhere."""
    person = query.person
    return query.run(lambda work: sealing.view_seal(person, work))


@router.get("/books/months")
def list_closed_months(query: Queries) -> list[ClosedMonthView]:
    """Return the closed months, newest first, with their accounts (role operator)."""
    person = query.person
    return list(query.run(lambda work: closing.list_closed(person, work)))


@router.get("/books/export", response_class=StreamingResponse)
def export_books(
    query: Queries,
    wired: Books,
    month: Annotated[str | None, QueryParameter(description="as 2026-11; all without")] = None,
    format_: Annotated[exporting.Format, QueryParameter(alias="format")] = "csv",
    *,
    by_owner: Annotated[bool, QueryParameter(description="beancount: with sub-accounts")] = False,
) -> StreamingResponse:
    """Stream the journal, or a month of it, as CSV or beancount (role operator)."""
    asked = exporting.allowed(
        query.person, exporting.Export(format_, Month.named(month) if month else None, by_owner)
    )
    pieces: Iterator[str] = exporting.export(asked, wired.transactions)
    return StreamingResponse(
        pieces,
        media_type="text/csv" if format_ == "csv" else "text/plain",
        headers={"Content-Disposition": f'attachment; filename="{asked.filename}"'},
    )


@router.post("/reconciliations", status_code=201, response_model=ReconciliationView)
def run_reconciliation(command: Commands, wired: Books) -> Answered:
    """Compare the books with the processor's statements, line by line (role operator)."""
    person = command.person
    return command.run_around(
        prepare=lambda work: reconciling.begin(person, work),
        call=lambda run: reconciling.read_statements(run, wired.statements, wired.transactions),
        record=lambda work, run, processor: reconciling.compare(run, processor, work),
    )


@router.get("/reconciliations")
def list_reconciliations(
    query: Queries, after: After = None, limit: Limit = 20
) -> Page[ReconciliationSummary]:
    """Return the runs, the clock's and those that were asked for, newest first (operator)."""
    person = query.person
    found = query.run(
        lambda work: reconciling.list_runs(person, work, after=after, limit=limit + 1)
    )
    return page(found, limit, lambda run: run.reconciliation_id)


@router.get("/reconciliations/{reconciliation_id}")
def get_reconciliation(reconciliation_id: UUID, query: Queries) -> ReconciliationView:
    """Return a run, and what had no partner (role operator)."""
    person = query.person
    return query.run(lambda work: reconciling.get_run(person, work, reconciliation_id))


SVG = "image/svg+xml"


@router.get(
    "/traces/{name}",
    response_model=TraceView,
    responses={200: {"content": {SVG: {}}, "description": "A table, or a picture"}},
)
def get_trace(
    name: Annotated[
        str, Path(description="A charge, checkout, milestone, payout, person …"), Storable
    ],
    query: Queries,
    format_: Annotated[Literal["json", "svg"], QueryParameter(alias="format")] = "json",
) -> Answered:
    """Return the way of the money from the charge to the bank (operator; a milestone's parties)."""
    person = query.person
    if format_ == "svg":
        drawn = query.run(lambda work: tracing.draw_trace(name, person, work))
        return Response(drawn, media_type=SVG)
    return query.run_noted(lambda work: tracing.view_trace(name, person, work))
