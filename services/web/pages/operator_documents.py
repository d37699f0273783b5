"""What the market owes the tax office, who it is on documents, and the books to be taken away."""

import re
from datetime import date

from starlette.responses import Response

from services.web.formats import today
from services.web.i18n import _
from services.web.routing import Pages, Visit, together
from shared.calendar import month_of
from shared.messages.books import ClosedMonthView
from shared.messages.documents import MONTH, IssuerView, SetIssuer, WithholdingView

pages = Pages()

DOCUMENTS = "/operator/documents"
_A_MONTH = re.compile(MONTH)


@pages.get(DOCUMENTS, role="operator")
async def documents(visit: Visit) -> Response:
    """Show a month's withheld tax, who runs the market, and the closed months."""
    asked = visit.query.get("month", "")
    month = asked if _A_MONTH.fullmatch(asked) else f"{month_of(today(), -1):%Y-%m}"
    withheld, issuer, closed = await together(
        visit.get("payments", f"/withholding/{month}", WithholdingView),
        visit.or_none(visit.get("payments", "/issuer", IssuerView)),
        visit.get("payments", "/books/months", list[ClosedMonthView]),
    )
    return visit.show(
        "operator/documents.html",
        month=month,
        first_day=date.fromisoformat(f"{month}-01"),
        withheld=withheld,
        issuer=issuer,
        closed=closed,
    )


@pages.post(DOCUMENTS + "/remittance/{month}", role="operator", again=documents)
async def remit(visit: Visit) -> Response:
    """Record that a month's tax was paid to the tax office."""
    month = visit.params["month"]
    await visit.send("POST", "payments", f"/withholding/{month}/remittance", None, WithholdingView)
    return visit.go(f"{DOCUMENTS}?month={month}", say=_("The payment is recorded."))


@pages.post(DOCUMENTS + "/issuer", role="operator", again=documents)
async def set_issuer(visit: Visit) -> Response:
    """Say who runs the market, as documents name it."""
    form = visit.form
    market, name, address = form.text("market"), form.text("name"), form.text("address")
    number = form.optional("registration_number")
    form.must_be_filled_in()
    body = SetIssuer(market=market, name=name, address=address, registration_number=number)
    await visit.send("PUT", "payments", "/issuer", body, IssuerView)
    return visit.go(DOCUMENTS, say=_("Saved."))


@pages.get(DOCUMENTS + "/books", role="operator")
async def books(visit: Visit) -> Response:
    """Pass on the journal, or a month of it, for an accountant."""
    wanted = visit.query.get("format", "csv")
    asked = visit.query.get("month", "")
    return await visit.download(
        "payments",
        "/books/export",
        month=asked if _A_MONTH.fullmatch(asked) else None,
        format=wanted if wanted in {"csv", "beancount"} else "csv",
    )
