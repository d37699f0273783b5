"""All that accounts keeps of somebody, for them to take along; no hash, and no secret."""

from typing import Any

from services.accounts.domain.deletion import Deletion
from services.accounts.ports import Work
from services.accounts.use_cases.companies import list_companies
from services.accounts.use_cases.people import show
from services.accounts.use_cases.proving import account_of
from services.accounts.use_cases.viewing import session_view
from shared.messages.deletion import ExportView
from shared.people import Person


def export(by: Person, work: Work) -> ExportView:
    """Return it."""
    account, now = account_of(by, work), work.clock.now()
    sessions = work.sessions.of_person(by.person_id, now)
    return ExportView(
        service="accounts",
        person_id=by.person_id,
        made_at=now,
        data={
            "account": [show(account, work).model_dump(mode="json")],
            "sessions": [
                session_view(each, by.session_id).model_dump(mode="json") for each in sessions
            ],
            "companies": [each.model_dump(mode="json") for each in list_companies(by, work)],
            "factors": _factors(by, work),
            "identities": [
                {"provider": each.provider, "email": each.email, "linked_at": each.linked_at}
                for each in work.identities.of_person(by.person_id)
            ],
            "personal_tokens": [
                {"name": each.name, "scopes": sorted(each.scopes), "made_at": each.made_at}
                for each in work.personal_tokens.of_person(by.person_id, now)
            ],
            "deletion": _deletion(work.deletions.find(by.person_id)),
        },
    )


def _factors(by: Person, work: Work) -> list[dict[str, Any]]:
    found = work.factors.of_person(by.person_id)
    passkeys: list[dict[str, Any]] = [
        {"kind": "passkey", "name": each.name, "added_at": each.added_at} for each in found.passkeys
    ]
    if found.totp and found.totp.confirmed_at:
        passkeys.append({"kind": "totp", "added_at": found.totp.confirmed_at})
    return passkeys


def _deletion(asked: Deletion | None) -> list[dict[str, Any]]:
    if asked is None:
        return []
    return [{"status": asked.status, "asked_at": asked.asked_at, "due_at": asked.due_at}]
