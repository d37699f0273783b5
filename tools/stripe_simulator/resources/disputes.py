"""Disputes (chargebacks): the amount and a fee are taken at once, and the amount comes back if won.

An inquiry (`warning_…`) is a question of the bank first: no money moves, and refunds stay possible,
unless it becomes a chargeback. Only cards can be disputed in Japan.

Evidence whose `uncategorized_text` is `winning_evidence` or `losing_evidence` decides at once, as
in Stripe's test mode.
"""

from typing import Any

from tools.stripe_simulator.config import DAY
from tools.stripe_simulator.errors import invalid, refused
from tools.stripe_simulator.events import emit, on
from tools.stripe_simulator.ids import new_id
from tools.stripe_simulator.ledger import book
from tools.stripe_simulator.lists import page
from tools.stripe_simulator.metadata import merged
from tools.stripe_simulator.operations import Operation
from tools.stripe_simulator.simulator import Call, Simulator, public
from tools.stripe_simulator.store import Obj
from tools.stripe_simulator.tables import DISPUTE_FEE, DISPUTE_REASONS
from tools.stripe_simulator.timers import timer

URL = "/v1/disputes"
WARNINGS = "/v1/radar/early_fraud_warnings"
WARNING = "radar.early_fraud_warning"
ANSWER_DAYS = 9
INQUIRY_DAYS = 120
OPEN = frozenset({"needs_response", "under_review"})
ANSWERABLE = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}
INQUIRIES = frozenset({"warning_needs_response", "warning_under_review"})
VERDICTS = {"winning_evidence": "won", "losing_evidence": "lost"}

_EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)


def retrieve(call: Call) -> Obj:
    """Return a dispute."""
    return call.find("dispute", "dispute")


def listed(call: Call) -> Obj:
    """Return the disputes that match, newest first."""
    names = ("charge", "payment_intent")
    return page(call, "dispute", URL, {name: call.get(name) for name in names})


def update(call: Call) -> Obj:
    """Add evidence, and send it to the bank unless `submit` is false."""
    simulator = call.simulator
    dispute = call.find("dispute", "dispute")
    dispute["metadata"] = merged(dispute, call.get("metadata"))
    evidence = call.get("evidence") or {}
    if evidence:
        if dispute["status"] not in ANSWERABLE:
            raise refused("dispute_closed", "This dispute takes no more evidence.")
        dispute["evidence"].update(evidence)
        dispute["evidence_details"]["has_evidence"] = True
    submit = call.get("submit", True) and dispute["evidence_details"]["has_evidence"]
    if submit and dispute["status"] in ANSWERABLE:
        dispute["status"] = ANSWERABLE[dispute["status"]]
        details = dispute["evidence_details"]
        details["submission_count"] += 1
        details["submission_method"] = "manual"
    simulator.save(dispute)
    emit(simulator, "charge.dispute.updated", dispute, call.account, previous={})
    verdict = VERDICTS.get(dispute["evidence"]["uncategorized_text"] or "")
    if verdict and dispute["status"] == "under_review":
        decide(simulator, dispute, verdict)
    return dispute


def close(call: Call) -> Obj:
    """Give a dispute up: it's lost."""
    dispute = call.find("dispute", "dispute")
    decide(call.simulator, dispute, "lost")
    return dispute


@timer("dispute.open")
def open_for(simulator: Simulator, charge_id: str) -> None:
    """Open the dispute that a test card announced."""
    charge = simulator.get("charge", charge_id)
    if not charge["disputed"] and not charge["refunded"]:
        open_dispute(simulator, charge, "fraudulent", None)


def open_dispute(
    simulator: Simulator, charge: Obj, reason: str, amount: int | None, *, inquiry: bool = False
) -> Obj:
    """Let the payer's bank take (part of) a charge back, with Stripe's fee on top, or only ask."""
    if charge["payment_method_details"]["type"] != "card":
        raise refused("charge_not_disputable", "Only payments by card are disputed in Japan.")
    if charge["disputed"]:
        raise refused("charge_disputed", f"Charge {charge['id']} is disputed already.")
    left = charge["amount_captured"] - charge["amount_refunded"]
    dispute = _new(simulator, charge, reason, amount or left)
    account = simulator.store.owner(charge["id"])
    if inquiry:
        dispute.update(status="warning_needs_response", is_charge_refundable=True)
        dispute["payment_method_details"]["card"]["case_type"] = "inquiry"
        simulator.add(dispute, account)
        emit(simulator, "charge.dispute.created", dispute, account)
        simulator.later(INQUIRY_DAYS * DAY, "inquiry.over", dispute["id"])
        return dispute
    simulator.add(dispute, account)
    _withdraw(simulator, dispute, account, "charge.dispute.created")
    return dispute


def escalate(simulator: Simulator, dispute: Obj) -> None:
    """Make a chargeback of an inquiry."""
    if dispute["status"] not in INQUIRIES:
        raise refused("dispute_closed", f"This dispute is {dispute['status']}.")
    dispute.update(status="needs_response", is_charge_refundable=False)
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    # What was told as an answer to the inquiry is not an answer to the chargeback.
    dispute["evidence_details"].update(
        due_by=simulator.now + ANSWER_DAYS * DAY,
        submission_count=0,
        submission_method="not_submitted",
    )
    account = simulator.store.owner(dispute["id"])
    _withdraw(simulator, dispute, account, "charge.dispute.updated")


@timer("inquiry.over")
def close_inquiry(simulator: Simulator, dispute_id: str) -> None:
    """Close an inquiry that became no chargeback."""
    dispute = simulator.get("dispute", dispute_id)
    if dispute["status"] in INQUIRIES:
        simulator.save(dispute, status="warning_closed")
        account = simulator.store.owner(dispute_id)
        emit(simulator, "charge.dispute.closed", dispute, account)


