"""Accounts v2: made by us, onboarded on the hosted page, able to receive transfers after that."""

from typing import Any

from tools.stripe_simulator.clock import iso
from tools.stripe_simulator.errors import invalid, no_such, refused
from tools.stripe_simulator.events import emit, emit_thin
from tools.stripe_simulator.ids import new_id, token
from tools.stripe_simulator.lists import DEFAULT_LIMIT
from tools.stripe_simulator.operations import Operation
from tools.stripe_simulator.simulator import Call, Simulator, public
from tools.stripe_simulator.store import Obj
from tools.stripe_simulator.tables import GOOD_BANK_ACCOUNT
from tools.stripe_simulator.timers import timer

KIND = "v2.core.account"
LINK = "v2.core.account_link"
URL = "/v2/core/accounts"
LINK_SECONDS = 300

TRANSFERS = "stripe_balance.stripe_transfers"
CAPABILITIES = (TRANSFERS, "stripe_balance.payouts")

# What onboarding asks for, as requirement entries name it.
NEEDED = (
    "identity.individual.given_name",
    "identity.individual.surname",
    "identity.individual.date_of_birth",
    "identity.individual.address",
    "identity.attestations.terms_of_service.account",
    "payout_method",
)

_INCLUDED = ("configuration", "defaults", "identity", "requirements", "future_requirements")
_DETAILS = {
    "restricted": [{"code": "requirements_past_due", "resolution": "provide_info"}],
    "pending": [{"code": "requirements_pending_verification", "resolution": "no_resolution"}],
    "rejected": [{"code": "rejected_other", "resolution": "contact_stripe"}],
    "unsupported": [{"code": "unsupported_country", "resolution": "no_resolution"}],
    "active": [],
}


def create(call: Call) -> Obj:
    """Make an account that can't receive anything yet."""
    recipient = (call.get("configuration") or {}).get("recipient")
    wanted = (recipient or {}).get("capabilities", {}).get("stripe_balance", {})
    account: Obj = {
        "id": f"acct_{token(16)}",
        "object": KIND,
        "applied_configurations": ["recipient"] if recipient is not None else [],
        "closed": False,
        "configuration": {},
        "created": call.simulator.clock.iso(),
        "dashboard": call.get("dashboard", "none"),
        "defaults": _defaults(call.get("defaults") or {}),
        "future_requirements": {"entries": []},
        "identity": _identity(call.get("identity") or {}),
        "livemode": False,
        "metadata": call.get("metadata") or {},
        "requirements": {"entries": []},
    }
    for name in ("contact_email", "contact_phone", "display_name"):
        if call.get(name):
            account[name] = call.get(name)
    if recipient is not None:
        account["configuration"]["recipient"] = {"applied": True, "capabilities": {}}
    if wanted.get("stripe_transfers", {}).get("requested"):
        set_capabilities(account, "restricted")
        account["requirements"] = _requirements()
    call.simulator.add(account, call.account)
    emit_thin(call.simulator, "v2.core.account.created", account)
    return shown(account, call.get("include"))


def retrieve(call: Call) -> Obj:
    """Return an account, with the parts that `include` names."""
    return shown(_account(call), call.get("include"))


def update(call: Call) -> Obj:
    """Change an account's contact, name, metadata or identity."""
    account = _account(call)
    for name in ("contact_email", "contact_phone", "display_name", "dashboard"):
        if call.get(name) is not None:
            account[name] = call.get(name)
    changed = {**account["metadata"], **(call.get("metadata") or {})}
    account["metadata"] = {name: value for name, value in changed.items() if value is not None}
    if call.get("identity"):
        account["identity"].update(_identity(call.get("identity")))
        emit_thin(call.simulator, "v2.core.account[identity].updated", account)
    call.simulator.save(account)
    emit_thin(call.simulator, "v2.core.account.updated", account)
    return shown(account, call.get("include"))


