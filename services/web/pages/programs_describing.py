"""What a town does: say which municipality it is, and describe its programs."""

from typing import Any
from uuid import UUID

from starlette.responses import Response

from services.web.forms import Sent
from services.web.i18n import _
from services.web.pages.programs_shared import account_in, rights_in, town_of, towns_to_choose
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.programs import (
    DescribeProgram,
    Eligibility,
    ProgramView,
    RegisterSponsor,
    SponsorView,
    WalletTerms,
)
from shared.people import Right

pages = Pages()

AT_ONCE = 50


@pages.get("/programs")
async def programs(visit: Visit) -> Response:
    """Show the programs that one's companies sponsor or run, and whether they are known."""
    found, sponsors = await together(
        visit.get(
            "programs",
            "",
            Page[ProgramView],
            mine=True,
            limit=AT_ONCE,
            after=visit.query.get("after"),
        ),
        visit.get("programs", "/sponsors", Page[SponsorView], limit=AT_ONCE),
    )
    mine = {each.company_id for each in visit.person.companies}
    own = [each for each in sponsors.items if each.account_id in mine]
    account_id = visit.person.acting_for
    registered = {each.account_id: each for each in own}.get(account_id)
    return visit.show(
        "programs/programs.html",
        programs=found,
        sponsors=own,
        account_id=account_id if account_id in mine else None,
        may_post=Right.POST in (rights_in(visit, account_id) or ()),
        may_register=registered is None or registered.status == "refused",
        towns=await towns_to_choose(visit),
    )


@pages.post("/programs", again=programs)
async def register(visit: Visit) -> Response:
    """Say that the company that one acts for is a municipality's."""
    code, remark = await town_of(visit), visit.form.text("note")
    visit.form.must_be_filled_in()
    account_id = visit.person.acting_for
    body = RegisterSponsor(account_id=account_id, municipality_code=code, note=remark)
    await visit.send("POST", "programs", "/sponsors", body)
    return visit.go("/programs", say=_("Thank you. An operator makes sure of it and tells you."))


@pages.get("/programs/new")
async def new_program(visit: Visit) -> Response:
    """Ask what a program is."""
    return visit.show(
        "programs/describe.html",
        program=None,
        action="/programs/new",
        etag="",
        initial=_usual(),
        unseen=False,
    )


@pages.post("/programs/new", again=new_program)
async def describe(visit: Visit) -> Response:
    """Begin a program as a draft."""
    partner_id = account_in(visit.form, "partner_id")
    body = _described(visit.form, visit.person.acting_for, partner_id)
    made = await visit.send("POST", "programs", "", body, ProgramView)
    said = _("Kept as a draft. The partner sets the curriculum; then you can open it.")
    return visit.go(f"/programs/{made.program_id}", say=said)


@pages.get("/programs/{program_id}/edit")
async def edit(visit: Visit) -> Response:
    """Show what is said of a program, to be changed."""
    path = f"/{visit.params['program_id']}"
    program = await visit.get("programs", path, ProgramView)
    return visit.show(
        "programs/describe.html",
        program=program,
        action=f"/programs/{program.program_id}/edit",
        etag=visit.etag("programs", path),
        initial=_of(program) | {"partner_id": _page_of(visit, program.partner_id)},
        # Whoever doesn't see the wallet would take it away by sending the form without it.
        unseen=Right.SEE_MONEY not in (rights_in(visit, program.sponsor_id) or ()),
    )


@pages.post("/programs/{program_id}/edit", again=edit)
async def change(visit: Visit) -> Response:
    """Describe a program anew."""
    path = f"/{visit.params['program_id']}"
    before = await visit.get("programs", path, ProgramView)
    partner_id = account_in(visit.form, "partner_id")
    body = _described(visit.form, before.sponsor_id, partner_id)
    await visit.send("PUT", "programs", path, body, if_match=visit.form.etag)
    return visit.go(f"/programs{path}", say=_("Saved."))


def _described(form: Sent, sponsor_id: UUID, partner_id: UUID) -> DescribeProgram:
    """Return the program that was typed."""
    typed: dict[str, Any] = {
        "sponsor_id": sponsor_id,
        "partner_id": partner_id,
        "title": form.text("title"),
        "about": form.text("about"),
        "eligibility": _eligibility(form),
        "help_hours": form.integer("help_hours"),
        "silence_days": form.integer("silence_days"),
        "wallet": _wallet(form) if form.flag("with_wallet") else None,
    }
    form.must_be_filled_in()
    return DescribeProgram.model_validate(typed)


def _eligibility(form: Sent) -> dict[str, Any]:
    low, high = (form.integer(f"eligibility-{each}_weekly_hours") for each in ("min", "max"))
    if low > high:
        form.fault("eligibility-max_weekly_hours", _("This is less than the fewest hours."))
    return {
        "residents_only": form.flag("eligibility-residents_only"),
        "newcomers_only": form.flag("eligibility-newcomers_only"),
        "min_weekly_hours": low,
        "max_weekly_hours": high,
    }


def _wallet(form: Sent) -> dict[str, Any]:
    total, person = form.yen("wallet-total_cap"), form.yen("wallet-person_cap")
    if person > total:
        form.fault("wallet-person_cap", _("This is more than the cap in all."))
    fee_months = form.integer("wallet-fee_months", needed=False)
    bonus = form.yen("wallet-bonus", needed=False)
    bonus_months = form.integer("wallet-bonus_months", needed=False)
    if bool(bonus) != bool(bonus_months):
        form.fault("wallet-bonus_months", _("A bonus needs an amount and a number of months."))
    return {
        "total_cap": {"amount": total},
        "person_cap": {"amount": person},
        "pays_fees": bool(fee_months),
        "fee_months": fee_months,
        "tuition": {"amount": form.yen("wallet-tuition", needed=False)},
        "bonus": {"amount": bonus},
        "bonus_months": bonus_months,
    }


def _usual() -> dict[str, Any]:
    """Return what most programs have."""
    anybody = Eligibility()
    names = type(anybody).model_fields
    values = {f"eligibility-{name}": getattr(anybody, name) for name in names}
    fields = DescribeProgram.model_fields
    return values | {name: fields[name].default for name in ("help_hours", "silence_days")}


def _page_of(visit: Visit, company_id: UUID) -> str:
    """Return the address of a company's page, as it is to be pasted."""
    return f"{visit.site.public_url}/company/{company_id}"


def _of(program: ProgramView) -> dict[str, Any]:
    """Return the values of the form's fields for a program."""
    names = ("title", "about", "help_hours", "silence_days")
    values: dict[str, Any] = {name: getattr(program, name) for name in names}
    for name in Eligibility.model_fields:
        values[f"eligibility-{name}"] = getattr(program.eligibility, name)
    if program.wallet:
        values["with_wallet"] = True
        for name in WalletTerms.model_fields:
            values[f"wallet-{name}"] = getattr(program.wallet, name)
    return values
