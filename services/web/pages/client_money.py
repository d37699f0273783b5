"""A client's money: receipts and invoices by month, and what lies with us."""

from datetime import date
from typing import Any

from starlette.responses import Response

from services.web.charts import by_month
from services.web.i18n import _
from services.web.months import months_until, this_month
from services.web.routing import Pages, Visit, together
from shared.calendar import month_of
from shared.messages.documents import DocumentKind, DocumentList, DocumentSummary
from shared.messages.payments import CreditView, RefundCredit

pages = Pages()

MONTHS_SHOWN = 4
# A payment is one document each; what was asked for and what was given back are not payments.
PAYMENTS = frozenset({DocumentKind.RECEIPT})


@pages.get("/money", role="client")
async def money(visit: Visit) -> Response:
    """Show the documents of a month, what was paid in the months before it, and the credit."""
    month = _month(visit.query.get("month", ""))
    whose = _whose(visit)
    months = months_until(month, MONTHS_SHOWN)
    credit, lists = await together(
        visit.maybe(visit.get("payments", "/credit", CreditView, **_as_client(visit))),
        together(
            *(
                visit.get("payments", "/documents", DocumentList, month=_key(each), **whose)
                for each in months
            )
        ),
    )
    paid = {each: _paid(found.documents) for each, found in zip(months, lists, strict=True)}
    return visit.show(
        "client/money.html",
        month=month,
        documents=lists[-1].documents[::-1],
        kinds=_kinds(),
        rows=list(paid.items()),
        drawing=by_month(_("Paid in by month"), paid),
        earlier=_key(month_of(month, -1)),
        later=_key(month_of(month, 1)) if month < this_month() else "",
        credit=credit,
    )


@pages.get("/money/documents/{kind}/{document_id}", role="client")
async def document(visit: Visit) -> Response:
    """Give a document as PDF."""
    path = f"/documents/{visit.params['kind']}/{visit.params['document_id']}"
    return await visit.download("payments", path, format="pdf", lang=visit.lang, **_whose(visit))


@pages.post("/money/credit/refund", role="client", again=money)
async def take_back(visit: Visit) -> Response:
    """Have credit paid back the way it came."""
    values: dict[str, Any] = {"amount": {"amount": visit.form.yen("amount")}} | _as_client(visit)
    visit.form.must_be_filled_in()
    body = RefundCredit.model_validate(values)
    await visit.send("POST", "payments", "/credit/refunds", body)
    return visit.go("/money", say=_("It is on its way back to you."))


def _whose(visit: Visit) -> dict[str, Any]:
    person = visit.person
    return {} if person.acting_for == person.person_id else {"person_id": person.acting_for}


def _as_client(visit: Visit) -> dict[str, Any]:
    person = visit.person
    return {} if person.acting_for == person.person_id else {"client_id": person.acting_for}


def _month(asked: str) -> date:
    """Return the first day of the month that is asked for; of this one when it is none."""
    try:
        wanted = date.fromisoformat(f"{asked}-01")
    except ValueError:
        return this_month()
    return min(wanted, this_month())


def _key(month: date) -> str:
    return month.strftime("%Y-%m")


def _paid(documents: tuple[DocumentSummary, ...]) -> int:
    return sum(each.total for each in documents if each.kind in PAYMENTS)


def _kinds() -> dict[str, str]:
    return {
        "receipt": _("Receipt"),
        "invoice": _("Invoice"),
        "return_invoice": _("Return invoice"),
        "fee_invoice": _("Invoice of the fee"),
        "fee_return_invoice": _("Return invoice of the fee"),
        "payout_statement": _("Payout statement"),
        "monthly_statement": _("Monthly statement"),
        "payment_record": _("Payment record"),
        "withholding": _("Withholding"),
    }
