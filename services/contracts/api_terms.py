"""Terms in writing and their amendments over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Query as QueryParameter

from services.contracts.ports import TermsPrinter, Work
from services.contracts.use_cases import amending
from services.contracts.use_cases.amending import AmendmentPlace
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.pagination import After, Limit, page
from shared.messages.accounts import Locale
from shared.messages.amendments import AmendmentView, OfferAmendment
from shared.messages.base import Page
from shared.messages.contracts import TermsView

router = APIRouter(prefix="/api/v1/contracts", tags=["contracts"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]
Language = Annotated[Locale, QueryParameter(description="The language of what isn't quoted")]


async def _place(contract_id: UUID, amendment_id: UUID) -> AmendmentPlace:
    return AmendmentPlace(contract_id, amendment_id)


async def _printer(request: Request) -> TermsPrinter:
    printer: TermsPrinter = request.app.state.terms_printer
    return printer


@router.get("/{contract_id}/terms")
def get_terms(contract_id: UUID, query: Queries) -> TermsView:
    """Return the terms that hold (a party)."""
    return query.run(lambda work: amending.get_terms(contract_id, query.person, work))


@router.get("/{contract_id}/terms/{version}.json", response_class=Response)
def download_terms(contract_id: UUID, version: int, query: Queries) -> Response:
    """Return a version of the terms for saving: just the bytes whose SHA-256 is its hash."""
    document = query.run(
        lambda work: amending.get_document(contract_id, version, query.person, work)
    )
    return _download(document.encode(), f"terms-{contract_id}-{version}.json", "application/json")


@router.get("/{contract_id}/terms/{version}.pdf", response_class=Response)
def print_terms(
    contract_id: UUID,
    version: int,
    query: Queries,
    printer: Annotated[TermsPrinter, Depends(_printer)],
    lang: Language = "ja",
) -> Response:
    """Return a version of the terms as PDF, with its hash and both consents (a party)."""
    terms = query.run(lambda work: amending.get_terms(contract_id, query.person, work, version))
    name = f"terms-{contract_id}-{version}.pdf"
    return _download(printer.print(terms, lang), name, "application/pdf")


@router.get("/{contract_id}/terms/{version}")
def get_terms_version(contract_id: UUID, version: int, query: Queries) -> TermsView:
    """Return a version of the terms, the first one being 1 (a party)."""
    return query.run(lambda work: amending.get_terms(contract_id, query.person, work, version))


@router.post("/{contract_id}/amendments", status_code=201, response_model=AmendmentView)
def offer_amendment(contract_id: UUID, body: OfferAmendment, command: Commands) -> Answered:
    """Offer to change the terms (a party). Nothing changes until the other accepts."""
    return command.run(lambda work: amending.offer(contract_id, body, command.person, work))


@router.get("/{contract_id}/amendments")
def list_amendments(
    contract_id: UUID, query: Queries, after: After = None, limit: Limit = 20
) -> Page[AmendmentView]:
    """Return the offers to change the terms, newest first (a party)."""
    found = query.run(
        lambda work: amending.list_amendments(
            contract_id, query.person, work, after=after, limit=limit + 1
        )
    )
    return page(found, limit, lambda amendment: amendment.amendment_id)


@router.post("/{contract_id}/amendments/{amendment_id}/acceptance", response_model=AmendmentView)
def accept_amendment(
    place: Annotated[AmendmentPlace, Depends(_place)], command: Commands
) -> Answered:
    """Accept an offer (the party to whom it was made): a new version of the terms holds."""
    return command.run(lambda work: amending.accept(place, command.person, work))


@router.post("/{contract_id}/amendments/{amendment_id}/refusal", response_model=AmendmentView)
def decline_amendment(
    place: Annotated[AmendmentPlace, Depends(_place)], command: Commands
) -> Answered:
    """Decline an offer (the party to whom it was made): the terms stay as they are."""
    return command.run(lambda work: amending.decline(place, command.person, work))


@router.post("/{contract_id}/amendments/{amendment_id}/withdrawal", response_model=AmendmentView)
def withdraw_amendment(
    place: Annotated[AmendmentPlace, Depends(_place)], command: Commands
) -> Answered:
    """Take an offer back (the party who made it)."""
    return command.run(lambda work: amending.withdraw(place, command.person, work))


def _download(content: bytes, name: str, media_type: str) -> Response:
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
