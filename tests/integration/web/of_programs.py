"""Programs as the service shows them, for tests of the pages."""

from typing import Any
from uuid import UUID

from shared.ids import new_id
from tests.integration.web.of_assistants import AT

SAPPORO = {"code": "011002", "prefecture": "北海道", "name": "札幌市"}
SESSION = {
    "number": 1,
    "title": "はじめの会",
    "starts_at": "2026-05-11T01:00:00Z",
    "ends_at": "2026-05-11T03:00:00Z",
    "place": "hall",
    "where": "市民会館",
}


def program(sponsor_id: UUID, partner_id: UUID, **other: Any) -> dict[str, Any]:
    return {
        "program_id": new_id(),
        "sponsor_id": sponsor_id,
        "sponsor_name": "町",
        "municipality": SAPPORO,
        "partner_id": partner_id,
        "partner_name": "塾",
        "title": "しごと塾",
        "about": "はじめての人のために",
        "eligibility": {},
        "help_hours": 24,
        "silence_days": 14,
        "wallet": None,
        "units": [],
        "practice": None,
        "status": "open",
        "opened_at": AT,
    } | other


def cohort(program_id: UUID, **other: Any) -> dict[str, Any]:
    return {
        "cohort_id": new_id(),
        "program_id": program_id,
        "program_title": "しごと塾",
        "name": "春の期",
        "capacity": 10,
        "taken": 1,
        "waiting": 0,
        "apply_until": "2036-04-30",
        "starts_on": "2036-05-11",
        "ends_on": "2036-08-31",
        "sessions": [SESSION],
    } | other


def application(of: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {
        "application_id": new_id(),
        "cohort": of,
        "person_id": new_id(),
        "person_name": "佐藤 美咲",
        "lives_in": "011002",
        "weekly_hours": 10,
        "motivation": "働きたいです",
        "status": "made",
        "reason": None,
        "place_in_line": None,
        "applied_at": AT,
    } | other


def participant(of: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {
        "participant_id": new_id(),
        "person_id": new_id(),
        "person_name": "高橋 健",
        "cohort": of,
        "supporter_id": None,
        "supporter_name": None,
        "step": "units",
        "steps": [],
        "units": [],
        "attended": [],
        "weekly_hours": 10,
        "outcomes_consent": True,
        "protected": False,
        "open_helps": 0,
        "last_sign_at": AT,
        "joined_at": AT,
        "left_at": None,
    } | other
