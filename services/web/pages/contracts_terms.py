"""The terms in writing: each version, to be read and kept; and offers to change them."""

from typing import Any

from starlette.responses import Response

from services.web.forms import NO_DATE, Sent
from services.web.i18n import N_, _
from services.web.pages.client_posting import lines
from services.web.pages.contracts import CONTRACT, contract_of, side_of
from services.web.routing import Pages, Visit, together
from shared.messages.amendments import AmendmentView, OfferAmendment
from shared.messages.base import Page
from shared.messages.contracts import ContractView, MilestoneKind, MilestoneStatus, TermsView

pages = Pages()

TERMS = f"{CONTRACT}/terms"
AMENDMENTS = f"{CONTRACT}/amendments"
AMENDMENT = AMENDMENTS + "/{amendment_id}"
NEW = "added-0"
# What a market says of it unless its operators set something else.
WAY = N_("Bank transfer to the account that the assistant gave to the payment processor")
# What is delivered, accepted, disputed or over is never touched.
CHANGEABLE = frozenset(
    {MilestoneStatus.AGREED, MilestoneStatus.FUNDED, MilestoneStatus.CHANGES_REQUESTED}
)


@pages.get(TERMS)
async def show_terms(visit: Visit) -> Response:
    """Show the terms that hold, or a version before."""
    contract = await contract_of(visit)
    asked = visit.query.get("version", "")
    terms = contract.terms
    if asked.isdecimal() and int(asked) != terms.version:
        path = f"/{contract.contract_id}/terms/{int(asked)}"
        terms = await visit.get("contracts", path, TermsView)
    return visit.show(
        "contracts/terms.html",
        contract=contract,
        terms=terms,
        latest=contract.terms.version,
        way_of_payment=_(WAY) if terms.payment_method == WAY else terms.payment_method,
        side=side_of(visit, contract),
    )


@pages.get(f"{TERMS}/{{version}}.pdf")
async def print_terms(visit: Visit) -> Response:
    """Give a version as PDF."""
    path = f"/{visit.params['contract_id']}/terms/{visit.params['version']}.pdf"
    return await visit.download("contracts", path, lang=visit.lang)


@pages.get(f"{TERMS}/{{version}}.json")
async def download_terms(visit: Visit) -> Response:
    """Give a version as just the bytes that were hashed."""
    path = f"/{visit.params['contract_id']}/terms/{visit.params['version']}.json"
    return await visit.download("contracts", path)


@pages.get(AMENDMENTS)
async def show_amendments(visit: Visit) -> Response:
    """Show all offers to change the terms, newest first."""
    path = f"/{visit.params['contract_id']}/amendments"
    contract, found = await together(
        contract_of(visit), visit.get("contracts", path, Page[AmendmentView], limit=50)
    )
    side = side_of(visit, contract)
    return visit.show(
        "contracts/amendments.html",
        contract=contract,
        amendments=found.items,
        side=side,
        me=contract.assistant_id if side == "assistant" else contract.client_id,
        by_id={each.milestone_id: each for each in contract.milestones},
    )


@pages.get(f"{AMENDMENTS}/new")
async def amendment_page(visit: Visit) -> Response:
    """Show what may be changed, as it is now."""
    contract = await contract_of(visit)
    return visit.show(
        "contracts/amendment_form.html",
        contract=contract,
        changeable=_changeable(contract),
        initial=_initial(contract),
    )


@pages.post(AMENDMENTS, again=amendment_page)
async def offer_amendment(visit: Visit) -> Response:
    """Offer what was changed on the form; what is as before is left out."""
    contract = await contract_of(visit)
    form = visit.form
    offer = {
        "reason": form.text("reason"),
        "milestones": _changed(form, contract),
        "added": _added(form),
    }
    form.must_be_filled_in()
    body = OfferAmendment.model_validate(offer)
    path = f"/{contract.contract_id}/amendments"
    await visit.send("POST", "contracts", path, body)
    return visit.go(
        f"/contracts{path}",
        say=_("Offered. Nothing changes before the other party accepts."),
    )


@pages.post(f"{AMENDMENT}/acceptance", again=show_amendments)
async def accept(visit: Visit) -> Response:
    """Accept the other terms: they hold from now on."""
    return await _answer(visit, "acceptance", _("Agreed: a new version of the terms holds."))


@pages.post(f"{AMENDMENT}/refusal", again=show_amendments)
async def decline(visit: Visit) -> Response:
    """Leave the terms as they are."""
    return await _answer(visit, "refusal", _("Declined: the terms stay as they are."))


@pages.post(f"{AMENDMENT}/withdrawal", again=show_amendments)
async def withdraw(visit: Visit) -> Response:
    """Take one's own offer back."""
    return await _answer(visit, "withdrawal", _("Withdrawn: the terms stay as they are."))


async def _answer(visit: Visit, answer: str, said: str) -> Response:
    path = f"/{visit.params['contract_id']}/amendments"
    await visit.send("POST", "contracts", f"{path}/{visit.params['amendment_id']}/{answer}")
    return visit.go(f"/contracts{path}", say=said)


def _changeable(contract: ContractView) -> list[Any]:
    return [
        each
        for each in contract.milestones
        if each.status in CHANGEABLE and each.kind is MilestoneKind.WORK
    ]


def _initial(contract: ContractView) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for number, each in enumerate(_changeable(contract)):
        at = f"milestones-{number}"
        values |= {
            f"{at}-title": each.title,
            f"{at}-description": each.description,
            f"{at}-criteria": "\n".join(each.criteria),
            f"{at}-price": each.price,
            f"{at}-due_on": each.due_on,
        }
    return values


def _changed(form: Sent, contract: ContractView) -> list[dict[str, Any]]:
    """Return what of each milestone is another than it was when the form was made."""
    found = []
    for number, each in enumerate(_changeable(contract)):
        at = f"milestones-{number}"
        typed: dict[str, Any] = {
            "title": form.text(f"{at}-title"),
            "description": form.text(f"{at}-description"),
            "criteria": lines(form.text(f"{at}-criteria", needed=False)),
            "price": {"amount": form.yen(f"{at}-price")},
            "due_on": form.date(f"{at}-due_on"),
        }
        was = {
            "title": each.title,
            # A form has its lines end as it likes.
            "description": each.description.replace("\r\n", "\n").strip(),
            "criteria": each.criteria,
            "price": {"amount": each.price.amount},
            "due_on": each.due_on,
        }
        other = {name: value for name, value in typed.items() if value != was[name]}
        if other:
            found.append({"milestone_id": each.milestone_id} | other)
    return found


def _added(form: Sent) -> list[dict[str, Any]]:
    """Return the new milestone, if one was filled in."""
    if not form.text(f"{NEW}-title", needed=False):
        return []
    due_on = form.date(f"{NEW}-due_on")
    added = {
        "title": form.text(f"{NEW}-title"),
        "description": form.text(f"{NEW}-description"),
        "criteria": lines(form.text(f"{NEW}-criteria", needed=False)),
        "price": {"amount": form.yen(f"{NEW}-price")},
    }
    return [added | ({} if due_on == NO_DATE else {"due_on": due_on})]
