"""People as operators see them, reports from people, and what operators did themselves."""

from contextlib import suppress
from uuid import UUID

from starlette.responses import Response

from services.web.backend import Refused
from services.web.i18n import _
from services.web.pages.operator_shared import SERVICES, names_of, or_approval, or_away, whose
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.operations import ApprovalView, OperatorActionView
from shared.messages.payments import CreditView, RefundCredit
from shared.messages.suspensions import FoundPerson, PersonCase, ReinstatePerson, SuspendPerson
from shared.messages.talk import CloseReport, ReportView
from shared.money import PositiveMoney

pages = Pages()

PEOPLE = "/operator/people"
REPORTS = "/operator/reports"


@pages.get(PEOPLE, role="operator")
async def people(visit: Visit) -> Response:
    """Find people by a part of name or address, or by id."""
    wanted = visit.query.get("q", "").strip()
    found = await visit.get(
        "accounts",
        "/operations/people",
        Page[FoundPerson],
        q=wanted,
        after=visit.query.get("after"),
    )
    return visit.show("operator/people.html", people=found, wanted=wanted)


@pages.get(PEOPLE + "/{person_id}", role="operator")
async def person(visit: Visit) -> Response:
    """Show all that is known of somebody, their credit, and what operators did to them."""
    person_id = visit.params["person_id"]
    case, credit, actions = await together(
        visit.get("accounts", f"/operations/people/{person_id}", PersonCase),
        or_away(visit.get("payments", "/credit", CreditView, client_id=person_id)),
        visit.get("accounts", "/operations/actions", Page[OperatorActionView], object_id=person_id),
    )
    by: list[UUID | None] = [each.person_id for each in actions.items]
    for each in case.suspensions:
        by += (each.suspended_by, each.reinstated_by)
    return visit.show(
        "operator/person.html",
        person=case,
        credit=credit,
        actions=actions.items,
        names=await names_of(visit, by),
        held=next((each for each in case.suspensions if each.reinstated_at is None), None),
    )


@pages.post(PEOPLE + "/{person_id}/suspension", role="operator", again=person)
async def suspend(visit: Visit) -> Response:
    """Keep somebody out."""
    person_id, reason = visit.params["person_id"], visit.form.text("reason")
    visit.form.must_be_filled_in()
    body = SuspendPerson(reason=reason)
    path = f"/operations/people/{person_id}/suspension"
    await visit.send("POST", "accounts", path, body, PersonCase)
    return visit.go(f"{PEOPLE}/{person_id}", say=_("This person is signed out and kept out."))


@pages.post(PEOPLE + "/{person_id}/reinstatement", role="operator", again=person)
async def reinstate(visit: Visit) -> Response:
    """Let somebody in again."""
    person_id, reason = visit.params["person_id"], visit.form.text("reason")
    visit.form.must_be_filled_in()
    body = ReinstatePerson(reason=reason)
    path = f"/operations/people/{person_id}/reinstatement"
    await visit.send("POST", "accounts", path, body, PersonCase)
    return visit.go(f"{PEOPLE}/{person_id}", say=_("This person can sign in again."))


@pages.post(PEOPLE + "/{person_id}/credit", role="operator", again=person)
async def refund_credit(visit: Visit) -> Response:
    """Pay a client's credit back; much money waits for a second operator."""
    person_id = visit.params["person_id"]
    amount, reason = visit.form.yen("amount"), visit.form.text("reason")
    visit.form.must_be_filled_in()
    body = RefundCredit(
        amount=PositiveMoney(amount=amount), client_id=UUID(person_id), reason=reason
    )
    answer = await visit.send("POST", "payments", "/credit/refunds", body, or_approval(CreditView))
    if isinstance(answer, ApprovalView):
        return visit.go(
            "/operator/approvals", say=_("It waits for a second operator."), mood="calm"
        )
    return visit.go(f"{PEOPLE}/{person_id}", say=_("The credit is being paid back."))


@pages.get(REPORTS, role="operator")
async def reports(visit: Visit) -> Response:
    """Show what people told the operators of, until something was done about it."""
    found = await visit.get(
        "contracts", "/reports", Page[ReportView], after=visit.query.get("after")
    )
    involved = [each for one in found.items for each in (one.made_by, one.subject_id)]
    return visit.show("operator/reports.html", reports=found, names=await names_of(visit, involved))


@pages.post(REPORTS + "/{report_id}/closure", role="operator", again=reports)
async def close_report(visit: Visit) -> Response:
    """Say what was done about a report."""
    outcome = visit.form.text("outcome")
    visit.form.must_be_filled_in()
    path = f"/reports/{visit.params['report_id']}/closure"
    await visit.send("POST", "contracts", path, CloseReport(outcome=outcome), ReportView)
    return visit.go(REPORTS, say=_("The report is closed."))


@pages.get("/operator/audit", role="operator")
async def audit(visit: Visit) -> Response:
    """Show what operators did in a service, newest first."""
    service = whose(visit)
    asked = {name: visit.query.get(name, "").strip() or None for name in ("by", "about", "after")}
    by = None
    with suppress(ValueError):
        by = UUID(asked["by"] or "")
    try:
        found = await visit.get(
            service,
            "/operations/actions",
            Page[OperatorActionView],
            person_id=by,
            object_id=asked["about"],
            after=asked["after"],
        )
    except Refused as refused:
        if refused.code != "validation_failed":
            raise
        found = Page[OperatorActionView](items=(), next=None)
    return visit.show(
        "operator/audit.html",
        service=service,
        services=SERVICES,
        actions=found,
        names=await names_of(visit, (each.person_id for each in found.items)),
        by=by,
        about=asked["about"] or "",
    )
