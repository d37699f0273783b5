"""The operator's money: at a glance, the books beside the processor's, and what is owed."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from starlette.responses import Response

from services.web import charts
from services.web.backend import Refused
from services.web.formats import month as in_words
from services.web.formats import yen
from services.web.i18n import _
from services.web.pages.operator_shared import (
    SERVICES,
    WITH_APPROVALS,
    names_of,
    or_approval,
    or_away,
)
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.books import (
    AccountBalanceView,
    MonthlyIncomeView,
    ReconciliationSummary,
    ReconciliationView,
    TraceView,
    TrialBalanceView,
)
from shared.messages.contracts import DisputeView
from shared.messages.operations import ApprovalView, QueuesView
from shared.messages.payments import (
    ChargebackView,
    FraudWarningView,
    LatePayableView,
    RefundMilestone,
    RefundView,
)
from shared.messages.programs import SponsorView
from shared.messages.talk import ReportView
from shared.money import PositiveMoney

pages = Pages()

# What we hold of others, in the order in which it comes and goes.
TAXES = ("liability:withholding", "liability:consumption_tax")
WALLETS = (
    "liability:sponsor_wallet",
    "liability:sponsorship_reserved",
    "liability:partner_payable",
)
PEOPLE = (
    "liability:escrow",
    "liability:assistant_payable",
    "liability:payout_in_transit",
    "liability:refunds_payable",
    "liability:client_credit",
)
HELD = (*PEOPLE, *WALLETS, *TAXES)
MONTHS = 6
SOME = 100


@pages.get("/home", role="operator")
async def home(visit: Visit) -> Response:
    """Begin where an operator begins."""
    return visit.go("/operator")


@pages.get("/operator", role="operator")
async def overview(visit: Visit) -> Response:
    """Show the money at a glance, and what waits for an operator."""
    balance, months, runs, waiting, queues = await together(
        visit.get("payments", "/books/trial-balance", TrialBalanceView),
        visit.get("payments", "/books/income", list[MonthlyIncomeView], months=MONTHS),
        visit.get("payments", "/reconciliations", Page[ReconciliationSummary], limit=1),
        _waiting(visit),
        _queues(visit),
    )
    sums = {each.account: each.credit - each.debit for each in balance.accounts}
    fees = {date.fromisoformat(f"{each.month}-01"): each.amount for each in months}
    return visit.show(
        "operator/overview.html",
        sums=sums,
        held=HELD,
        names=account_names(),
        held_chart=_held_chart(sums),
        fees=[(in_words(month), amount) for month, amount in fees.items()],
        fees_chart=charts.by_month(_("Fees by month"), fees),
        run=next(iter(runs.items), None),
        difference=balance.difference,
        waiting=waiting,
        queues=queues,
    )


async def _waiting(visit: Visit) -> dict[str, int | None]:
    """Return how many of each kind wait for an operator; None where a service doesn't answer."""
    asked = {
        "disputes": visit.get("contracts", "/disputes", Page[DisputeView], limit=SOME),
        "reports": visit.get("contracts", "/reports", Page[ReportView], limit=SOME),
        "chargebacks": visit.get("payments", "/chargebacks", Page[ChargebackView], limit=SOME),
        "late": visit.get("payments", "/late-payables", list[LatePayableView], limit=SOME),
        "refunds": visit.get("payments", "/failed-refunds", list[RefundView], limit=SOME),
        "sponsors": visit.get(
            "programs", "/sponsors", Page[SponsorView], status="waiting", limit=SOME
        ),
    } | {
        f"approvals_{service}": visit.get(
            service, "/operations/approvals", Page[ApprovalView], status="waiting", limit=SOME
        )
        for service in WITH_APPROVALS
    }
    answers = await together(*(or_away(each) for each in asked.values()))
    found: dict[str, int | None] = {
        name: _count(name, answer) for name, answer in zip(asked, answers, strict=True)
    }
    approvals = [found.pop(f"approvals_{service}") for service in WITH_APPROVALS]
    return found | {"approvals": sum(each or 0 for each in approvals)}


def _count(name: str, answer: Any) -> int | None:
    if answer is None:
        return None
    items: Sequence[Any] = answer if isinstance(answer, list) else answer.items
    if name == "chargebacks":
        return sum(each.closed_at is None for each in items)
    return len(items)


async def _queues(visit: Visit) -> list[QueuesView]:
    asked = (visit.get(service, "/operations/queues", QueuesView) for service in SERVICES)
    found = await together(*(or_away(each) for each in asked))
    return [each for each in found if each is not None]


