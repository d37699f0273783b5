"""Documents over HTTP, as JSON and PDF, and the figures for the tax office; decides nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi import Query as QueryParameter

from services.payments.ports_documents import DocumentsWork, Printer
from services.payments.use_cases import documents, issuers, withholding
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.etags import TAGGED, Edits, Shown
from shared.messages.accounts import Locale
from shared.messages.base import Storable
from shared.messages.documents import (
    DocumentFormat,
    DocumentKind,
    DocumentList,
    DocumentView,
    IssuerView,
    Month,
    PaymentRecordsView,
    RegistrationView,
    SetIssuer,
    SetRegistrationNumber,
    WithholdingView,
    Year,
)

router = APIRouter(prefix="/api/v1/payments", tags=["documents"])


@dataclass(frozen=True)
class Documented:
    """What documents need of their adapters; `__main__` keeps it in `app.state.documents`."""

    work: Callable[..., DocumentsWork]
    printer: Printer


async def _wired(request: Request) -> Documented:
    wired: Documented = request.app.state.documents
    return wired


Documents = Annotated[Documented, Depends(_wired)]


async def _command(
    wired: Documents, given: Annotated[Command[DocumentsWork], Depends(command)]
) -> object:
    return given.over(wired.work)


async def _query(
    wired: Documents, given: Annotated[Query[DocumentsWork], Depends(query)]
) -> object:
    return given.over(wired.work)


Commands = Annotated[Command[DocumentsWork], Depends(_command)]
Queries = Annotated[Query[DocumentsWork], Depends(_query)]
Of = Annotated[
    UUID | None,
    QueryParameter(
        alias="person_id",
        description="Whose: a company's of the caller's, or anybody's (role operator)",
    ),
]
PDF = "application/pdf"


@router.get("/documents")
def list_documents(query: Queries, month: Month, of: Of = None) -> DocumentList:
    """Return the documents of a month; its statement is among them once the month is over."""
    person = query.person
    return query.run(lambda work: documents.list_documents(month, person, work, of=of))


@router.get(
    "/documents/{kind}/{id}",
    response_model=DocumentView,
    responses={200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_document(
    *,
    kind: DocumentKind,
    id_: Annotated[str, Path(alias="id", max_length=100), Storable],
    query: Queries,
    wired: Documents,
    format_: Annotated[DocumentFormat, QueryParameter(alias="format")] = "json",
    lang: Locale = "ja",
    of: Of = None,
) -> Answered:
    """Return a document: the id is that of the list; a month or a year for those of a period."""
    person = query.person
    document = query.run(lambda work: documents.get_document(kind, id_, person, work, of=of))
    if format_ == "json":
        return documents.view(document)
    # Printed when the transaction is over: nobody waits for the database meanwhile.
    headers = {"Content-Disposition": f'inline; filename="{document.number}.pdf"'}
    return Response(wired.printer.print(document, lang), media_type=PDF, headers=headers)


@router.get("/withholding/{month}")
def get_withholding(month: Month, query: Queries) -> WithholdingView:
    """Return the income tax withheld in a month and what is to be remitted (role operator)."""
    person = query.person
    return query.run(lambda work: withholding.get_withholding(month, person, work))


@router.post("/withholding/{month}/remittance", status_code=201, response_model=WithholdingView)
def remit_withholding(month: Month, command: Commands) -> Answered:
    """Record that a month's taxes were remitted to the tax office (role operator); once."""
    person = command.person
    return command.run(lambda work: withholding.remit(month, person, work))


@router.get("/payment-records/{year}")
def get_payment_records(year: Year, query: Queries, of: Of = None) -> PaymentRecordsView:
    """Return the figures of a year's payment records (支払調書) that concern the caller."""
    person = query.person
    return query.run(lambda work: withholding.get_records(year, person, work, of=of))


@router.put("/payees/me/registration-number", response_model=RegistrationView)
def set_registration_number(body: SetRegistrationNumber, command: Commands) -> Answered:
    """Say under which number the caller issues qualified invoices (role assistant)."""
    person = command.person
    return command.run(lambda work: issuers.set_registration(body, person, work))


@router.get("/payees/me/registration-number")
def get_registration_number(query: Queries) -> RegistrationView:
    """Return the caller's registration number as of today."""
    person = query.person
    return query.run(lambda work: issuers.get_registration(person, work))


@router.put("/issuer", response_model=IssuerView)
def set_issuer(body: SetIssuer, command: Commands, edit: Edits) -> Answered:
    """Say who runs the market, as documents name it (role operator)."""
    person = command.person
    return edit.run(
        command, issuers.get_issuer, lambda work: issuers.set_issuer(body, person, work)
    )


@router.get("/issuer", responses=TAGGED)
def get_issuer(query: Queries, shown: Shown) -> IssuerView:
    """Return who runs the market today, as documents name it."""
    return shown.as_of(query.run(issuers.get_issuer))
