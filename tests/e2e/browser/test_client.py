"""A client's story: from an idea to work that is accepted, paid for, and in the books."""

import re
from collections.abc import Callable

import pytest

from tests.e2e.browser.hands import (
    SLOW_SECONDS,
    attach,
    download,
    follow_to,
    form_to,
    in_days,
    path_of,
    pay_by_card,
    reload_until,
    said,
    send,
    type_in,
)
from tests.e2e.browser.window import Size, Window
from tests.support.wait import eventually
from tools.stack import Stack

OpenWindow = Callable[[Size], Window]

CLIENT, ASSISTANT, RIVAL = "松本 花", "佐藤 美咲", "中村 涼"
DELIVERED = "三点の文章\n".encode()


@pytest.mark.timeout(240)
def test_a_client_has_work_done_from_the_posting_to_the_receipt(
    market: Stack, open_window: OpenWindow, size: Size
) -> None:
    client = open_window(size).sign_in(CLIENT)
    title = f"贈りもののカード文 {size.name}"
    job = _post(market, client, title)
    assistant = open_window(size).sign_in(ASSISTANT)
    _propose(market, assistant, job, "12,000")
    rival = open_window(size).sign_in(RIVAL)
    _propose(market, rival, job, "15,000", look=False)

    _choose(client, job)
    contract = _agreed(client, title)
    receipts = _documents(client, "receipt")
    _pay(client, contract)
    milestone = _deliver(assistant, contract)

    client.go(milestone)
    client.look("client-review")
    assert download(client, client.page.locator(".files a").first) == DELIVERED
    send(client, "/part", {"price": "4,000", "comment": "二点目と三点目の言葉を短くしてください。"})
    reload_until(assistant, milestone, "a[href$='/deliver']")
    _hand_in(assistant, "短くしました。")
    client.go(milestone)
    send(client, "/acceptance")
    client.look("client-accepted")

    _talk(client, assistant, contract)
    _keep_receipt(client, receipts)


def _post(market: Stack, client: Window, title: str) -> str:
    """Post a job; return the path of its page."""
    client.go("/home")
    client.look("client-home")
    follow_to(client, "/jobs/new")
    answers = {
        "title": title,
        "category": "writing",
        "description": "カードに添える短い文章を三点お願いします。",
        "criteria": "三点すべてがある\n一点60字まで",
        "budget": "15,000",
        "deadline": in_days(market, 9).isoformat(),
        "skills": "文章作成, 校正",
    }
    type_in(form_to(client, "/jobs/new"), answers)
    client.look("client-posting")
    send(client, "/jobs/new")
    assert client.page.locator("h1").inner_text() == title
    assert client.page.locator("#matches li").count(), "nobody is shown whom it would suit"
    client.look("client-job")
    return path_of(client)


def _propose(market: Stack, assistant: Window, job: str, price: str, *, look: bool = True) -> None:
    """See what is left of a price, then propose it."""
    assistant.go(job)
    follow_to(assistant, "/propose")
    answers = {
        "cover": "一点目を早めにお見せして、言葉づかいを合わせます。",
        "milestones-0-description": "三点の文章",
        "milestones-0-price": price,
        "milestones-0-due_on": in_days(market, 12).isoformat(),
        "hours": "6",
    }
    if look:
        send(assistant, "/propose", answers, "button[value=preview]")
        assert _net_pay(assistant) > 0
        answers = {}
        assistant.look("client-proposal-with-net-pay")
    send(assistant, "/propose", answers, "button[value=send]")
    assert path_of(assistant) == "/proposals"


def _net_pay(assistant: Window) -> int:
    """Return what would be left; it is what the lines above it come to."""
    told = assistant.page.locator("#pay .facts dd").all_inner_texts()
    amounts = [int(re.sub(r"[^\d-]", "", each)) for each in told]
    place = told.index(assistant.page.locator("#pay .sum dd").inner_text())
    assert sum(amounts[:place]) == amounts[place]
    return amounts[place]


def _choose(client: Window, job: str) -> None:
    """Look at both side by side, and accept the cheaper one."""
    client.go(job)
    follow_to(client, "/proposals")
    beside = client.page.locator("table tbody tr")
    names = beside.locator("th").all_inner_texts()
    assert [name.split("\n")[0] for name in names] == [ASSISTANT, RIVAL]
    client.look("client-proposals")
    chosen = client.page.locator("section.card", has_text=ASSISTANT).first
    accept = chosen.locator("form[action$='/acceptance']").get_attribute("action")
    assert accept
    send(client, accept)
    assert path_of(client) == "/contracts"


def _agreed(client: Window, title: str) -> str:
    """Wait until the terms are in writing; return the path of the contract."""
    link = reload_until(client, "/contracts", f"main a:has-text('{title}')")
    path = link.get_attribute("href")
    assert path
    return path


def _pay(client: Window, contract: str) -> None:
    """Pay in by card, on the payment processor's page."""
    client.go(contract)
    client.look("client-contract-agreed")
    follow_to(client, "/fund")
    client.look("client-pay-in")
    send(client, "/fund")
    pay_by_card(client)
    assert path_of(client) == "/checkout/return"
    client.look("client-back-from-paying")


def _deliver(assistant: Window, contract: str) -> str:
    """Hand the work in, once the money is held; return the path of the milestone."""
    reload_until(assistant, contract, "a[href$='/deliver']")
    assistant.look("assistant-contract")
    follow_to(assistant, "/deliver")
    milestone = path_of(assistant).removesuffix("/deliver")
    attach(assistant, "カード文.txt", DELIVERED)
    assistant.look("assistant-deliver")
    send(assistant, "/deliver", {"text": "三点です。二点目からご覧ください。"})
    return milestone


def _hand_in(assistant: Window, words: str) -> None:
    follow_to(assistant, "/deliver")
    send(assistant, "/deliver", {"text": words})


def _talk(client: Window, assistant: Window, contract: str) -> None:
    """Write a message: it is told while the other's page is open, and read on theirs."""
    assistant.go("/home")
    before = assistant.page.locator("#unread").inner_text()
    client.go(f"{contract}/messages")
    words = "ありがとうございました。またお願いします。"
    send(client, "/messages", {"text": words})
    client.look("client-messages")
    eventually(lambda: assistant.page.locator("#unread").inner_text() != before, timeout=30)
    assistant.go(f"{contract}/messages")
    assert words in said(assistant)
    client.go(f"{contract}/messages")
    assert words in client.page.locator(".talk li.own").last.inner_text()


def _documents(client: Window, kind: str) -> int:
    """Return how many documents of a kind are among those of this month."""
    client.go("/money")
    return client.page.locator(f"main a[href*='/documents/{kind}/']").count()


def _keep_receipt(client: Window, before: int) -> None:
    """Find the receipt of the payment, and take it along."""
    eventually(lambda: _documents(client, "receipt") > before, SLOW_SECONDS, 0.3)
    client.look("client-money")
    receipt = client.page.locator("main a[href*='/documents/receipt/']").first
    assert download(client, receipt).startswith(b"%PDF")
