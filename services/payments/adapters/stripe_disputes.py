"""What Stripe says of disputes and of suspected fraud, read afresh: events come in any order."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from services.payments.adapters.stripe_client import StripeApi
from services.payments.adapters.stripe_marks import is_ours
from services.payments.domain.news import ChargebackChanged, FraudWarned, News, NotForUs
from shared.money import Money

Json = Mapping[str, Any]

_DECIDED: Final = {"won": True, "lost": False}


def chargeback_changed(body: Json, api: StripeApi, _now: datetime) -> News:
    """Return where a dispute stands. Its balance transactions say what was taken and given back.

    An inquiry has none, and is never won or lost: it ends, or becomes a chargeback.
    """
    dispute: Any = api.read(
        lambda client: client.v1.disputes.retrieve(
            body["data"]["object"]["id"], {"expand": ["charge"]}
        )
    )
    charge = dispute.charge
    if not is_ours(charge):
        return NotForUs("a dispute of a charge that is not ours")
    currency = dispute.currency.upper()
    taken = [each for each in dispute.balance_transactions if each.amount < 0]
    due_by = dispute.evidence_details.due_by
    return ChargebackChanged(
        dispute_id=dispute.id,
        charge_id=charge.id,
        amount=Money(amount=dispute.amount, currency=currency),
        reason=dispute.reason,
        withdrawn=bool(taken),
        fee=Money(amount=sum(each.fee for each in taken), currency=currency),
        reinstated=any(each.amount > 0 for each in dispute.balance_transactions),
        won=_DECIDED.get(dispute.status),
        answer_until=datetime.fromtimestamp(due_by, UTC) if due_by else None,
        opened_at=datetime.fromtimestamp(dispute.created, UTC),
        at=datetime.fromtimestamp(body["created"], UTC),
    )


def fraud_warned(body: Json, api: StripeApi, _now: datetime) -> News:
    """Return what the client's bank suspects."""
    warning: Any = api.read(
        lambda client: client.v1.radar.early_fraud_warnings.retrieve(
            body["data"]["object"]["id"], {"expand": ["charge"]}
        )
    )
    charge = warning.charge
    if not is_ours(charge):
        return NotForUs("a warning of a charge that is not ours")
    return FraudWarned(
        warning_id=warning.id,
        charge_id=charge.id,
        fraud_type=warning.fraud_type,
        actionable=warning.actionable,
        at=datetime.fromtimestamp(warning.created, UTC),
    )