def _held_chart(sums: Mapping[str, int]) -> Any:
    labels = account_names()
    held = {labels[each]: sums.get(each, 0) for each in PEOPLE}
    held[_("Programs of sponsors")] = sum(sums.get(each, 0) for each in WALLETS)
    held[_("Taxes to be paid")] = sum(sums.get(each, 0) for each in TAXES)
    parts = [
        charts.Part(label, amount, yen(amount), tone)
        for tone, (label, amount) in enumerate(held.items())
        if amount > 0
    ]
    whole = yen(sum(each.value for each in parts))
    return charts.stacked(
        _("Money that we hold for others"), _("%(whole)s in all", whole=whole), parts
    )


def account_names() -> dict[str, str]:
    """Return what the accounts of the books are called."""
    return {
        "asset:processor_balance": _("With the payment processor"),
        "asset:payee_balance": _("With the processor, of payees"),
        "asset:cash_in_transit": _("Cash on its way"),
        "asset:bank": _("Bank account"),
        "asset:dispute_receivable": _("Taken back by banks, undecided"),
        "asset:assistant_receivable": _("Owed to us by assistants"),
        "liability:escrow": _("In escrow"),
        "liability:assistant_payable": _("Payable to assistants"),
        "liability:payout_in_transit": _("Payouts on their way"),
        "liability:refunds_payable": _("Refunds on their way"),
        "liability:client_credit": _("Credit of clients"),
        "liability:sponsor_wallet": _("Free in wallets of sponsors"),
        "liability:sponsorship_reserved": _("Set aside in wallets"),
        "liability:partner_payable": _("Tuition owed to partners"),
        "liability:consumption_tax": _("Consumption tax"),
        "liability:withholding": _("Income tax withheld"),
        "income:platform_fee": _("Platform fees"),
        "income:transfer_fee": _("Transfer fees"),
        "expense:processor_fee": _("Fees of the processor"),
        "expense:dispute_fee": _("Fees for chargebacks"),
        "expense:chargeback_loss": _("Losses by chargebacks"),
        "outside:client": _("(outside) the client"),
        "outside:assistant": _("(outside) the assistant"),
        "outside:assistant_bank": _("(outside) the assistant's bank"),
        "outside:tax_office": _("(outside) the tax office"),
        "outside:other_milestone": _("(outside) another milestone"),
        "outside:elsewhere": _("(outside) elsewhere"),
    }


def fact_names() -> dict[str, str]:
    """Return what the facts of the posting table are called."""
    return {
        "captured": _("Money came in"),
        "credit_used": _("Paid from credit"),
        "credit_refund_asked": _("Credit to be paid back"),
        "released": _("Released"),
        "receivable_set_off": _("Set off against what is owed"),
        "refund_asked": _("Refund asked for"),
        "refund_after_release": _("Refund after the release"),
        "refund_confirmed": _("Refund made"),
        "refund_failed": _("Refund failed"),
        "payout_requested": _("Payout requested"),
        "payout_transferred": _("Moved to the payee"),
        "payout_sent": _("Sent to the bank"),
        "payout_paid": _("Arrived at the bank"),
        "payout_failed": _("Payout failed"),
        "payout_returned": _("Sent back by the bank"),
        "payout_declined": _("Payout declined"),
        "payout_taken_back": _("Payout taken back"),
        "chargeback_opened": _("Chargeback opened"),
        "chargeback_won": _("Chargeback won"),
        "chargeback_lost": _("Chargeback lost"),
        "escrow_to_credit": _("From escrow to credit"),
        "escrow_moved": _("Moved to another milestone"),
        "withholding_remitted": _("Paid to the tax office"),
        "wallet_topped_up": _("Paid into a wallet"),
        "sponsorship_reserved": _("Set aside in a wallet"),
        "sponsorship_settled": _("Owed out of a wallet"),
        "sponsorship_returned": _("Free in a wallet again"),
        "sponsorship_taken_back": _("A sponsored fee, back in the wallet"),
        "wallet_refund_asked": _("Wallet to be paid back"),
        "wallet_charged_back": _("Wallet charged back"),
        "wallet_loss_made_up": _("Loss of a wallet made up for"),
        "partner_paid": _("Tuition paid to a partner"),
    }


def named(balances: Iterable[AccountBalanceView]) -> list[tuple[str, AccountBalanceView]]:
    """Return balances with what their accounts are called."""
    names = account_names()
    return [(names.get(each.account, each.account), each) for each in balances]


