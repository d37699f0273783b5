"""What the services show an assistant, as JSON."""

from typing import Any
from uuid import UUID

from shared.ids import new_id

NOTHING: dict[str, Any] = {"items": [], "next": None}
AT = "2026-04-01T00:00:00Z"
SHA = "0" * 64


def money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "JPY"}


def page_of(*items: dict[str, Any]) -> dict[str, Any]:
    return {"items": items, "next": None}


def job(**changed: Any) -> dict[str, Any]:
    return {
        "job_id": str(new_id()),
        "client_id": str(new_id()),
        "title": "商品の説明文",
        "description": "20点の説明文",
        "category": "writing",
        "budget": money(50_000),
        "mode": "brokered",
        "place": "online",
        "review_days": 7,
        "status": "open",
        "posted_at": AT,
    } | changed


def proposal(of: dict[str, Any], **changed: Any) -> dict[str, Any]:
    milestone = {
        "milestone_id": str(new_id()),
        "title": "全体",
        "description": "20点",
        "price": money(50_000),
        "due_on": "2026-04-20",
        "criteria": ["寸法がある"],
    }
    return {
        "proposal_id": str(new_id()),
        "job_id": of["job_id"],
        "assistant_id": str(new_id()),
        "cover": "毎月書いています。",
        "milestones": [milestone],
        "total": money(50_000),
        "status": "made",
        "made_at": AT,
    } | changed


def profile(**changed: Any) -> dict[str, Any]:
    return {
        "person_id": str(new_id()),
        "name": "佐藤 美咲",
        "headline": "文章を書きます",
        "about": "広報を7年",
        "skills": [{"name": "文章作成", "level": "expert"}, {"name": "校正", "level": "good"}],
        "hours": [{"day": "wed", "part": "midday", "minutes": 150}],
        "never": [{"day": "sun", "part": "night"}],
        "weekly_minutes": 150,
        "minutes_left": 90,
        "hourly_rate": money(1_800),
        "portfolio": [{"title": "案内文", "url": "https://example.jp/1", "note": "前の年の1.4倍"}],
        "languages": [{"code": "ja", "level": "expert"}],
        "beginner": False,
        "open_to_work": True,
        "verified": True,
        "statistics": {
            "contracts_completed": 3,
            "milestones_accepted": 8,
            "on_time_percent": 100,
            "rating": 5.0,
            "ratings": 3,
        },
        "updated_at": AT,
        "private_note": "木曜の午前は通院",
    } | changed


def milestone(**changed: Any) -> dict[str, Any]:
    return {
        "milestone_id": str(new_id()),
        "title": "本文",
        "description": "2,000字",
        "price": money(50_000),
        "due_on": "2026-04-20",
        "status": "funded",
        "overdue": False,
        "deliveries": [],
        "deadlines": [],
        "left": money(50_000),
        "criteria": ["締切が冒頭にある"],
    } | changed


def contract(assistant_id: UUID, *milestones: dict[str, Any]) -> dict[str, Any]:
    terms = {
        "version": 1,
        "client_name": "松本 花",
        "assistant_name": "佐藤 美咲",
        "ordered_on": "2026-04-01",
        "job_title": "案内文",
        "mode": "brokered",
        "place": "online",
        "review_days": 7,
        "milestones": [],
        "payment_method": "銀行振込",
        "sha256": SHA,
    }
    return {
        "contract_id": str(new_id()),
        "job_id": str(new_id()),
        "client_id": str(new_id()),
        "assistant_id": str(assistant_id),
        "title": "案内文",
        "mode": "brokered",
        "terms": terms,
        "milestones": milestones,
        "timeline": [],
        "agreed_at": AT,
    }


def summary(of: dict[str, Any]) -> dict[str, Any]:
    shown = ("contract_id", "job_id", "client_id", "assistant_id", "title", "agreed_at")
    parts = ("milestone_id", "title", "price", "due_on", "status", "overdue")
    milestones = [
        {"kind": "work", **{name: each[name] for name in parts}} for each in of["milestones"]
    ]
    return {**{name: of[name] for name in shown}, "milestones": milestones}


def payable(**changed: Any) -> dict[str, Any]:
    return {
        "payable": money(37_795),
        "frozen": money(0),
        "receivable": money(0),
        "minimum": money(1_000),
        "transfer_fee": money(100),
        "next_payday": "2026-04-30",
        "paused": False,
    } | changed


def preview(net: int) -> dict[str, Any]:
    part = {
        "price": money(50_000),
        "tax": money(5_000),
        "withholding": money(5_105),
        "funded": money(49_895),
        "platform_fee": money(11_000),
        "platform_fee_tax": money(1_100),
        "net": money(37_795),
        "due_on": "2026-04-20",
        "payday": "2026-05-15",
    }
    payout = {"payday": "2026-05-15", "gross": money(37_795), "transfer_fee": money(100)}
    return {
        "milestones": [part],
        "payouts": [{**payout, "amount": money(net)}],
        "platform_fee": money(12_100),
        "withholding": money(5_105),
        "transfer_fees": money(100),
        "net": money(net),
        "per_hour": money(net // 10),
    }