def _withdraw(simulator: Simulator, dispute: Obj, account: str, told: str) -> None:
    charge = simulator.get("charge", dispute["charge"])
    debit = book(
        simulator,
        account,
        kind="adjustment",
        category="dispute",
        amount=-dispute["amount"],
        fee=DISPUTE_FEE,
        fee_description="Dispute fee",
        source=dispute["id"],
        description=f"Chargeback withdrawal for {charge['id']}",
    )
    simulator.save(dispute, balance_transactions=[public(debit)])
    simulator.save(charge, disputed=True)
    if told == "charge.dispute.updated":
        emit(simulator, told, dispute, account, previous={"status": "warning_needs_response"})
    else:
        emit(simulator, told, dispute, account)
    emit(simulator, "charge.dispute.funds_withdrawn", dispute, account)
    simulator.later(ANSWER_DAYS * DAY, "dispute.overdue", dispute["id"])


@timer("dispute.overdue")
def overdue(simulator: Simulator, dispute_id: str) -> None:
    """Lose a dispute that nobody answered in time."""
    dispute = simulator.get("dispute", dispute_id)
    if dispute["status"] == "needs_response":
        dispute["evidence_details"]["past_due"] = True
        decide(simulator, dispute, "lost")


def decide(simulator: Simulator, dispute: Obj, outcome: str) -> None:
    """Close a dispute: `won` gives the amount back, `lost` doesn't; the fee is gone either way."""
    if outcome not in {"won", "lost"}:
        raise invalid("outcome must be won or lost")
    if dispute["status"] not in OPEN:
        raise refused("dispute_closed", f"This dispute is {dispute['status']} already.")
    account = simulator.store.owner(dispute["id"])
    if outcome == "won":
        credit = book(
            simulator,
            account,
            kind="adjustment",
            category="dispute_reversal",
            amount=dispute["amount"],
            source=dispute["id"],
            description=f"Chargeback reversal for {dispute['charge']}",
        )
        dispute["balance_transactions"].append(public(credit))
        charge = simulator.get("charge", dispute["charge"])
        simulator.save(charge, _dispute_won=True)
    simulator.save(dispute, status=outcome)
    if outcome == "won":
        emit(simulator, "charge.dispute.funds_reinstated", dispute, account)
    emit(simulator, "charge.dispute.closed", dispute, account)


@timer("fraud_warning.open")
def warn_when_due(simulator: Simulator, charge_id: str) -> None:
    """Give the warning that a test card announced."""
    warn(simulator, charge_id)


def warn(simulator: Simulator, charge_id: str) -> Obj:
    """Let the payer's bank suspect fraud; no money moves."""
    charge = simulator.get("charge", charge_id)
    account = simulator.store.owner(charge_id)
    warning: Obj = {
        "id": new_id(WARNING),
        "object": WARNING,
        "actionable": not charge["disputed"] and not charge["refunded"],
        "charge": charge_id,
        "created": simulator.now,
        "fraud_type": "made_with_stolen_card",
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    simulator.add(warning, account)
    emit(simulator, f"{WARNING}.created", warning, account)
    return warning


@on("charge.refunded", "charge.dispute.funds_withdrawn")
def settle_warnings(simulator: Simulator, told: Obj) -> None:
    """Take warnings back that nobody can act on: the charge is refunded whole, or disputed."""
    charge = simulator.get("charge", told["charge"] if told["object"] == "dispute" else told["id"])
    if not charge["refunded"] and not charge["disputed"]:
        return
    account = simulator.store.owner(charge["id"])
    for warning in simulator.store.select(WARNING, account, where={"charge": charge["id"]}):
        if warning["actionable"]:
            simulator.save(warning, actionable=False)
            previous = {"actionable": True}
            emit(simulator, f"{WARNING}.updated", warning, account, previous=previous)


def retrieve_warning(call: Call) -> Obj:
    """Return an early fraud warning."""
    return call.find(WARNING, "early_fraud_warning")


def warnings(call: Call) -> Obj:
    """Return the early fraud warnings that match, newest first."""
    names = ("charge", "payment_intent")
    return page(call, WARNING, WARNINGS, {name: call.get(name) for name in names})


def _new(simulator: Simulator, charge: Obj, reason: str, amount: int) -> Obj:
    card: dict[str, Any] = charge["payment_method_details"].get("card", {})
    evidence: Obj = dict.fromkeys(_EVIDENCE)
    return {
        "id": new_id("dispute"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": simulator.now,
        "currency": "jpy",
        "enhanced_eligibility_types": [],
        "evidence": {**evidence, "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": simulator.now + ANSWER_DAYS * DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": None,
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "type": "card",
            "card": {
                "brand": card.get("brand", "visa"),
                "case_type": "chargeback",
                "network": card.get("network", "visa"),
                "network_reason_code": DISPUTE_REASONS.get(reason, "13.7"),
            },
        },
        "reason": reason,
        "status": "needs_response",
    }


_ONE = f"{URL}/{{dispute}}"
OPERATIONS = [
    Operation("GET", URL, "DisputeList", listed),
    Operation("GET", _ONE, "DisputeRetrieve", retrieve),
    Operation("POST", _ONE, "DisputeUpdate", update),
    Operation("POST", f"{_ONE}/close", "DisputeClose", close),
    Operation("GET", WARNINGS, "radar.EarlyFraudWarningList", warnings),
    Operation(
        "GET",
        f"{WARNINGS}/{{early_fraud_warning}}",
        "radar.EarlyFraudWarningRetrieve",
        retrieve_warning,
    ),
]
