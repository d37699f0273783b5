"""Who may do what in contracts: the table of tests and of docs/rights.md."""

from collections.abc import Sequence
from typing import Any

from shared.ids import new_id
from tests.support.matrix import NO_SUCH_APPROVAL, Matrix, Row

MILESTONE = "{contract_id}/milestones/{milestone_id}"
DISPUTE = "{contract_id}/disputes/{dispute_id}"
AMENDMENT = "{contract_id}/amendments/{amendment_id}"
HAND_OVER = "{contract_id}/hand-overs/{hand_over_id}"
TEXT = {"text": "?"}
REASON = {"reason": "?"}
PART = {"amount": 1}
HOURS = {"day": "2026-05-01", "minutes": 60}

# Who may do what to a contract of theirs. The client's rights are those of a company's members.
PARTIES = ("client", "assistant", "accept")
CLIENT = ("client", "accept")
FUNDING = ("client", "fund")
ASSISTANT = ("assistant",)
SUBSTITUTE = ("substitute",)
OPERATOR = ("operator",)
MEMBERS = ("post", "fund", "accept", "see_money")
EVERY_SIDE = ("client", "assistant", *MEMBERS)
# An operator reads a contract while something in it is disputed.
READERS = (*EVERY_SIDE, "operator")
ROLES = {
    "client": "the contract's client",
    "post": "a member of the client's company who may post",
    "fund": "… who may fund",
    "accept": "… who may accept",
    "see_money": "… who may see the money",
    "assistant": "the contract's assistant",
    "substitute": "the assistant to whom a milestone is to be handed over",
    "other_client": "another contract's client",
    "other_assistant": "another contract's assistant",
    "operator": "an operator (of a contract in which something is disputed)",
    "nobody": "who hasn't signed in",
}
# The contract of the tests is none.
NO_RETAINER = (404,)
# Its milestone is disputed, and so nothing more is shared.
OVER = (404,)
SIGNED_IN = tuple(role for role in ROLES if role != "nobody")


def of_contract(may: Sequence[str], body: Any = None, unmet: Sequence[int] = ()) -> Row:
    """Return a row about a contract: strangers are not told that it is there."""
    return Row(may, body, 404, dict.fromkeys(EVERY_SIDE, 403), unmet)


