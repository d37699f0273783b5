"""What an assistant earns: what is payable, by month, payouts, statements; and where it is paid."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from starlette.responses import Response

from services.web import charts
from services.web.formats import month as in_words
from services.web.formats import today
from services.web.i18n import _, language
from services.web.months import months_until, this_month
from services.web.routing import Pages, Visit, together
from shared.calendar import day_in_japan, month_of
from shared.messages.base import Page
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
    paid = _by_month(payouts.items)
    months = {each: paid[each] for each in months_until(this_month(), MONTHS)}
    return visit.show(
        "assistant/earnings.html",
        payable=payable,
        payee=payee,
        payouts=payouts.items,
        documents=documents.documents if documents else (),
        month=month,
        months=[(f"{each:%Y-%m}", in_words(each), amount) for each, amount in months.items()],
        chart=charts.by_month(_("Paid out by month"), months),
        total=sum(months.values()),
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


def _by_month(payouts: Sequence[PayoutView]) -> Counter[date]:
    """Return how much reached the bank, by the first day of the month."""
    paid: Counter[date] = Counter()
    for each in payouts:
        if each.status == "paid" and each.paid_at:
            paid[month_of(day_in_japan(each.paid_at))] += each.amount.amount
    return paid
