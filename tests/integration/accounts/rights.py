"""Who may do what in accounts: the table of tests and of docs/rights.md."""

from collections.abc import Sequence
from typing import Any

from tests.integration.accounts.test_api import HANAKO
from tests.support.matrix import Matrix, Row, of_operators

ROLES = {
    "person": "whose account, session and token it is, and an administrator of the company",
    "member": "a member of the company",
    "invited": "somebody with whose address an invitation to it was made",
    "other": "somebody else (an assistant)",
    "operator": "an operator",
    "program": "a program with a personal access token of the person (`accounts:read`)",
    "nobody": "who hasn't signed in",
}
SIGNED_IN = ("person", "member", "invited", "other", "operator")
READERS = (*SIGNED_IN, "program")
VISITORS = (*SIGNED_IN, "nobody")
OWN = ("person",)
COMPANY = "companies/{company_id}"
PASSWORD = HANAKO["password"]
SECRET = "made-up-made-up-made-up-made-up-made-up-mad"
PASSKEY = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}


def own(may: Sequence[str], body: Any = None, unmet: Sequence[int] = ()) -> Row:
    """Return a row about what is the caller's own."""
    return Row(may, body, unmet=unmet)


def of_person(body: Any = None, unmet: Sequence[int] = ()) -> Row:
    """Return a row about one thing of the person's: to the others it isn't there."""
    return Row(OWN, body, 404, {"program": 403}, unmet)


def of_company(may: Sequence[str], body: Any = None, unmet: Sequence[int] = ()) -> Row:
    """Return a row about a company: to who isn't in it, it isn't there."""
    return Row(may, body, 404, {"member": 403, "program": 403}, unmet)


def public(body: Any = None, unmet: Sequence[int] = ()) -> Row:
    """Return a row that is for whoever has the right secret; here it is made up."""
    return Row(VISITORS, body, unmet=unmet)


WRONG = (401, 404, 409, 422, 429)
ROWS: dict[str, Row] = {
    "GET .well-known/jwks.json": Row(tuple(ROLES)),
    "POST people": public(HANAKO | {"email": "new@example.jp"}, (429,)),
    "POST people/confirmation": public({"secret": SECRET}, WRONG),
    "POST people/confirmation-letters": public({"email": "new@example.jp"}, (429,)),
    "POST people/email-confirmation": public({"secret": SECRET}, WRONG),
    "POST password-resets": public({"email": "new@example.jp"}, (429,)),
    "POST password-resets/redemption": public({"secret": SECRET, "new": PASSWORD}, WRONG),
    "POST sessions": public({"email": "new@example.jp", "password": PASSWORD}, WRONG),
    "POST sessions/refresh": public({"refresh_token": SECRET}, WRONG),
    "POST sessions/second-factor": public({"challenge": SECRET, "totp": "123456"}, WRONG),
    "POST sessions/second-factor/passkey-options": public({"challenge": SECRET}, WRONG),
    "POST sessions/passkey-options": public(),
    "POST sessions/passkey": public({"challenge": SECRET, "credential": PASSKEY}, WRONG),
    "POST tokens/exchange": public({"token": "tsk_made_up"}, WRONG),
    "GET oidc": Row((*READERS, "nobody")),
    "POST oidc/registrations": public(
        {"challenge": SECRET, "display_name": "?", "roles": ["client"]}, WRONG
    ),
    "POST oidc/{provider}/start": public({}, WRONG),
    "POST oidc/{provider}/callback": public({"code": "?", "state": "?"}, WRONG),
    "DELETE sessions/{session_id}": of_person(),
    "GET people/me": own(READERS),
    "PUT people/me": own(SIGNED_IN, {"display_name": "花子", "locale": "ja"}),
    "PUT people/me/password": own(SIGNED_IN, {"current": PASSWORD, "new": PASSWORD}, WRONG),
    "POST people/me/email": own(
        SIGNED_IN, {"email": "newer@example.jp", "password": PASSWORD}, (429,)
    ),
    "GET people/me/export": own(READERS),
    "GET people/me/deletion": own(SIGNED_IN, unmet=(404,)),
    "POST people/me/deletion": own(SIGNED_IN, {"password": PASSWORD}, (429,)),
    "POST people/me/deletion/withdrawal": own(SIGNED_IN, unmet=(404,)),
    "GET sessions": own(SIGNED_IN),
    "POST sessions/me/proof": own(SIGNED_IN, {"password": PASSWORD}, (429,)),
    "POST sessions/me/proof/passkey-options": own(SIGNED_IN, unmet=(404,)),
    "POST sessions/me/proof/passkey": own(
        SIGNED_IN, {"challenge": SECRET, "credential": PASSKEY}, WRONG
    ),
    "POST sessions/others/end": own(SIGNED_IN),
    "POST sessions/me/end": own(SIGNED_IN),
    "GET factors": own(SIGNED_IN),
    "POST factors/totp": own(SIGNED_IN),
    "POST factors/totp/confirmation": own(SIGNED_IN, {"code": "123456"}, WRONG),
    "DELETE factors/totp": own(SIGNED_IN, unmet=(404,)),
    "POST factors/recovery-codes": own(SIGNED_IN),
    "POST factors/passkeys/options": own(SIGNED_IN),
    "POST factors/passkeys": own(
        SIGNED_IN, {"challenge": SECRET, "name": "?", "credential": PASSKEY}, WRONG
    ),
    "DELETE factors/passkeys/{passkey_id}": own(SIGNED_IN, unmet=(404,)),
    "GET oidc/identities": own(SIGNED_IN),
    "POST oidc/{provider}/link": own(SIGNED_IN, {"code": "?", "state": "?"}, WRONG),
    "DELETE oidc/{provider}/link": own(SIGNED_IN, unmet=(404,)),
    "GET tokens": own(SIGNED_IN),
    "POST tokens": own(SIGNED_IN, {"name": "?", "scopes": ["jobs:read"], "expires_at": "{soon}"}),
    "DELETE tokens/{token_id}": of_person(),
    "GET companies": own(READERS),
    "POST companies": own(
        ("person", "member", "invited"), {"name": "?", "email": "office@example.jp"}
    ),
    f"GET {COMPANY}": Row(("person", "member", "program"), otherwise=404),
    f"PUT {COMPANY}": of_company(OWN, {"name": "?", "email": "a@example.jp", "locale": "ja"}),
    f"POST {COMPANY}/members": of_company(OWN, {"email": "{other_email}"}),
    f"PUT {COMPANY}/members/{{person_id}}": of_company(OWN, {"rights": ["fund"]}),
    f"POST {COMPANY}/members/{{person_id}}/removal": of_company(OWN),
    # Whoever is in it already stays in it.
    f"POST {COMPANY}/membership": Row(
        ("invited", "person", "member"), otherwise=404, refused={"program": 403}
    ),
    "GET operations/people": of_operators(),
    "GET operations/names?account_id={person_id}": of_operators(),
    "GET operations/people/{person_id}": of_operators(),
    "POST operations/people/{person_id}/suspension": of_operators({"reason": "?"}),
    "POST operations/people/{person_id}/reinstatement": of_operators({"reason": "?"}),
}
MATRIX = Matrix("accounts", ROLES, ROWS)
