"""An assistant's story: the first steps, work by the hour, dates that move, money that comes."""

from collections.abc import Callable

import pytest

from tests.e2e.browser.hands import (
    download,
    follow_to,
    form_to,
    newcomer,
    path_of,
    reload_until,
    send,
    sign_in,
    type_in,
)
from tests.e2e.browser.window import Size, Window
from tools.story.acts import Stage

OpenWindow = Callable[[Size], Window]

SKILL = "データ入力"


def done_of_the_way(window: Window) -> int:
    """Return how many steps of the way to the first job are done."""
    window.go("/first-job")
    return window.page.locator(".way > li.done").count()


@pytest.mark.timeout(240)
def test_a_beginner_is_led_from_the_profile_to_the_first_job(
    stage: Stage, open_window: OpenWindow, size: Size
) -> None:
    window = open_window(size)
    sign_in(window, newcomer(stage, window, "小川 真央", "assistant"))
    assert path_of(window) == "/home"
    window.look("assistant-first-home")
    assert done_of_the_way(window) == 0
    window.look("assistant-first-job")

    follow_to(window, "/profile")
    words = {"headline": "決めた日に必ずお渡しします", "about": "入力の仕事から始めます。"}
    send(window, "/profile", words | {"skills_good": SKILL, "hourly_rate": "1,200"})
    assert path_of(window) == "/profile/hours"
    week = {f"{day}-midday": "120" for day in ("mon", "tue", "wed", "thu", "fri")}
    type_in(form_to(window, "/profile/hours"), week | {"sun-night": "never"})
    window.look("assistant-hours-of-week")
    send(window, "/profile/hours")
    assert "10" in window.page.locator("#week").inner_text()
    window.look("assistant-profile")
    assert done_of_the_way(window) == 2

    _get_paid(window)
    _find_what_fits(window)
    _take_a_small_task(window)
    assert done_of_the_way(window) >= 4


def _get_paid(window: Window) -> None:
    """Say where to pay, on the processor's page."""
    window.go("/payout-setup")
    window.look("assistant-payout-setup")
    send(window, "/payout-setup")
    page = window.page
    assert not page.url.startswith(window.base)
    owner = {"surname": "小川", "given_name": "真央", "account_holder_name": "オガワ マオ"}
    for name, value in owner.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("form button").click()
    page.wait_for_url(f"{window.base}/**")
    reload_until(window, "/payout-setup", "section.card.good .facts")


def _find_what_fits(window: Window) -> None:
    """See the jobs that fit, and why the first of them does."""
    window.go("/jobs/for-me")
    first = window.page.locator("main li.item").first
    first.locator("details summary").click()
    assert SKILL in first.locator(".chips li.yes", has_text="✓").all_inner_texts()[0]
    window.look("assistant-jobs-that-fit")
    window.go("/search?beginner_friendly=on")
    assert window.page.locator("main li.item .chips li.yes").count()
    window.look("assistant-search")


def _take_a_small_task(window: Window) -> None:
    """Take a task of a job that goes to whoever comes first; it is a contract at once."""
    window.go("/search?kind=tasks")
    with window.page.expect_navigation(wait_until="load"):
        window.page.locator("main li.item a").first.click()
    window.look("assistant-small-task")
    send(window, "/take")
    reload_until(window, "/contracts", "main a[href^='/contracts/']")
    window.look("assistant-contracts")


@pytest.mark.timeout(120)
def test_hours_are_logged_and_taken_away_where_the_client_sees_them(
    open_window: OpenWindow, size: Size
) -> None:
    window = open_window(size).sign_in("佐藤 美咲")
    window.look("assistant-home")
    window.go("/contracts")
    window.follow("メールマガジンの作成")
    follow_to(window, "/hours")
    before = window.page.locator(".figures .big").first.inner_text()
    note = f"来週号の校正 {size.name}"
    send(window, "/hours", {"hours": "1", "minutes": "15", "note": note})
    entry = window.page.locator("tbody tr", has_text=note)
    assert entry.count() == 1
    assert window.page.locator(".figures .big").first.inner_text() != before
    window.look("assistant-hours")
    with window.page.expect_navigation(wait_until="load"):
        entry.get_by_role("button").click()
    assert window.page.locator(".figures .big").first.inner_text() == before


def days_left(window: Window) -> int:
    """Return by how many days the dates may still move."""
    return int(window.page.locator("[name=days]").get_attribute("max") or 0)


@pytest.mark.timeout(120)
def test_dates_move_and_nobody_is_asked_why(open_window: OpenWindow, size: Size) -> None:
    window = open_window(size).sign_in("山本 恵")
    window.go("/contracts")
    window.follow("講座の問い合わせへの返信")
    contract = path_of(window)
    follow_to(window, "/dates")
    before = window.page.locator("aside time").first.get_attribute("datetime")
    left = days_left(window)
    window.look("assistant-dates")
    send(window, "/dates", {"days": "1"})
    assert path_of(window) == contract
    window.go(f"{contract}/dates")
    after = window.page.locator("aside time").first.get_attribute("datetime")
    assert before
    assert after
    assert before < after
    assert days_left(window) == left - 1
    assert window.page.locator("main textarea").count() == 0


@pytest.mark.timeout(120)
def test_earnings_are_a_picture_a_table_and_a_statement_to_keep(
    open_window: OpenWindow, size: Size
) -> None:
    window = open_window(size).sign_in("佐藤 美咲")
    window.go("/earnings")
    picture = window.page.locator("figure.chart svg")
    assert picture.locator("title").text_content()
    bars = picture.locator("rect, path").count()
    window.page.locator("figure.chart details summary").click()
    months = window.page.locator("figure.chart tbody tr")
    assert months.count() == 6
    assert bars
    window.look("assistant-earnings")
    statement = window.page.locator("main a[href*='/documents/payout_statement/']").first
    assert download(window, statement).startswith(b"%PDF")