ROWS: dict[str, Row] = {
    "GET ": Row(SIGNED_IN),
    "GET {contract_id}": of_contract(READERS),
    f"POST {MILESTONE}/deliveries": of_contract(ASSISTANT, TEXT),
    f"POST {MILESTONE}/deliveries/{{delivery_id}}/comments": of_contract(EVERY_SIDE, TEXT),
    f"POST {MILESTONE}/change-requests": of_contract(CLIENT, {"comment": "?"}),
    f"POST {MILESTONE}/partial-acceptances": of_contract(CLIENT, {"price": PART, "comment": "?"}),
    f"POST {MILESTONE}/acceptance": of_contract(CLIENT),
    f"POST {MILESTONE}/ending": of_contract(PARTIES, REASON),
    f"POST {MILESTONE}/ending/agreement": of_contract(PARTIES),
    f"POST {MILESTONE}/disputes": of_contract(PARTIES, REASON),
    f"POST {MILESTONE}/hand-overs": of_contract(
        PARTIES, {"substitute_id": str(new_id()), "to_assistant": PART, "note": "?"}, (404,)
    ),
    "GET {contract_id}/hand-overs": of_contract(EVERY_SIDE),
    f"POST {HAND_OVER}/consent": of_contract(PARTIES, {}),
    f"POST {HAND_OVER}/refusal": of_contract(PARTIES),
    "GET hand-overs": Row(SIGNED_IN),
    "GET hand-overs/{hand_over_id}": Row(SUBSTITUTE, otherwise=404),
    "GET hand-overs/{hand_over_id}/files/{file_id}": Row(SUBSTITUTE, otherwise=404, unmet=OVER),
    "POST hand-overs/{hand_over_id}/consent": Row(SUBSTITUTE, otherwise=404),
    "POST hand-overs/{hand_over_id}/refusal": Row(SUBSTITUTE, otherwise=404),
    "GET disputes": Row(OPERATOR),
    "GET disputes/{dispute_id}": Row(OPERATOR),
    f"POST {DISPUTE}/answers": of_contract(ASSISTANT, TEXT),
    f"POST {DISPUTE}/statements": of_contract(PARTIES, TEXT),
    f"POST {DISPUTE}/settlement": of_contract(PARTIES, {"to_assistant": PART}),
    f"POST {DISPUTE}/decision": Row(OPERATOR, {"to_assistant": PART, "reason": "?"}),
    "GET {contract_id}/amendments": of_contract(EVERY_SIDE),
    "POST {contract_id}/amendments": of_contract(
        PARTIES, {"reason": "?", "milestones": []}, (422,)
    ),
    f"POST {AMENDMENT}/acceptance": of_contract(ASSISTANT),
    f"POST {AMENDMENT}/refusal": of_contract(ASSISTANT),
    f"POST {AMENDMENT}/withdrawal": of_contract(CLIENT),
    "GET {contract_id}/terms": of_contract(READERS),
    "GET {contract_id}/terms/{version}": of_contract(READERS),
    "GET {contract_id}/terms/{version}.json": of_contract(READERS),
    "GET {contract_id}/terms/{version}.pdf": of_contract(READERS),
    "POST {contract_id}/bonuses": of_contract(FUNDING, {"title": "?", "price": PART, "note": "?"}),
    "GET {contract_id}/date-moves": of_contract(ASSISTANT),
    "POST {contract_id}/date-moves": of_contract(ASSISTANT, {"days": 1}),
    "GET {contract_id}/retainer": of_contract(EVERY_SIDE, unmet=NO_RETAINER),
    "POST {contract_id}/retainer/notice": of_contract(PARTIES, unmet=NO_RETAINER),
    "POST {contract_id}/retainer/resumption": of_contract(FUNDING, unmet=NO_RETAINER),
    f"GET {MILESTONE}/hours": of_contract(READERS),
    f"POST {MILESTONE}/hours": of_contract(ASSISTANT, HOURS),
    f"PUT {MILESTONE}/hours/{{entry_id}}": of_contract(ASSISTANT, HOURS),
    f"DELETE {MILESTONE}/hours/{{entry_id}}": of_contract(ASSISTANT),
    "POST {contract_id}/files": of_contract(EVERY_SIDE, b"bytes"),
    "GET {contract_id}/files/{file_id}": of_contract(READERS),
    "GET messages/unread": Row(SIGNED_IN),
    "GET {contract_id}/messages": of_contract(EVERY_SIDE),
    "POST {contract_id}/messages": of_contract(EVERY_SIDE, TEXT),
    "POST {contract_id}/messages/read": of_contract(EVERY_SIDE, {"up_to": "{message_id}"}),
    "GET ratings/{account_id}": Row(SIGNED_IN),
    "GET {contract_id}/ratings": of_contract(EVERY_SIDE),
    "POST {contract_id}/ratings": of_contract(PARTIES, {"stars": 5, "comment": "?"}),
    "POST {contract_id}/ratings/reply": of_contract(PARTIES, TEXT, (404,)),
    "GET blocks": Row(SIGNED_IN),
    "PUT blocks/{account_id}": Row(SIGNED_IN),
    "DELETE blocks/{account_id}": Row(SIGNED_IN),
    "GET reports": Row(OPERATOR),
    "POST reports": Row(SIGNED_IN, {"kind": "account", "subject_id": "{account_id}", "text": "?"}),
    "POST reports/{report_id}/closure": Row(OPERATOR, {"outcome": "?"}),
    "GET people/me/export": Row(SIGNED_IN),
    "GET operations/approvals": Row(OPERATOR),
    "POST operations/approvals/{approval_id}/approval": Row(OPERATOR, unmet=NO_SUCH_APPROVAL),
    "POST operations/approvals/{approval_id}/refusal": Row(
        OPERATOR, REASON, unmet=NO_SUCH_APPROVAL
    ),
}
MATRIX = Matrix("contracts", ROLES, ROWS)
