"""What a town sees of its program: figures and money, never a name."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup
from starlette.responses import Response

from services.web.charts import Bar, bars
from services.web.formats import number, today
from services.web.i18n import _
from services.web.pages.programs_shared import rights_in, unless_barred
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.outcomes import Cell, Measure, OutcomesView
from shared.messages.payments import CheckoutView, PaymentMethod
from shared.messages.program_money import SponsorshipView
from shared.messages.programs import CohortView, ProgramView
from shared.messages.wallets import TopUpWallet, WalletStatementView, WalletView
from shared.money import PositiveMoney

pages = Pages()

# These are of people; the chart compares nothing else.
OF_PEOPLE = (
    Measure.APPLIED,
    Measure.JOINED,
    Measure.TRAINED,
    Measure.PRACTISED,
    Measure.FIRST_CONTRACT,
    Measure.FREE_WORK,
)


@pages.get("/programs/{program_id}")
async def dashboard(visit: Visit) -> Response:
    """Show what came of a program, and its wallet to whom may see the money."""
    program_id = visit.params["program_id"]
    program, outcomes, cohorts = await together(
        visit.get("programs", f"/{program_id}", ProgramView),
        visit.maybe(unless_barred(visit.get("programs", f"/{program_id}/outcomes", OutcomesView))),
        visit.get("programs", f"/{program_id}/cohorts", list[CohortView]),
    )
    of_sponsor, of_partner = (
        rights_in(visit, each) for each in (program.sponsor_id, program.partner_id)
    )
    if of_sponsor is None and of_partner is None:
        return visit.go(f"/programs/open/{program_id}")
    wallet = None
    if program.wallet is not None:
        asked = visit.get("payments", f"/wallets/{program_id}", WalletView)
        wallet = await visit.maybe(visit.or_none(asked))
    return visit.show(
        "programs/dashboard.html",
        program=program,
        outcomes=outcomes,
        cohorts=cohorts,
        wallet=wallet,
        chart=_chart(outcomes.cells) if outcomes else None,
        of_sponsor=of_sponsor or frozenset(),
        of_partner=of_partner,
    )


@pages.get("/programs/{program_id}/outcomes.{kind}")
async def outcomes_file(visit: Visit) -> Response:
    """Download the figures."""
    where = f"/{visit.params['program_id']}/outcomes.{visit.params['kind']}"
    return await visit.download("programs", where)


@pages.post("/programs/{program_id}/opening", again=dashboard)
async def open_program(visit: Visit) -> Response:
    """Open a program."""
    return await _turn(visit, "opening", _("The program is open."))


@pages.post("/programs/{program_id}/closure", again=dashboard)
async def close_program(visit: Visit) -> Response:
    """Close a program."""
    return await _turn(visit, "closure", _("The program is closed."))


@pages.post("/programs/{program_id}/top-ups", again=dashboard)
async def top_up(visit: Visit) -> Response:
    """Lead on to where the wallet is paid into."""
    amount = visit.form.yen("amount")
    method = PaymentMethod(visit.form.choice("method", *(each.value for each in PaymentMethod)))
    visit.form.must_be_filled_in()
    where = f"/wallets/{visit.params['program_id']}/top-ups"
    body = TopUpWallet(amount=PositiveMoney(amount=amount), method=method)
    page = await visit.send("POST", "payments", where, body, CheckoutView)
    return visit.leave(page.url)


@pages.post("/programs/{program_id}/refund", again=dashboard)
async def give_back(visit: Visit) -> Response:
    """Give back to the town what is free."""
    program_id = visit.params["program_id"]
    await visit.send("POST", "payments", f"/wallets/{program_id}/refund")
    return visit.go(f"/programs/{program_id}", say=_("What was free is on its way back."))


@pages.get("/programs/{program_id}/statement")
async def statement(visit: Visit) -> Response:
    """Show what moved in the wallet in a month."""
    program_id = visit.params["program_id"]
    month = _month(visit)
    where = f"/wallets/{program_id}/statement"
    shown = await visit.get("payments", where, WalletStatementView, month=month)
    first_day = date.fromisoformat(f"{shown.month}-01")
    return visit.show("programs/statement.html", statement=shown, month=first_day)


@pages.get("/programs/{program_id}/statement.csv")
async def statement_file(visit: Visit) -> Response:
    """Download a month's statement."""
    where = f"/wallets/{visit.params['program_id']}/statement.csv"
    return await visit.download("payments", where, month=_month(visit))


@pages.get("/programs/{program_id}/sponsorships")
async def sponsorships(visit: Visit) -> Response:
    """Show what the town pays for its people, of whom none is named."""
    path = f"/{visit.params['program_id']}"
    after = visit.query.get("after")
    program, found = await together(
        visit.get("programs", path, ProgramView),
        visit.get("programs", f"{path}/sponsorships", Page[SponsorshipView], after=after),
    )
    return visit.show("programs/sponsorships.html", program=program, sponsorships=found)


def _month(visit: Visit) -> str:
    return visit.query.get("month") or today().isoformat()[:7]


async def _turn(visit: Visit, deed: str, said: str) -> Response:
    program_id = visit.params["program_id"]
    await visit.send("POST", "programs", f"/{program_id}/{deed}")
    return visit.go(f"/programs/{program_id}", say=said)


def _chart(cells: Sequence[Cell]) -> Markup | None:
    """Return bars of how far people came; a suppressed figure has none."""
    known = {each.measure: each.value for each in cells if not each.band and each.value is not None}
    words = _words()
    shown = [
        Bar(words[each], known[each], number(known[each])) for each in OF_PEOPLE if each in known
    ]
    if not shown:
        return None
    said = _("How many came to each step; the table below has the same.")
    return bars(_("How far people came"), said, shown)


def _words() -> dict[Measure, str]:
    """Return what the bars are called: short, since six stand side by side."""
    return {
        Measure.APPLIED: _("Applied"),
        Measure.JOINED: _("Joined"),
        Measure.TRAINED: _("Trained"),
        Measure.PRACTISED: _("Practised"),
        Measure.FIRST_CONTRACT: _("First contract"),
        Measure.FREE_WORK: _("Free work"),
    }
