"""An account's whole life through the public API: all processes, letters as they are mailed."""

import re
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

import pytest

from tools.story import acts
from tools.story.acts import Stage
from tools.story.member import Member, RefusedError

NEW_PASSWORD = "a new horse for the same battery"
PROFILE = {
    "headline": "文章",
    "about": "十年ほど書いてきました",
    "skills": [{"name": "文章", "level": "expert"}],
    "hours": [{"day": "mon", "part": "morning", "minutes": 240}],
    "hourly_rate": {"amount": 1_500},
    "languages": [{"code": "ja", "level": "expert"}],
}


def secret_of(stage: Stage, member: Member, path: str) -> str:
    """Wait for the letter whose link leads there, and return what the link carries."""
    link = re.compile(rf"{path}\?secret=([\w-]+)")

    def found() -> str | None:
        matches = map(link.search, stage.letters_to(member.email))
        return next((match[1] for match in matches if match), None)

    return stage.wait(f"a letter with a link to {path}", found)


def deletion(member: Member) -> dict[str, Any]:
    view: dict[str, Any] = member.get("/accounts/people/me/deletion")
    return view


@pytest.mark.timeout(180)
def test_an_account_from_the_first_letter_to_the_last(stage: Stage) -> None:
    yuki = acts.register(stage, stage.member("Yuki", "assistant"))
    yuki.put("/jobs/profiles/me", PROFILE)

    # Another name is known everywhere.
    yuki.put(
        "/accounts/people/me",
        {"display_name": "森 ゆき", "reading": "もり ゆき", "locale": "ja"},
    )
    path = f"/jobs/profiles/{yuki.person_id}"
    stage.wait("jobs knows the name", lambda: yuki.get(path)["name"] == "森 ゆき" or None)

    # A new password by the link of a letter: what was signed in before is not any more.
    yuki.post("/accounts/password-resets", {"email": yuki.email})
    secret = secret_of(stage, yuki, "/reset/new")
    yuki.post("/accounts/password-resets/redemption", {"secret": secret, "new": NEW_PASSWORD})
    with pytest.raises(RefusedError) as refused:
        yuki.get("/accounts/people/me")
    assert refused.value.code == "session_ended"
    yuki.password = NEW_PASSWORD
    yuki.sign_in()

    # All that is kept, from every service.
    for service in ("accounts", "jobs", "contracts", "payments", "notify"):
        mine = yuki.get(f"/{service}/people/me/export")
        assert (mine["service"], mine["person_id"]) == (service, yuki.person_id)

    # Whoever has nothing open leaves a week after asking; the address is free again.
    yuki.post("/accounts/people/me/deletion", {"password": NEW_PASSWORD})
    stage.wait("nothing is open", lambda: deletion(yuki)["status"] == "scheduled" or None)
    stage.turn_clock(timedelta(days=7))
    stage.wait("the account is gone", lambda: is_gone(yuki))
    reader = stage.operator
    stage.wait("the profile is gone", lambda: reader.find(path) is None or None)
    again = Member(stage.http, yuki.email, "Yuki", ("client",))
    assert again.register()["person_id"] != yuki.person_id


def is_gone(member: Member) -> bool | None:
    try:
        member.sign_in()
    except RefusedError as refused:
        return refused.status == HTTPStatus.UNAUTHORIZED or None
    return None


@pytest.mark.timeout(180)
def test_nobody_leaves_while_a_contract_is_open(stage: Stage) -> None:
    client = acts.register(stage, stage.member("Hanako", "client"))
    assistant = acts.register(stage, stage.member("Misaki", "assistant"))
    acts.agree(stage, client, assistant, "案内文", (10_000,))
    for member in (client, assistant):
        member.post("/accounts/people/me/deletion", {"password": member.password})
        stage.wait("the contract stands in the way", partial(is_blocked, member))
        assert deletion(member)["reasons"] == ["open_contracts"]


def is_blocked(member: Member) -> bool | None:
    return deletion(member)["status"] == "blocked" or None
