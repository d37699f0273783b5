"""Disputes with the whole case and their decision; money that waits for a second operator."""

from uuid import UUID

from starlette.responses import Response

from services.web.i18n import _
from services.web.pages.operator_shared import WITH_APPROVALS, names_of, or_approval
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.contracts import ContractView, DecideDispute, DisputeView
from shared.messages.operations import ApprovalView, RefuseApproval
from shared.money import YenPart

pages = Pages()

BASE = "/operator/disputes"
APPROVALS = "/operator/approvals"
SOME = 50


@pages.get(BASE, role="operator")
async def disputes(visit: Visit) -> Response:
    """Show the disputes that are to be decided, oldest first."""
    found = await visit.get(
        "contracts", "/disputes", Page[DisputeView], after=visit.query.get("after")
    )
    parties = [each for one in found.items for each in (one.client_id, one.assistant_id)]
    return visit.show(
        "operator/disputes.html", disputes=found, names=await names_of(visit, parties)
    )


@pages.get(BASE + "/{dispute_id}", role="operator")
async def dispute(visit: Visit) -> Response:
    """Show the whole case: what each says, the work with its files, the terms, what happened."""
    found = await visit.get("contracts", f"/disputes/{visit.params['dispute_id']}", DisputeView)
    contract, waiting, names = await together(
        visit.get("contracts", f"/{found.contract_id}", ContractView),
        visit.get(
            "contracts", "/operations/approvals", Page[ApprovalView], status="waiting", limit=100
        ),
        names_of(visit, (found.client_id, found.assistant_id)),
    )
    [milestone] = [each for each in contract.milestones if each.milestone_id == found.milestone_id]
    terms = contract.terms.milestones
    agreed = next((each for each in terms if each.milestone_id == found.milestone_id), None)
    return visit.show(
        "operator/dispute.html",
        dispute=found,
        contract=contract,
        milestone=milestone,
        agreed=agreed,
        names=names,
        waits=next((each for each in waiting.items if each.subject == found.dispute_id), None),
    )


@pages.post(BASE + "/{dispute_id}/decision", role="operator", again=dispute)
async def decide(visit: Visit) -> Response:
    """Divide what is left; much money waits for a second operator."""
    dispute_id = visit.params["dispute_id"]
    contract_id = visit.form.uuid("contract_id")
    to_assistant, reason = visit.form.yen("to_assistant"), visit.form.text("reason")
    visit.form.must_be_filled_in()
    answer = await visit.send(
        "POST",
        "contracts",
        f"/{contract_id}/disputes/{dispute_id}/decision",
        DecideDispute(to_assistant=YenPart(amount=to_assistant), reason=reason),
        or_approval(DisputeView),
    )
    if isinstance(answer, ApprovalView):
        return visit.go(APPROVALS, say=_("It waits for a second operator."), mood="calm")
    return visit.go(f"{BASE}/{dispute_id}", say=_("The dispute is decided."))


@pages.get(BASE + "/{dispute_id}/files/{file_id}", role="operator")
async def file(visit: Visit) -> Response:
    """Pass on a file of the case."""
    found = await visit.get("contracts", f"/disputes/{visit.params['dispute_id']}", DisputeView)
    return await visit.download(
        "contracts", f"/{found.contract_id}/files/{visit.params['file_id']}"
    )


@pages.get(APPROVALS, role="operator")
async def approvals(visit: Visit) -> Response:
    """Show what waits for a second operator, and what was decided lately."""
    found = await together(
        *(
            visit.get(service, "/operations/approvals", Page[ApprovalView], limit=SOME)
            for service in WITH_APPROVALS
        )
    )
    listed = [
        (service, each)
        for service, answer in zip(WITH_APPROVALS, found, strict=True)
        for each in answer.items
    ]
    listed.sort(key=lambda pair: pair[1].asked_at, reverse=True)
    people: list[UUID | None] = []
    for _service, each in listed:
        people += (each.asked_by, each.decided_by)
        people += (each.subject,) if each.kind == "credit_refund" else ()
    return visit.show(
        "operator/approvals.html",
        waiting=[pair for pair in listed if pair[1].status == "waiting"],
        decided=[pair for pair in listed if pair[1].status != "waiting"][:SOME],
        names=await names_of(visit, people),
    )


@pages.post(APPROVALS + "/{service}/{approval_id}/approval", role="operator", again=approvals)
async def approve(visit: Visit) -> Response:
    """Have it carried out."""
    await visit.send("POST", _service(visit), _path(visit, "approval"), None, ApprovalView)
    return visit.go(APPROVALS, say=_("It is carried out."))


@pages.post(APPROVALS + "/{service}/{approval_id}/refusal", role="operator", again=approvals)
async def refuse(visit: Visit) -> Response:
    """Say no to it, or take back what one has asked for oneself."""
    reason = visit.form.text("reason")
    visit.form.must_be_filled_in()
    body = RefuseApproval(reason=reason)
    await visit.send("POST", _service(visit), _path(visit, "refusal"), body, ApprovalView)
    return visit.go(APPROVALS, say=_("It is refused: nothing was done."), mood="calm")


def _service(visit: Visit) -> str:
    asked = str(visit.params["service"])
    return asked if asked in WITH_APPROVALS else WITH_APPROVALS[0]


def _path(visit: Visit, act: str) -> str:
    return f"/operations/approvals/{visit.params['approval_id']}/{act}"
