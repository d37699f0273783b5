"""What the pages of programs have in common: what one may do there, and places by their names."""

from collections.abc import Awaitable, Iterable
from http import HTTPStatus
from typing import TypeVar
from uuid import UUID

from services.web.backend import Refused
from services.web.forms import NO_ID, Sent, id_at_end
from services.web.i18n import _
from services.web.routing import Visit, together
from shared.messages.programs import MunicipalityView
from shared.people import Right

T = TypeVar("T")

MOST_TOWNS = 20
UNKNOWN_TOWN = "000000"


def rights_in(visit: Visit, account_id: UUID) -> frozenset[str] | None:
    """Return what the visitor may do for an account; None when they don't stand for it."""
    if account_id == visit.person.person_id:
        return frozenset(Right)
    companies = visit.person.companies
    return next((each.rights for each in companies if each.company_id == account_id), None)


async def unless_barred(asked: Awaitable[T]) -> T | None:
    """Return what was asked for, or None when it isn't for this visitor."""
    try:
        return await asked
    except Refused as refused:
        if refused.status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}:
            return None
        raise


def account_in(form: Sent, name: str) -> UUID:
    """Return the id at the end of an address that was pasted; NO_ID and a fault without one."""
    found = id_at_end(form.text(name))
    if found is None:
        form.fault(name, _("Please paste the address of the company's page."))
    return found or NO_ID


async def town_of(visit: Visit) -> str:
    """Return the code of the municipality that was typed, or chosen of several.

    A name that several have is a fault, and the page is shown again with these to choose from.
    """
    form = visit.form
    chosen = form.text("municipality_code", needed=False)
    if chosen:
        return chosen
    found = await towns_like(visit, form.text("municipality"))
    typed = "".join(form.text("municipality").split())
    exactly = [each for each in found if typed in {each.name, each.prefecture + each.name}]
    if len(exactly) == 1 or len(found) == 1:
        return (exactly or found)[0].code
    if found:
        form.fault("municipality_code", _("Several are called like this. Please choose one."))
    elif typed:
        form.fault("municipality", _("The national list has no municipality of this name."))
    return UNKNOWN_TOWN


async def towns_like(visit: Visit, typed: str) -> list[MunicipalityView]:
    """Return the municipalities whose name is like this, read in whatever script."""
    if not typed:
        return []
    return await visit.get("programs", "/municipalities", list[MunicipalityView], q=typed)


async def towns_to_choose(visit: Visit) -> list[tuple[str, str]]:
    """Return what to choose from after a refusal: (code, words)."""
    if not visit.refused:
        return []
    found = await towns_like(visit, visit.form.text("municipality", needed=False))
    return [(each.code, called(each)) for each in found]


async def town_names(visit: Visit, codes: Iterable[str]) -> dict[str, str]:
    """Return what these municipalities are called; without an answer, nothing."""
    wanted = sorted(set(codes))[:MOST_TOWNS]
    found = await together(*(visit.maybe(towns_like(visit, code)) for code in wanted))
    return {each.code: called(each) for some in found for each in some or ()}


def called(town: MunicipalityView) -> str:
    """Return a municipality with its prefecture, which is one itself."""
    return town.name if town.name == town.prefecture else f"{town.prefecture} {town.name}"
