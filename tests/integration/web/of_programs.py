"""Programs as the service shows them, for tests of the pages."""

from typing import Any
from uuid import UUID

from shared.ids import new_id
from tests.integration.web.of_assistants import AT, SHA, money

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
        "places_left": True,
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
        "cause": None,
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


def person_today(participant_id: UUID, *waiting: dict[str, Any], **other: Any) -> dict[str, Any]:
    """Return somebody whom a supporter stands by, with what waits for the supporter."""
    return {
        "participant_id": participant_id,
        "person_name": "佐藤 美咲",
        "program_title": "塾",
        "cohort_name": "春期",
        "step": "units",
        "urgency": waiting[0]["urgency"] if waiting else "nothing",
        "waiting": waiting,
        "last_sign_at": AT,
    } | other


def file(**other: Any) -> dict[str, Any]:
    known = {"file_id": new_id(), "name": "案内文.txt", "media_type": "text/plain"}
    return known | {"size": 6, "sha256": SHA} | other


def practice(participant_id: UUID, *deliveries: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {
        "practice_id": new_id(),
        "participant_id": participant_id,
        "person_name": "高橋 健",
        "title": "案内文を書く",
        "description": "店の案内文です",
        "criteria": ["500字以内"],
        "price": money(5_000),
        "status": "funded",
        "deliveries": deliveries,
    } | other


def delivery(**other: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "text": "できました",
        "files": [],
        "delivered_at": AT,
        "accepted": None,
        "comment": None,
        "criterion": None,
        "reviewed_at": None,
    } | other


def draft(participant_id: UUID, **other: Any) -> dict[str, Any]:
    return {
        "draft_id": new_id(),
        "participant_id": participant_id,
        "person_name": "高橋 健",
        "contract_id": new_id(),
        "contract_title": "説明文",
        "milestone_id": new_id(),
        "milestone_title": "全体",
        "text": "見てください",
        "files": [],
        "shown_at": AT,
        "looked_at": None,
        "looked_by_name": None,
        "comment": None,
        "escalated_at": None,
    } | other
