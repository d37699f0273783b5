"""An operator's story: the money, what is to be decided, what went wrong, who is kept out."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.e2e.browser.hands import (
    SLOW_SECONDS,
    follow_to,
    newcomer,
    path_of,
    refused,
    reload_until,
    said,
    send,
    sign_in,
)
from tests.e2e.browser.window import Size, Window
from tests.support.wait import eventually
from tools.stack import Stack
from tools.story import acts
from tools.story.acts import Stage
from tools.story.member import Member

OpenWindow = Callable[[Size], Window]

FIRST, SECOND = "青木 誠", "石井 千尋"
PRICE = 130_000  # above the limit from which a second operator is needed
PROFILE = {"headline": "入力", "about": "入力の仕事をします。", "skills": [], "hours": []}


def somebody(market: Stack, stage: Stage, name: str) -> Member:
    """Return somebody of the sample market, who acts by the API."""
    people = json.loads(market.folder.demo_people.read_text(encoding="utf-8"))
    found = next(each for each in people if each["name"] == name)
    return Member(stage.http, found["email"], name, password=found["password"])


@pytest.mark.timeout(240)
def test_a_dispute_about_much_money_is_decided_by_two(
    market: Stack, stage: Stage, open_window: OpenWindow, size: Size
) -> None:
    case = _disputed(market, stage, f"年間の案内冊子 {size.name}")
    first = open_window(size).sign_in(FIRST)
    assert first.page.locator("figure.chart:has(svg)").count() == 2
    first.look("operator-money")
    first.go("/operator/disputes")
    follow_to(first, case)
    first.look("operator-dispute")
    reason = "直しの費用を差し引いて分けます。"
    send(first, "/decision", {"to_assistant": "100,000", "reason": reason})
    assert path_of(first) == "/operator/approvals"
    waiting = f"main li.item:has(a[href='{case}'])"
    assert first.page.locator(waiting).count() == 1
    assert first.page.locator(f"{waiting} form[action$='/approval']").count() == 0
    first.look("operator-approvals-own")

    second = open_window(size).sign_in(SECOND)
    second.go("/operator/approvals")
    second.look("operator-approvals")
    with second.page.expect_navigation(wait_until="load"):
        second.page.locator(f"{waiting} form[action$='/approval'] button").click()
    assert second.page.locator(waiting).count() == 0
    second.go(case)
    assert reason in second.page.locator(".notice.good").inner_text()
    assert second.page.locator("form[action$='/decision']").count() == 0
    second.look("operator-dispute-decided")

    _trace(second)
    second.go("/operator/audit?service=contracts")
    done = second.page.locator("tbody tr", has_text="/approval").first.inner_text()
    assert SECOND in done
    asked = second.page.locator("tbody tr", has_text="/decision").first.inner_text()
    assert FIRST in asked
    assert reason in asked
    second.look("operator-audit")


def _disputed(market: Stack, stage: Stage, title: str) -> str:
    """Let two of the market agree on much work, then not; return the path of the case."""
    client, assistant = (somebody(market, stage, name) for name in ("松本 花", "田中 あかり"))
    agreed = acts.agree(stage, client, assistant, title, (PRICE,))
    [milestone_id] = agreed.milestone_ids
    acts.fund(stage, agreed, milestone_id)
    acts.deliver(stage, agreed, milestone_id)
    reason = {"reason": "見本の色と違います。"}
    dispute = client.post(agreed.path(milestone_id, "/disputes"), reason)["dispute"]
    answers = f"/contracts/{agreed.contract_id}/disputes/{dispute['dispute_id']}/answers"
    assistant.post(answers, {"text": "見本は印刷の前の色です。"})
    return f"/operator/disputes/{dispute['dispute_id']}"


def _trace(operator: Window) -> None:
    """Follow the money of the dispute through the books."""
    case = path_of(operator)

    def divided() -> bool:
        operator.go(case)
        follow_to(operator, "/operator/trace?of=")
        return operator.page.locator("main table").first.locator("tbody tr").count() >= 3

    eventually(divided, timeout=SLOW_SECONDS, interval=0.3)
    assert operator.page.locator("figure.chart img").evaluate("img => img.naturalWidth > 0")
    there = operator.page.locator("main table").last
    assert there.locator("tbody tr").count() >= 2
    operator.look("operator-trace")


@pytest.mark.timeout(120)
def test_the_books_are_compared_with_the_processor_when_asked(
    open_window: OpenWindow, size: Size
) -> None:
    window = open_window(size).sign_in(FIRST)
    window.go("/operator/reconciliation")
    runs = window.page.locator("main table").first.locator("tbody tr")
    before = runs.count()
    send(window, "/operator/reconciliation")
    assert re.fullmatch(r"/operator/reconciliation/[\w-]{36}", path_of(window))
    figures = window.page.locator(".facts dd").all_inner_texts()
    matched = figures[4]
    assert int(matched.replace(",", "")) > 10
    window.look("operator-reconciliation-run")
    window.go("/operator/reconciliation")
    assert runs.count() == before + 1
    window.look("operator-reconciliation")


@contextmanager
def nobody_may_be_called(market: Stack, name: str) -> Iterator[Callable[[], None]]:
    """Let jobs fail to keep a name, as a fault in it would; yield what puts that right."""
    database = urlsplit(market.env("jobs")["DATABASE_URL"]).path
    url = urlsplit(market.postgres.url)._replace(path=database).geturl()
    with psycopg.connect(url, autocommit=True) as connection:
        rule = psycopg.sql.SQL("ALTER TABLE people ADD CONSTRAINT fault CHECK (name <> {})")
        connection.execute(rule.format(name))

        def put_right() -> None:
            connection.execute("ALTER TABLE people DROP CONSTRAINT IF EXISTS fault")

        try:
            yield put_right
        finally:
            put_right()


@pytest.mark.timeout(180)
def test_what_a_service_could_not_handle_is_found_put_right_and_handled_once_more(
    market: Stack, stage: Stage, open_window: OpenWindow, size: Size
) -> None:
    window = open_window(size).sign_in(FIRST)
    person = newcomer(stage, window, "高田 澪", "assistant")
    person.put("/jobs/profiles/me", PROFILE)
    profile = f"/jobs/profiles/{person.person_id}"
    name = f"高田 みお {size.name}"
    with nobody_may_be_called(market, name) as put_right:
        person.put("/accounts/people/me", {"display_name": name, "locale": person.locale})
        of_jobs = "main a[href^='/operator/dead-letters/jobs/']"
        reload_until(window, "/operator/dead-letters", of_jobs)
        window.look("operator-dead-letters")
        follow_to(window, "/operator/dead-letters/jobs/")
        assert person.person_id in said(window)
        assert "fault" in window.page.locator(".notice.bad").inner_text()
        window.look("operator-dead-letter")
        assert person.get(profile)["name"] == "高田 澪"
        put_right()
        send(window, "/replay")
        eventually(lambda: person.get(profile)["name"] == name, timeout=SLOW_SECONDS)
    window.go("/operator/dead-letters")
    assert window.page.locator(of_jobs).count() == 0
    window.go("/operator/audit?service=jobs")
    assert FIRST in window.page.locator("tbody tr", has_text="/replay").first.inner_text()


@pytest.mark.timeout(180)
def test_who_is_suspended_is_kept_out_until_let_in_again(
    stage: Stage, open_window: OpenWindow, size: Size
) -> None:
    theirs = open_window(size)
    person = newcomer(stage, theirs, f"西 香織 {size.name}", "client")
    sign_in(theirs, person)
    assert path_of(theirs) == "/home"

    window = open_window(size).sign_in(FIRST)
    window.go("/operator/people")
    window.page.locator("input[name=q]").fill(person.email)
    window.page.locator("input[name=q]").press("Enter")
    window.follow(person.name)
    reason = "外のアプリでの支払いを求めました。"
    send(window, "/suspension", {"reason": reason})
    assert reason in said(window)
    window.look("operator-person-suspended")

    theirs.go("/settings")
    assert path_of(theirs) == "/sign-in"
    with refused(theirs):
        sign_in(theirs, person)
    assert path_of(theirs) == "/sign-in"
    assert theirs.page.locator(".notice[role=alert]").is_visible()
    theirs.look("suspended")

    send(window, "/reinstatement", {"reason": "約束を確かめました。"})
    window.look("operator-person")
    sign_in(theirs, person)
    assert path_of(theirs) == "/home"
    window.go("/operator/audit?service=accounts")
    row = window.page.locator("tbody tr", has_text="/suspension").first.inner_text()
    assert reason in row