def close(call: Call) -> Obj:
    """Close an account for good; its capabilities end."""
    account = _account(call)
    if account["closed"]:
        raise refused("account_closed", f"The account {account['id']} is closed.")
    if account["configuration"].get("recipient"):
        set_capabilities(account, "restricted")
    call.simulator.save(account, closed=True)
    emit_thin(call.simulator, "v2.core.account.closed", account)
    return shown(account, None)


def listed(call: Call) -> Obj:
    """Return accounts, newest first, on one page: the library's types know no cursor."""
    found = call.simulator.store.select(KIND, call.account)
    wanted = set(call.get("applied_configurations") or [])
    closed = call.get("closed", False)
    data = [
        shown(each, None)
        for each in found
        if each["closed"] == closed and wanted <= set(each["applied_configurations"])
    ]
    limit = call.get("limit", DEFAULT_LIMIT)
    return {"data": data[:limit], "next_page_url": None, "previous_page_url": None}


def create_link(call: Call) -> Obj:
    """Make a link to the hosted onboarding page; it works once, for some minutes."""
    account = call.simulator.get(KIND, call.get("account"), call.account, param="account")
    if account["closed"]:
        raise refused("account_closed", f"The account {account['id']} is closed.")
    case = call.get("use_case")
    settings = case.get(case["type"])
    if not settings:
        raise invalid(f"use_case needs {case['type']}", param=f"use_case.{case['type']}")
    secret = token(24)
    now = call.simulator.clock.seconds()
    link: Obj = {
        "object": LINK,
        "account": account["id"],
        "created": iso(now),
        "expires_at": iso(now + LINK_SECONDS),
        "livemode": False,
        "url": f"{call.simulator.config.base_url}/setup/e/{account['id']}/{secret}",
        "use_case": case,
    }
    hidden = {**link, "id": secret, "_until": now + LINK_SECONDS, "_used": False}
    call.simulator.add(hidden, call.account)
    return link


def shown(account: Obj, include: Any) -> Obj:
    """Return the account without the parts that weren't asked for."""
    parts = {each.split(".")[0] for each in include or []}
    hidden = {name for name in _INCLUDED if name not in parts}
    return {name: value for name, value in public(account).items() if name not in hidden}


def transfers_status(account: Obj) -> str:
    """Return the status of the capability to receive transfers."""
    recipient = account["configuration"].get("recipient") or {}
    balance = recipient.get("capabilities", {}).get("stripe_balance", {})
    status: str = balance.get("stripe_transfers", {}).get("status", "unsupported")
    return status


def set_capabilities(account: Obj, status: str) -> None:
    """Give the recipient's capabilities a status, with Stripe's reason for it."""
    state = {"status": status, "status_details": _DETAILS[status]}
    account["configuration"]["recipient"]["capabilities"] = {
        "stripe_balance": {"stripe_transfers": state, "payouts": dict(state)}
    }


def change_capabilities(simulator: Simulator, account: Obj, status: str) -> None:
    """Give the capabilities a status and tell everybody."""
    set_capabilities(account, status)
    account["requirements"] = _requirements() if status == "restricted" else {"entries": []}
    simulator.save(account)
    emit_thin(simulator, "v2.core.account[requirements].updated", account)
    for capability in CAPABILITIES:
        emit_thin(
            simulator,
            "v2.core.account[configuration.recipient].capability_status_updated",
            account,
            {"updated_capability": capability},
        )


def onboard(simulator: Simulator, account: Obj, answers: dict[str, str]) -> None:
    """Take what the hosted page was told: a person and a bank account; then verify."""
    now = simulator.clock.iso()
    account["identity"].setdefault("country", "jp")
    account["identity"].setdefault("entity_type", "individual")
    account["identity"]["individual"] = {
        "id": f"person_{token(16)}",
        "object": "v2.core.account_person",
        "account": account["id"],
        "created": now,
        "updated": now,
        "given_name": answers.get("given_name", ""),
        "surname": answers.get("surname", ""),
    }
    add_bank_account(simulator, account, answers)
    emit_thin(simulator, "v2.core.account[identity].updated", account)
    change_capabilities(simulator, account, "pending")
    if simulator.config.onboarding_after == 0:
        verified(simulator, account["id"])
    else:
        simulator.later(simulator.config.onboarding_after, "account.verified", account["id"])


