"""Jobs of the sample market that wait for somebody, and what people said about them."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

from shared.calendar import day_in_japan
from tools.sample.cast import read
from tools.sample.market import Market, Story
from tools.story.member import JsonObject
from tools.story.money_acts import yen

OF_A_JOB: Final = (
    *("title", "description", "category", "mode", "kind", "period", "skills", "weekly_hours"),
    *("hours_note", "criteria", "max_revisions", "visibility", "beginner_friendly", "draft"),
)


def stories() -> list[Story]:
    """Return a story for each job."""
    return [partial(_opened, told) for told in read("jobs")["jobs"]]


def _opened(told: Mapping[str, Any], market: Market) -> Iterator[float]:
    yield told.get("days", 0)
    job = _post(told, market)
    path = f"/jobs/{job['job_id']}"
    client = market[told["client"]]
    for each in told.get("invited", ()):
        assistant_id = market[each["assistant"]].person_id
        client.post(f"{path}/invitations", {"assistant_id": assistant_id})
    for each in told.get("questions", ()):
        asked = market[each["by"]].post(f"{path}/questions", {"text": each["text"]})
        answer = f"{path}/questions/{asked['question_id']}/answer"
        client.post(answer, {"text": each["answer"]})
    for each in told.get("proposals", ()):
        _propose(each, job, market, told)
    if "end" in told:
        client.post(f"{path}/{told['end']}")


def _post(told: Mapping[str, Any], market: Market) -> JsonObject:
    job = {name: told[name] for name in OF_A_JOB if name in told}
    if "tasks" in told:
        job["tasks"] = {**told["tasks"], "price": yen(told["tasks"]["price"])}
    if "open_days" in told:
        days = told.get("days", 0) + told["open_days"]
        job["deadline"] = (day_in_japan(market.stage.now()) + timedelta(days=days)).isoformat()
    job |= {"budget": yen(told["budget"]), "client_id": market.client_id(told["client"])}
    posted: JsonObject = market[told["client"]].post("/jobs", job)
    return posted


def _propose(
    told: Mapping[str, Any], job: JsonObject, market: Market, job_told: Mapping[str, Any]
) -> None:
    client = market[job_told["client"]]
    path = f"/jobs/{job['job_id']}/proposals"
    made = market[told["assistant"]].post(path, {"cover": told["cover"], **_offer(told, market)})
    proposal = f"/jobs/proposals/{made['proposal_id']}"
    if told.get("shortlisted"):
        client.put(f"{proposal}/shortlist", {})
    if counter := told.get("counter"):
        price, note = counter
        offer = _offer({**told, "price": price}, market)
        client.post(f"{proposal}/counter-offers", {**offer, "note": note})
    if reason := told.get("declined"):
        client.post(f"{proposal}/refusal", {"reason": reason})


def _offer(told: Mapping[str, Any], market: Market) -> JsonObject:
    """Return what is offered: a month's hours, or all of it as one milestone."""
    today = day_in_japan(market.stage.now())
    if "hourly" in told:
        begins = (today + timedelta(days=10)).isoformat()
        hours = {"hours_limit": told["hours"], "starts_on": begins}
        return {"retainer": {"hourly_price": yen(told["hourly"]), **hours}}
    milestone = {
        "title": "全体",
        "description": "募集に書かれているとおり",
        "price": yen(told["price"]),
        "due_on": (today + timedelta(days=30)).isoformat(),
    }
    return {"milestones": [milestone]}
