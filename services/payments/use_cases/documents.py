"""Documents about money: who may have which, and how each is found.

A client has what is addressed to the client (of a company, members who may see the money), an
assistant likewise; in brokered mode the assistant
also has the invoices that were issued in the assistant's name. Operators have everybody's.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from uuid import UUID

from services.payments.domain import papers
from services.payments.domain.documents import Document
from services.payments.domain.papers import Charged, PaidOut, Refunded, Released
from services.payments.domain.periods import Period, monthly_statement
from services.payments.ports_documents import DocumentsWork
from services.payments.use_cases import withholding
from services.payments.use_cases.rights import must_see_money, whose
from shared.errors import NotFound, Rejected
from shared.messages.accounts import Role
from shared.messages.documents import (
    MONTH,
    YEAR,
    DocumentKind,
    DocumentList,
    DocumentSummary,
    DocumentView,
    TableView,
)
from shared.messages.jobs import Mode
from shared.people import Person

K = DocumentKind
# A document, and whose it is.
Found = tuple[Document, frozenset[UUID | None]]
_NONE: Final = "There is no such document of yours."


def get_document(
    kind: DocumentKind, name: str, by: Person, work: DocumentsWork, *, of: UUID | None = None
) -> Document:
    """Return a document of the caller's, or of a company of theirs.

    `of` names whose month or year is meant: a company's, or anybody's (operator).
    Raises NotFound (`document_not_found`), Rejected (`period_not_over`), NotAllowed.
    """
    if kind in _PERIODICAL:
        return _PERIODICAL[kind](name, by, whose(of, by), work)
    found = _find(kind, name, work)
    if found is None:
        raise NotFound("document_not_found", _NONE)
    document, owners = found
    if not by.is_a(Role.OPERATOR):
        must_see_money(by, owners, NotFound("document_not_found", _NONE))
    return document


def list_documents(
    month: str, by: Person, work: DocumentsWork, *, of: UUID | None = None
) -> DocumentList:
    """Return the documents of a month, oldest first: the caller's, or whose `of` says."""
    person_id = whose(of, by)
    during = Period.month(month)
    found = [each for each, owners in _made_in(person_id, during, work) if person_id in owners]
    if not _goes_on(during, work):
        found += _of_period(during, by, person_id, work)
    found.sort(key=lambda each: (each.issued_on, each.kind, each.id))
    return DocumentList(
        month=month,
        documents=tuple(
            DocumentSummary(
                kind=each.kind,
                id=each.id,
                number=each.number,
                issued_on=each.issued_on,
                currency=each.currency,
                total=each.total,
            )
            for each in found
        ),
    )


def view(document: Document) -> DocumentView:
    """Return a document as it is shown."""
    shown = {each: getattr(document, each) for each in DocumentView.model_fields}
    shown["tables"] = tuple(
        TableView(
            name=each.name,
            columns=each.columns,
            rows=tuple({str(column): value for column, value in row.items()} for row in each.rows),
            totals={str(column): total for column, total in each.totals.items()},
        )
        for each in document.tables
    )
    return DocumentView.model_validate(shown, from_attributes=True)


def _goes_on(period: Period, work: DocumentsWork) -> bool:
    return work.clock.now() < period.ends


def _over(period: Period, work: DocumentsWork) -> Period:
    if _goes_on(period, work):
        raise Rejected(
            "period_not_over",
            "It is still going on: ask again when it is over.",
            over_on=period.after.isoformat(),
        )
    return period


def _made_in(person_id: UUID, during: Period, work: DocumentsWork) -> Iterator[Found]:
    for charged in work.papers.charges(person_id, during):
        yield from _of_charge(charged)
    for released in work.papers.releases(person_id, during):
        yield from _of_release(released)
    for refunded in work.papers.refunds(person_id, during):
        yield from _of_refund(refunded)
    for paid in work.papers.payouts(person_id, during):
        yield from _of_payout(paid)


