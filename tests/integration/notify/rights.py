"""Who may do what in notify: the table of tests and of docs/rights.md."""

from collections.abc import Sequence

from tests.support.matrix import Matrix, Row, of_operators

MEMBERS = ("post", "see_money")
ROLES = {
    "client": "the account that the thing is for",
    "post": "a member of that company who may post",
    "see_money": "… who may see the money only",
    "other": "somebody else",
    "operator": "an operator",
    "nobody": "who hasn't signed in",
}
EVERYBODY = tuple(ROLES)
SIGNED_IN = tuple(role for role in ROLES if role != "nobody")
MANAGERS = ("client", "post")
# Whoever sends it: only what has the sender's own proof is taken.
WITH_PROOF = Row((), otherwise=401)
ENDPOINT = "webhooks/endpoints/{endpoint_id}"
# By the one who may before.
REMOVED = (404,)
HOOK = {"url": "https://hooks.example/tasuki"}


def of_endpoint(body: object = None, unmet: Sequence[int] = ()) -> Row:
    """Return a row about an account's endpoint: to strangers it isn't there."""
    return Row(MANAGERS, body, 404, {"see_money": 403}, unmet)


ROWS: dict[str, Row] = {
    "GET notifications": Row(SIGNED_IN),
    "GET notifications/unread": Row(SIGNED_IN),
    "POST notifications/read": Row(SIGNED_IN, {"up_to": "{notification_id}"}),
    "POST notifications/{notification_id}/read": Row(("client",), otherwise=404),
    "GET live": Row(SIGNED_IN, endless=True),
    "GET people/me/export": Row(SIGNED_IN),
    "GET preferences": Row(SIGNED_IN),
    "PUT preferences": Row(SIGNED_IN, {"choices": []}),
    "POST preferences/address/restart": Row(SIGNED_IN),
    "POST preferences/line/codes": Row(SIGNED_IN),
    "DELETE preferences/line": Row(SIGNED_IN),
    "GET unsubscriptions?token=made-up": Row(EVERYBODY),
    "POST unsubscriptions?token=made-up": Row(EVERYBODY, unmet=(404,)),
    "POST bounces": WITH_PROOF,
    "POST line/webhook": WITH_PROOF,
    "GET webhooks/event-types": Row(EVERYBODY),
    "GET webhooks/endpoints": Row(SIGNED_IN),
    "GET webhooks/endpoints?of={client_id}": of_endpoint(),
    "POST webhooks/endpoints": Row(SIGNED_IN, HOOK),
    f"GET {ENDPOINT}": of_endpoint(),
    f"PUT {ENDPOINT}": of_endpoint(HOOK),
    f"POST {ENDPOINT}/secret": of_endpoint(),
    f"POST {ENDPOINT}/ping": of_endpoint(),
    f"GET {ENDPOINT}/deliveries": of_endpoint(),
    f"POST {ENDPOINT}/deliveries/{{delivery_id}}/redelivery": of_endpoint(),
    f"DELETE {ENDPOINT}": of_endpoint(unmet=REMOVED),
    "GET operations/webhooks": of_operators(),
    "GET previews": of_operators(),
    "GET previews/{event}/{template}": of_operators(),
}
MATRIX = Matrix("notify", ROLES, ROWS)
