"""Taxes withheld: what a month is to remit, that it was remitted, and the records of a year."""

from uuid import UUID

from services.payments.domain.documents import Document, Party
from services.payments.domain.periods import Period
from services.payments.domain.postings import Fact
from services.payments.domain.rates import CURRENCY
from services.payments.domain.withholding import (
    WithheldMonth,
    payment_records,
    remittance,
    source_of,
    to_remit,
    withholding_list,
)
from services.payments.ports_documents import DocumentsWork
from services.payments.use_cases.rights import whose
from shared.errors import Rejected
from shared.messages.accounts import Role
from shared.messages.documents import (
    PaymentRecordsView,
    PaymentRecordView,
    WithheldView,
    WithholdingView,
)
from shared.people import Person


def get_withholding(month: str, by: Person, work: DocumentsWork) -> WithholdingView:
    """Return what was withheld in a month, so far if it goes on, and what is to be remitted."""
    by.must_be(Role.OPERATOR)
    return _view(_read(Period.month(month), work))


def remit(month: str, by: Person, work: DocumentsWork) -> WithholdingView:
    """Record that a month's taxes were remitted to the tax office.

    Raises Rejected (`period_not_over`, `withholding_already_remitted`, `nothing_to_remit`).
    """
    by.must_be(Role.OPERATOR)
    period = Period.month(month)
    if work.clock.now() < period.ends:
        raise Rejected(
            "period_not_over",
            "More may be withheld in it: remit when it is over.",
            over_on=period.after.isoformat(),
        )
    read = _read(period, work)
    if read.remitted_at:
        raise _already(read)
    if not read.due:
        raise Rejected("nothing_to_remit", "Nothing is due for this month.", month=month)
    entry = remittance(period, read.due, work.clock.now())
    if (Fact.WITHHOLDING_REMITTED, source_of(period)) not in work.journal.post([entry]):
        # Somebody else was faster by a moment.
        raise _already(_read(period, work))
    return _view(_read(period, work))


def month_list(month: Period, work: DocumentsWork) -> Document:
    """Return the list of what was withheld in a month."""
    return withholding_list(_read(month, work), work.issuers.issuer(month.after).issuer)


def get_records(
    year: int, by: Person, work: DocumentsWork, *, of: UUID | None = None
) -> PaymentRecordsView:
    """Return the figures of a year, so far if it goes on: the caller's, or whose `of` says.

    That may be a company of the caller's, or anybody (operator). An operator who names nobody has
    those of the market itself.
    """
    account_id = whose(of, by)
    period = Period.year(year)
    person_id = None if of is None and by.is_a(Role.OPERATOR) else account_id
    return PaymentRecordsView(
        year=year,
        currency=CURRENCY,
        records=tuple(
            PaymentRecordView.model_validate(each, from_attributes=True)
            for each in work.taxes.records(period, person_id)
        ),
    )


def records_of_market(year: Period, work: DocumentsWork) -> Document:
    """Return the year's figures of whom the market paid."""
    market = work.issuers.issuer(year.after).issuer
    records = work.taxes.records(year, None)
    return payment_records(year, records, market, Party(market.name), "")


def records_of_person(year: Period, person_id: UUID, work: DocumentsWork) -> Document:
    """Return the year's figures of what a person paid or was paid."""
    market = work.issuers.issuer(year.after).issuer
    party = work.issuers.party(person_id, year.after)
    records = work.taxes.records(year, person_id)
    return payment_records(year, records, market, party, str(person_id))


def _read(month: Period, work: DocumentsWork) -> WithheldMonth:
    forward, due = to_remit(work.taxes.withheld_by_month(month), month.name)
    remitted = work.taxes.remittance(month)
    return WithheldMonth(
        month=month,
        assistants=tuple(work.taxes.withheld(month)),
        brought_forward=forward,
        due=due,
        pay_by=work.taxes.rules(month.first).pay_by(month),
        remitted=remitted.amount if remitted else 0,
        remitted_at=remitted.recorded_at if remitted else None,
    )


def _view(of: WithheldMonth) -> WithholdingView:
    return WithholdingView(
        month=of.month.name,
        currency=CURRENCY,
        assistants=tuple(
            WithheldView.model_validate(each, from_attributes=True) for each in of.assistants
        ),
        withheld=of.withheld,
        brought_forward=of.brought_forward,
        due=of.due,
        pay_by=of.pay_by,
        remitted=of.remitted,
        remitted_at=of.remitted_at,
    )


def _already(of: WithheldMonth) -> Rejected:
    return Rejected(
        "withholding_already_remitted",
        "The month's remittance is in the books already.",
        month=of.month.name,
        remitted=of.remitted,
    )
