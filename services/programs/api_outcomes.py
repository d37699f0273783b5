"""What came of programs, over HTTP: as JSON, CSV and PDF; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.programs.ports import Work
from services.programs.ports.outcomes import ReportPrinter
from services.programs.use_cases import outcomes
from shared.http.edge import Query, query
from shared.messages.outcomes import OutcomesDocument, OutcomesView

router = APIRouter(prefix="/api/v1/programs", tags=["programs"])

Queries = Annotated[Query[Work], Depends(query)]
PDF = "application/pdf"
CSV = "text/csv"


async def _printer(request: Request) -> ReportPrinter:
    printer: ReportPrinter = request.app.state.report_printer
    return printer


Printer = Annotated[ReportPrinter, Depends(_printer)]


@router.get("/{program_id}/outcomes")
def get_outcomes(program_id: UUID, query: Queries) -> OutcomesView:
    """Return the figures of a program (the sponsor's and the partner's members)."""
    person = query.person
    return query.run(lambda work: outcomes.get_outcomes(program_id, person, work))


@router.get("/cohorts/{cohort_id}/outcomes")
def get_cohort_outcomes(cohort_id: UUID, query: Queries) -> OutcomesView:
    """Return the figures of a cohort (the sponsor's and the partner's members)."""
    person = query.person
    return query.run(lambda work: outcomes.get_cohort_outcomes(cohort_id, person, work))


@router.get(
    "/{program_id}/outcomes.csv",
    response_class=Response,
    responses={200: {"content": {CSV: {"schema": {"type": "string"}}}}},
)
def get_outcomes_csv(program_id: UUID, query: Queries) -> Response:
    """Return all figures as CSV (the sponsor's and the partner's members)."""
    person = query.person
    document = query.run(lambda work: outcomes.get_report(program_id, person, work))
    return Response(outcomes.as_csv(document), media_type=f"{CSV}; charset=utf-8")


@router.get(
    "/{program_id}/outcomes.pdf",
    response_class=Response,
    responses={200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_outcomes_pdf(program_id: UUID, query: Queries, printer: Printer) -> Response:
    """Return the report, in Japanese (the sponsor's and the partner's members)."""
    person = query.person
    document = query.run(lambda work: outcomes.get_report(program_id, person, work))
    # Printed when the transaction is over: nobody waits for the database meanwhile.
    return Response(printer.print(document), media_type=PDF)


@router.get("/{program_id}/outcomes.json")
def get_outcomes_json(program_id: UUID, query: Queries) -> OutcomesDocument:
    """Return all figures as open data: an opened program's to everybody who signed in."""
    person = query.person
    return query.run(lambda work: outcomes.get_open_data(program_id, person, work))
