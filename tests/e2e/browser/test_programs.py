"""A program's beginning at pages: a town, its partner, a beginner, and who stands by them."""

from collections.abc import Callable

import pytest

from tests.e2e.browser.hands import (
    SLOW_SECONDS,
    attach,
    download,
    follow_to,
    in_days,
    newcomer,
    path_of,
    said,
    send,
    sign_in,
)
from tests.e2e.browser.window import DESK, PHONE, Size, Window
from tests.support.wait import eventually
from tools.stack import Stack
from tools.story.acts import Stage
from tools.story.member import Member, RefusedError

OpenWindow = Callable[[Size], Window]

UNIT = {"title": "連絡のしかた", "text": "早めに伝える。", "hours": "2", "pass_mark": "1"}
QUESTION = "納期に遅れそうなら\n待つ\n* すぐ伝える"
DELIVERED = "いらっしゃいませ。".encode()
PRACTICE = {"title": "案内文", "description": "書く。", "criteria": "500字以内", "price": "5,000"}


@pytest.mark.timeout(300)
def test_a_town_begins_a_program_and_somebody_takes_the_first_step(
    market: Stack, stage: Stage, open_window: OpenWindow
) -> None:
    # Each at the width that they would use: one story is enough for both.
    town, partner = open_window(DESK), open_window(DESK)
    (_, town_id), (member, partner_id) = (
        _company(stage, *each) for each in ((town, "市役所"), (partner, "塾"))
    )
    _known(member, partner_id)
    _register(stage, town, town_id)
    program = _describe(town, partner_id)
    _set_up(partner, program)
    town.go(program)
    send(town, "/opening")
    town.look("program-town")
    assert town.go(f"{program}/sponsorships") == 200
    town.look("sponsorships")
    _name_local(partner, program, town_id)
    cohort = _announce(market, partner, program)

    beginner = open_window(PHONE)
    sign_in(beginner, newcomer(stage, beginner, "はじめ", "assistant"))
    _apply(beginner, cohort)
    partner.go(cohort)
    partner.look("cohort-applied")
    send(partner, "/acceptance")
    supporter = open_window(PHONE)
    _support(stage, supporter, partner, program, cohort)
    _first_steps(beginner)
    _practise(beginner, supporter)


def _company(stage: Stage, window: Window, name: str) -> tuple[Member, str]:
    """Found a company and act for it; return who did, and its id."""
    member = newcomer(stage, window, name, "client")
    made = member.post("/accounts/companies", {"name": name, "email": member.email})
    member.sign_in()  # a token names the companies that there were when it was made
    sign_in(window, member)
    window.page.locator("header details summary").first.click()
    with window.page.expect_navigation():
        window.page.locator(f"button[name=account][value='{made['company_id']}']").first.click()
    return member, str(made["company_id"])


def _known(member: Member, account_id: str) -> None:
    """Wait until programs has heard of the company, and so of all before it."""
    wanted = {"account_id": account_id, "municipality_code": "011002", "note": "…"}

    def heard() -> bool:
        try:
            member.post("/programs/sponsors", wanted)
        except RefusedError as refused:
            if refused.code != "company_needed":
                raise
            return False
        return True

    eventually(heard, timeout=SLOW_SECONDS, interval=0.3)


def _register(stage: Stage, town: Window, town_id: str) -> None:
    town.go("/programs")
    send(town, "/programs", {"municipality": "札幌市", "note": "総務課"})
    town.look("programs")
    stage.operator.post(f"/programs/sponsors/{town_id}/decision", {"confirmed": True})


def _describe(town: Window, partner_id: str) -> str:
    town.go("/programs/new")
    town.look("program-new")
    values = {"title": "しごと塾", "about": "はじめての人に", "partner_id": partner_id}
    send(town, "/programs/new", values)
    return path_of(town)


def _set_up(partner: Window, program: str) -> None:
    partner.go(f"{program}/curriculum")
    values = {f"units-0-{name}": value for name, value in UNIT.items()}
    values |= {"units-0-questions": QUESTION}
    values |= {f"practice-{name}": value for name, value in PRACTICE.items()}
    send(partner, "/curriculum", values)
    partner.look("curriculum")


def _name_local(partner: Window, program: str, client_id: str) -> None:
    partner.go(f"{program}/local-clients")
    send(partner, "/local-clients", {"account_id": f"{partner.base}/company/{client_id}"})
    assert "市役所" in said(partner)
    partner.look("local-clients")


def _announce(market: Stack, partner: Window, program: str) -> str:
    partner.go(f"{program}/cohorts/new")
    days = {"apply_until": 7, "starts_on": 14, "ends_on": 90}
    values = {name: in_days(market, ahead).isoformat() for name, ahead in days.items()}
    send(partner, "/cohorts/new", values | {"name": "冬の期", "capacity": "10"})
    return path_of(partner)


def _apply(beginner: Window, cohort: str) -> None:
    beginner.go(cohort)  # who doesn't run it is led to where one applies
    beginner.look("apply")
    values = {"municipality": "札幌市", "weekly_hours": "10", "motivation": "働きたいです。"}
    send(beginner, "/apply", values | {"adult": "on"})
    assert "冬の期" in said(beginner)
    beginner.look("applications")


def _support(stage: Stage, supporter: Window, partner: Window, program: str, cohort: str) -> None:
    member = newcomer(stage, supporter, "ささえ", "client")
    partner.go(f"{program}/supporters")
    send(partner, "/supporters", {"email": member.email, "limit": "3"})
    partner.look("supporters")
    partner.go(cohort)
    chosen = partner.page.locator("select[name=supporter_id] option").last.get_attribute("value")
    send(partner, "/supporter", {"supporter_id": chosen or ""})
    partner.look("cohort")
    sign_in(supporter, member)
    supporter.go("/supporting")
    assert "はじめ" in said(supporter)
    supporter.look("my-people")
    follow_to(supporter, "/supporting/")
    supporter.look("my-person")


def _first_steps(beginner: Window) -> None:
    beginner.go("/path")
    send(beginner, "/path/orientation")
    follow_to(beginner, "/path/units/1")
    send(beginner, "/check", {"answers-0": "1"})
    beginner.look("path")
    beginner.go("/path/help")
    send(beginner, "/path/help", {"text": "どう書きますか。"})
    beginner.look("help")


def _practise(beginner: Window, supporter: Window) -> None:
    beginner.go("/path/practice")
    assert "案内文" in said(beginner)
    attach(beginner, "案内文.txt", DELIVERED)
    beginner.look("practice")
    send(beginner, "/path/practice", {"text": "ご覧ください。"})
    beginner.look("practice-handed-in")
    supporter.go("/supporting")
    follow_to(supporter, "/supporting/")
    assert download(supporter, supporter.page.locator(".files a").first) == DELIVERED
    supporter.look("my-person-practice")
