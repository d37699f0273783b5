"""Who may do what in payments: the table of tests and of docs/rights.md."""

from collections.abc import Sequence
from typing import Any

from tests.integration.payments.november import ISSUER, NUMBER
from tests.support.matrix import NO_SUCH_APPROVAL, Matrix, Row, of_operators

MEMBERS = ("post", "fund", "accept", "see_money")
ASSISTANTS = ("assistant", "other_assistant")
COMPANY = ("client", *MEMBERS)
FUNDING = ("client", "fund")
READERS = ("client", "assistant", "see_money")
ROLES = {
    "client": "the milestone's client",
    "post": "a member of the client's company who may post",
    "fund": "… who may fund",
    "accept": "… who may accept",
    "see_money": "… who may see the money",
    "assistant": "the milestone's assistant",
    "other_client": "another client",
    "other_assistant": "another assistant",
    "operator": "an operator",
    "nobody": "who hasn't signed in",
}
SIGNED_IN = tuple(role for role in ROLES if role != "nobody")
# Whoever sends it: only what is signed by the payment processor is taken.
OF_THE_PROCESSOR = Row((), otherwise=403, refused={"nobody": 403})
PLAN = {
    "category": "writing",
    "milestones": [{"price": {"amount": 50_000}, "due_on": "2026-12-24"}],
}
PARTNER_PAYMENT = {"amount": {"amount": 1}, "paid_on": "2026-11-01", "reference": "A 1"}
PRICE = {"price": {"amount": 1_000}, "reason": "?"}


def of_client(may: Sequence[str], body: Any = None) -> Row:
    """Return a row about a client's things: strangers are not told that they are there."""
    return Row(may, body, 404, dict.fromkeys(COMPANY, 403))


ROWS: dict[str, Row] = {
    "GET milestones/{milestone_id}": of_client(READERS),
    # The client asks for a dispute instead.
    "POST milestones/{milestone_id}/refunds": Row(("operator", "assistant"), PRICE, otherwise=404),
    "POST checkouts": of_client(FUNDING, {"milestone_ids": ["{unfunded_id}"]}),
    "GET checkouts/{checkout_id}": of_client(("client", "fund", "see_money")),
    "POST checkouts/{checkout_id}/cancellation": of_client(FUNDING),
    "GET credit": Row(SIGNED_IN),
    "GET credit?client_id={client_id}": of_client(("client", "fund", "see_money", "operator")),
    "POST credit/payments": of_client(FUNDING, {"milestone_ids": ["{unfunded_id}"]}),
    "POST credit/refunds": of_client(
        (*FUNDING, "operator"), {"amount": {"amount": 1}, "client_id": "{client_id}"}
    ),
    "POST payees": Row(ASSISTANTS, {}),
    "GET payees/me": Row(("assistant",), otherwise=404),
    "POST payees/me/onboarding-links": Row(("assistant",), otherwise=404),
    "GET payees/me/registration-number": Row(("assistant",), otherwise=404),
    "PUT payees/me/registration-number": Row(ASSISTANTS, {"number": NUMBER}),
    "GET payables/me": Row(ASSISTANTS),
    "GET payouts": Row(SIGNED_IN),
    "POST payouts": Row(ASSISTANTS),
    "POST previews": Row(SIGNED_IN, PLAN),
    "GET banks?q=0001": Row(SIGNED_IN),
    "GET banks/{bank_code}/branches": Row(SIGNED_IN),
    "GET documents?month=2026-11": Row(SIGNED_IN),
    "GET documents?month=2026-11&person_id={client_id}": Row(("client", "see_money", "operator")),
    "GET documents/{kind}/{id}": of_client(("client", "see_money", "operator")),
    "GET payment-records/{year}": Row(SIGNED_IN),
    "GET issuer": Row(tuple(ROLES)),
    "PUT issuer": of_operators(ISSUER),
    "GET withholding/{month}": of_operators(),
    "POST withholding/{month}/remittance": of_operators(),
    "GET wallets/{program_id}": of_client((*FUNDING, "see_money", "operator")),
    "POST wallets/{program_id}/top-ups": of_client(FUNDING, {"amount": {"amount": 30_000}}),
    "GET wallets/{program_id}/statement?month=2026-11": of_client(
        ("client", "see_money", "operator")
    ),
    "GET wallets/{program_id}/statement.csv?month=2026-11": of_client(
        ("client", "see_money", "operator")
    ),
    "POST wallets/{program_id}/refund": of_client(FUNDING),
    "POST wallets/{program_id}/partner-payments": of_operators(PARTNER_PAYMENT),
    "GET traces/{name}": of_client((*READERS, "operator")),
    "GET books/entries": of_operators(),
    "GET books/export": of_operators(),
    "GET books/income": of_operators(),
    "GET books/months": of_operators(),
    "GET books/seal": of_operators(),
    "GET books/trial-balance": of_operators(),
    "GET reconciliations": of_operators(),
    "POST reconciliations": of_operators(),
    "GET reconciliations/{reconciliation_id}": of_operators(),
    "GET chargebacks": of_operators(),
    "GET failed-refunds": of_operators(),
    "POST refunds/{refund_id}/retry": of_operators(unmet=(404,)),
    "GET fraud-warnings": of_operators(),
    "GET late-payables": of_operators(),
    "GET people/me/export": Row(SIGNED_IN),
    "GET operations/approvals": of_operators(),
    "POST operations/approvals/{approval_id}/approval": of_operators(unmet=NO_SUCH_APPROVAL),
    "POST operations/approvals/{approval_id}/refusal": of_operators(
        {"reason": "?"}, NO_SUCH_APPROVAL
    ),
    "POST webhooks/stripe": OF_THE_PROCESSOR,
    "POST webhooks/stripe/thin": OF_THE_PROCESSOR,
}
MATRIX = Matrix("payments", ROLES, ROWS)
