"""What an assistant earns: what is payable, by month, payouts, statements; and where it is paid."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from starlette.responses import Response

from services.web import charts
from services.web.formats import month as in_words
from services.web.formats import today, yen
from services.web.forms import JAPAN
from services.web.i18n import _, language, locale
from services.web.routing import Pages, Visit, together
from shared.http.pagination import Page
from shared.messages.documents import (
    MONTH,
    DocumentList,
    RegistrationView,
    SetRegistrationNumber,
)
from shared.messages.payments import (
    BecomePayee,
    OnboardingLinkView,
    PayableView,
    PayeeView,
    PayoutView,
)

pages = Pages()

MONTHS = 6
MONTHS_IN_A_YEAR = 12
PAYOUTS = 100
_A_MONTH = re.compile(MONTH)


@pages.get("/earnings", role="assistant")
async def earnings(visit: Visit) -> Response:
    """Show what is owed, what was paid by month, and the statements of one month."""
    month = visit.query.get("month", "")
    month = month if _A_MONTH.fullmatch(month) else f"{today():%Y-%m}"
    payable, payouts, payee, documents = await together(
        visit.get("payments", "/payables/me", PayableView),
        visit.get("payments", "/payouts", Page[PayoutView], limit=PAYOUTS),
        visit.or_none(visit.get("payments", "/payees/me", PayeeView)),
        visit.maybe(visit.get("payments", "/documents", DocumentList, month=month)),
    )
    months = _last_months()
    paid = _by_month(payouts.items)
    return visit.show(
        "assistant/earnings.html",
        payable=payable,
        payee=payee,
        payouts=payouts.items,
        documents=documents.documents if documents else (),
        month=month,
        months=[(f"{each:%Y-%m}", in_words(each), paid[f"{each:%Y-%m}"]) for each in months],
        chart=_drawn(months, paid),
        total=sum(paid[f"{each:%Y-%m}"] for each in months),
        may_ask=payable.payable.amount - payable.frozen.amount >= payable.minimum.amount,
    )


@pages.post("/earnings/payout", role="assistant", again=earnings)
async def pay_out(visit: Visit) -> Response:
    """Have all that is payable paid out now."""
    await visit.send("POST", "payments", "/payouts", None, PayoutView)
    return visit.go("/earnings", say=_("The money is on its way to your bank."))


@pages.get("/earnings/documents/{kind}/{document_id}", role="assistant")
async def document(visit: Visit) -> Response:
    """Pass on a document as a PDF."""
    kind = visit.params["kind"]
    path = f"/documents/{kind}/{visit.params['document_id']}"
    return await visit.download("payments", path, format="pdf", lang=language())


@pages.get("/payout-setup", role="assistant")
async def setup(visit: Visit) -> Response:
    """Show whether the assistant can be paid, and what is still wanted."""
    payee, registration = await together(
        visit.or_none(visit.get("payments", "/payees/me", PayeeView)),
        visit.or_none(visit.get("payments", "/payees/me/registration-number", RegistrationView)),
    )
    return visit.show("assistant/payout_setup.html", payee=payee, registration=registration)


@pages.post("/payout-setup", role="assistant", again=setup)
async def begin_setup(visit: Visit) -> Response:
    """Go to the payment processor's own page, which asks for name and bank account."""
    await visit.send("POST", "payments", "/payees", BecomePayee(), PayeeView)
    link = await visit.send(
        "POST", "payments", "/payees/me/onboarding-links", None, OnboardingLinkView
    )
    return visit.leave(link.url)


@pages.post("/payout-setup/registration-number", role="assistant", again=setup)
async def register_number(visit: Visit) -> Response:
    """Take the number of an issuer of qualified invoices, or that there is none."""
    number = visit.form.optional("number")
    body = SetRegistrationNumber(number=number, name=visit.form.optional("name"))
    path = "/payees/me/registration-number"
    await visit.send("PUT", "payments", path, body, RegistrationView)
    return visit.go("/payout-setup", say=_("Saved."))


def _last_months() -> list[date]:
    """Return the first days of the last months, the oldest first."""
    newest = today().year * MONTHS_IN_A_YEAR + today().month - 1
    numbers = range(newest - MONTHS + 1, newest + 1)
    return [date(each // MONTHS_IN_A_YEAR, each % MONTHS_IN_A_YEAR + 1, 1) for each in numbers]


def _by_month(payouts: Sequence[PayoutView]) -> Counter[str]:
    """Return how much reached the bank, by month."""
    paid: Counter[str] = Counter()
    for each in payouts:
        if each.status == "paid" and each.paid_at:
            paid[f"{each.paid_at.astimezone(JAPAN):%Y-%m}"] += each.amount.amount
    return paid


def _drawn(months: Sequence[date], paid: Counter[str]) -> Any:
    bars = [
        charts.Bar(
            format_date(each, "MMM", locale=locale()),
            paid[f"{each:%Y-%m}"],
            yen(paid[f"{each:%Y-%m}"]),
            now=each == months[-1],
        )
        for each in months
    ]
    total = yen(sum(bar.value for bar in bars))
    said = _("%(total)s in %(months)s months", total=total, months=MONTHS)
    return charts.bars(_("Paid out by month"), said, bars)