@pages.get("/operator/chargebacks", role="operator")
async def chargebacks(visit: Visit) -> Response:
    """Show payments that banks took back, and where they suspect fraud."""
    found, warnings = await together(
        visit.get("payments", "/chargebacks", Page[ChargebackView], after=visit.query.get("after")),
        visit.get("payments", "/fraud-warnings", list[FraudWarningView]),
    )
    return visit.show("operator/chargebacks.html", chargebacks=found, warnings=warnings)


@pages.get("/operator/owed", role="operator")
async def owed(visit: Visit) -> Response:
    """Show what the law wants paid soon, and refunds that failed."""
    late, failed = await together(
        visit.get("payments", "/late-payables", list[LatePayableView], limit=SOME),
        visit.get("payments", "/failed-refunds", list[RefundView], limit=SOME),
    )
    names = await names_of(visit, (each.assistant_id for each in late))
    return visit.show("operator/owed.html", late=late, failed=failed, names=names)


@pages.post("/operator/refunds/{refund_id}/retry", role="operator", again=owed)
async def retry_refund(visit: Visit) -> Response:
    """Try a refund once more."""
    path = f"/refunds/{visit.params['refund_id']}/retry"
    await visit.send("POST", "payments", path, None, RefundView)
    return visit.go("/operator/owed", say=_("The refund is being tried again."))


@pages.get("/operator/reconciliation", role="operator")
async def reconciliation(visit: Visit) -> Response:
    """Show the runs, and all accounts of the books."""
    runs, balance = await together(
        visit.get(
            "payments",
            "/reconciliations",
            Page[ReconciliationSummary],
            after=visit.query.get("after"),
        ),
        visit.get("payments", "/books/trial-balance", TrialBalanceView),
    )
    return visit.show(
        "operator/reconciliation.html", runs=runs, balance=balance, accounts=named(balance.accounts)
    )


@pages.post("/operator/reconciliation", role="operator", again=reconciliation)
async def reconcile(visit: Visit) -> Response:
    """Compare the books with the processor's statements now."""
    run = await visit.send("POST", "payments", "/reconciliations", None, ReconciliationView)
    return visit.go(
        f"/operator/reconciliation/{run.reconciliation_id}", say=_("The books were compared.")
    )


@pages.get("/operator/reconciliation/{run_id}", role="operator")
async def reconciliation_run(visit: Visit) -> Response:
    """Show a run, and each line that has no partner."""
    run = await visit.get(
        "payments", f"/reconciliations/{visit.params['run_id']}", ReconciliationView
    )
    return visit.show("operator/reconciliation_run.html", run=run)


@pages.get("/operator/trace", role="operator")
async def trace(visit: Visit) -> Response:
    """Show the way of some money, from the charge to the bank, as a picture and as a table."""
    # After a refused refund the name is in the path.
    name = visit.query.get("of", visit.params.get("milestone_id", "")).strip()
    found, drawn, unknown = None, "", False
    if name:
        try:
            found, drawn = await together(
                visit.get("payments", f"/traces/{name}", TraceView), _drawn(visit, name)
            )
        except Refused as refused:
            if refused.status >= 500:  # noqa: PLR2004  (the service, not the name)
                raise
            unknown = True
    return visit.show(
        "operator/trace.html",
        name=name,
        trace=found,
        drawn=drawn,
        unknown=unknown,
        accounts=account_names(),
        facts=fact_names(),
        owners=await names_of(visit, _owners(found)),
    )


async def _drawn(visit: Visit, name: str) -> str:
    answer = await visit.ask("GET", "payments", f"/traces/{name}", params={"format": "svg"})
    return answer.content.decode()


def _owners(found: TraceView | None) -> list[UUID]:
    owners = {node.owner for node in found.nodes} if found else set()
    ids = []
    for owner in owners:
        with suppress(ValueError, TypeError, AttributeError):
            ids.append(UUID(owner))
    return ids


@pages.post("/operator/trace/{milestone_id}/refund", role="operator", again=trace)
async def refund(visit: Visit) -> Response:
    """Give a part of a milestone's price back; much money waits for a second operator."""
    milestone_id = visit.params["milestone_id"]
    price, reason = visit.form.yen("price"), visit.form.text("reason")
    visit.form.must_be_filled_in()
    body = RefundMilestone(price=PositiveMoney(amount=price), reason=reason)
    answer = await visit.send(
        "POST",
        "payments",
        f"/milestones/{milestone_id}/refunds",
        body,
        or_approval(list[RefundView]),
    )
    if isinstance(answer, ApprovalView):
        return visit.go(
            "/operator/approvals", say=_("It waits for a second operator."), mood="calm"
        )
    return visit.go(f"/operator/trace?of={milestone_id}", say=_("The money goes back."))