def _of_period(
    month: Period, by: Person, person_id: UUID, work: DocumentsWork
) -> Iterator[Document]:
    """Yield a month's statement, or to an operator the market's list; in December the year's."""
    of_market = by.is_a(Role.OPERATOR) and person_id == by.person_id
    periodical = K.WITHHOLDING if of_market else K.MONTHLY_STATEMENT
    yield _PERIODICAL[periodical](month.name, by, person_id, work)
    if month.after.month == 1:
        yield _records(f"{month.first.year}", by, person_id, work)


def _find(kind: DocumentKind, name: str, work: DocumentsWork) -> Found | None:
    made = (each for each in _made_of(kind, name, work) if each[0].kind is kind)
    return next(made, None)


def _made_of(kind: DocumentKind, name: str, work: DocumentsWork) -> Iterator[Found]:
    """Yield the documents of the thing that this kind of document is about."""
    if kind is K.RECEIPT:
        if charged := work.papers.charge(name):
            yield from _of_charge(charged)
        return
    try:
        thing_id = UUID(name)
    except ValueError:
        return
    if kind is K.PAYOUT_STATEMENT:
        if paid := work.papers.payout(thing_id):
            yield from _of_payout(paid)
    elif kind in {K.INVOICE, K.FEE_INVOICE}:
        if released := work.papers.release(thing_id):
            yield from _of_release(released)
    elif refunded := work.papers.refund(thing_id):
        yield from _of_refund(refunded)


def _of_charge(charged: Charged) -> Iterator[Found]:
    yield papers.receipt(charged), frozenset({charged.client.person_id})


def _of_release(released: Released) -> Iterator[Found]:
    yield papers.invoice(released), _sides(released)
    if released.shares.platform_fee:
        yield papers.fee_invoice(released), frozenset({released.parties.assistant.person_id})


def _of_refund(refunded: Refunded) -> Iterator[Found]:
    yield papers.return_invoice(refunded), _sides(refunded.taken[0].released)
    if refunded.fee:
        owners = frozenset({refunded.parties.assistant.person_id})
        yield papers.fee_return_invoice(refunded), owners


def _of_payout(paid: PaidOut) -> Iterator[Found]:
    yield papers.payout_statement(paid), frozenset({paid.assistant.person_id})


def _sides(released: Released) -> frozenset[UUID | None]:
    """Return who has the invoice: the client, and the assistant who is its issuer."""
    sides = {released.parties.client.person_id}
    if released.mode is Mode.BROKERED:
        sides.add(released.parties.assistant.person_id)
    return frozenset(sides)


def _month(name: str) -> Period:
    if not re.fullmatch(MONTH, name):
        raise NotFound("document_not_found", _NONE)
    return Period.month(name)


def _year(name: str) -> Period:
    if not re.fullmatch(YEAR, name):
        raise NotFound("document_not_found", _NONE)
    return Period.year(int(name))


def _statement(name: str, by: Person, person_id: UUID, work: DocumentsWork) -> Document:
    del by  # `whose` has let pass who may have it
    month = _over(_month(name), work)
    market = work.issuers.issuer(month.after).issuer
    return monthly_statement(month, work.papers.month_of(person_id, month), market)


def _withholding(name: str, by: Person, person_id: UUID, work: DocumentsWork) -> Document:
    del person_id  # it is the market's
    by.must_be(Role.OPERATOR)
    return withholding.month_list(_over(_month(name), work), work)


def _records(name: str, by: Person, person_id: UUID, work: DocumentsWork) -> Document:
    year = _over(_year(name), work)
    if by.is_a(Role.OPERATOR) and person_id == by.person_id:
        return withholding.records_of_market(year, work)
    return withholding.records_of_person(year, person_id, work)


_PERIODICAL: Final[
    Mapping[DocumentKind, Callable[[str, Person, UUID, DocumentsWork], Document]]
] = {
    K.MONTHLY_STATEMENT: _statement,
    K.WITHHOLDING: _withholding,
    K.PAYMENT_RECORD: _records,
}