def add_bank_account(simulator: Simulator, account: Obj, answers: dict[str, str]) -> Obj:
    """Add a bank account that payouts go to from now on, as its owner does on Stripe's pages."""
    before = simulator.store.select("bank_account", account["id"])
    number = answers.get("account_number") or GOOD_BANK_ACCOUNT
    bank = _bank_account(account["id"], number, answers)
    simulator.add(bank, account["id"])
    simulator.save(account, _bank=bank["id"])
    emit(simulator, "account.external_account.created", bank, account["id"])
    for each in before:
        if each["default_for_currency"]:
            simulator.save(each, default_for_currency=False)
            previous = {"default_for_currency": True}
            emit(
                simulator,
                "account.external_account.updated",
                each,
                account["id"],
                previous=previous,
            )
    return bank


@timer("account.verified")
def verified(simulator: Simulator, account_id: str) -> None:
    """End the verification: transfers are possible from now on."""
    change_capabilities(simulator, simulator.get(KIND, account_id), "active")


def _account(call: Call) -> Obj:
    found = call.simulator.store.find(call.path["id"], kind=KIND)
    if not found:
        raise no_such("account", call.path["id"])
    return found


def _defaults(given: Obj) -> Obj:
    responsibilities = given.get("responsibilities", {})
    return {
        "currency": given.get("currency", "jpy"),
        "locales": given.get("locales", ["ja-JP"]),
        "responsibilities": {**responsibilities, "requirements_collector": "stripe"},
    }


def _identity(given: Obj) -> Obj:
    """Return the plain parts of an identity; persons come from the hosted page."""
    return {name: given[name].lower() for name in ("country", "entity_type") if name in given}


def _requirements() -> Obj:
    deadline = {"status": "currently_due"}
    impact = {
        "restricts_capabilities": [
            {"capability": each, "configuration": "recipient", "deadline": deadline}
            for each in CAPABILITIES
        ]
    }
    entries = [
        {
            "awaiting_action_from": "user",
            "description": each,
            "errors": [],
            "impact": impact,
            "minimum_deadline": deadline,
            "requested_reasons": [{"code": "routine_onboarding"}],
        }
        for each in NEEDED
    ]
    return {"entries": entries, "summary": {"minimum_deadline": deadline}}


def _bank_account(account_id: str, number: str, answers: dict[str, str]) -> Obj:
    return {
        "id": new_id("bank_account"),
        "object": "bank_account",
        "account": account_id,
        "account_holder_name": answers.get("account_holder_name") or None,
        "account_holder_type": "individual",
        "account_type": "futsu",
        "available_payout_methods": ["standard"],
        "bank_name": "STRIPE TEST BANK",
        "country": "JP",
        "currency": "jpy",
        "default_for_currency": True,
        "fingerprint": f"sim{number}",
        "last4": number[-4:],
        "metadata": {},
        "routing_number": answers.get("routing_number") or "1100000",
        "status": "new",
        "_number": number,
    }


_ONE = f"{URL}/{{id}}"
OPERATIONS = [
    Operation("POST", URL, "v2.core.AccountCreate", create),
    Operation("GET", URL, "v2.core.AccountList", listed),
    Operation("GET", _ONE, "v2.core.AccountRetrieve", retrieve),
    Operation("POST", _ONE, "v2.core.AccountUpdate", update),
    Operation("POST", f"{_ONE}/close", "v2.core.AccountClose", close),
    Operation("POST", "/v2/core/account_links", "v2.core.AccountLinkCreate", create_link),
]
