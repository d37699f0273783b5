"""What goes wrong at pages, or is meant to: nothing runs that somebody typed, nothing is lost."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser.hands import (
    attach,
    download,
    follow_to,
    form_to,
    in_days,
    newcomer,
    path_of,
    refused,
    said,
    send,
    sign_in,
    type_in,
)
from tests.e2e.browser.window import Size, Window
from tools.stack import Stack
from tools.story.acts import Stage

OpenWindow = Callable[[Size], Window]

CLIENT, ASSISTANT = "松本 花", "田中 あかり"
CONTRACT = "秋の市のバナー 3点"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
TOO_LARGE = 50 * 1024 * 1024 + 1
# How something looks around its edge, by itself and by its label.
LOOKS = """each => [each, each.closest("label"), each.parentElement].map(some => {
  const style = some ? getComputedStyle(some) : {};
  const outline = style.outlineStyle === "none" ? "" : `${style.outline} ${style.outlineWidth}`;
  return `${outline} ${style.boxShadow}`;
}).join()"""
# Marks all that a keyboard has to reach, in its order; a group of radio buttons is one stop.
MARK = f"""() => {{
  const looks = {LOOKS};
  const fields = "input:not([type=hidden]), select, textarea";
  const all = `a[href], button, ${{fields}}, summary, [tabindex="0"]`;
  const groups = new Map();
  let count = 0;
  for (const each of document.querySelectorAll(all)) {{
    if (each.disabled || !each.checkVisibility()) continue;
    const group = each.type === "radio" ? each.name : null;
    if (!groups.has(group) || group === null) groups.set(group, count++);
    each.dataset.stop = groups.get(group);
    each.dataset.looks = looks(each);
  }}
  return count;
}}"""
FOCUSED = f"""() => {{
  const looks = {LOOKS};
  const each = document.activeElement;
  const box = each.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
  const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
  const there = document.elementFromPoint(x, y);
  const label = each.closest("label");
  return {{
    stop: each.dataset.stop === undefined ? null : Number(each.dataset.stop),
    ring: looks(each) !== each.dataset.looks,
    seen: !!there && (each.contains(there) || !!label && label.contains(there)),
    html: each.outerHTML.slice(0, 160),
  }};
}}"""


def contract_of(window: Window) -> str:
    """Open a contract of the sample market that both can write in; return its path."""
    window.go("/contracts")
    window.follow(CONTRACT)
    return path_of(window)


@pytest.mark.timeout(180)
def test_a_script_that_somebody_typed_stays_text_for_everybody(
    market: Stack, open_window: OpenWindow, size: Size
) -> None:
    client = open_window(size).sign_in(CLIENT)
    title = f"{SCRIPT} {size.name}"
    job = {
        "title": title,
        "category": "writing",
        "description": f"{SCRIPT} '\"><svg onload=alert(3)>",
        "budget": "10,000",
        "deadline": in_days(market, 5).isoformat(),
    }
    client.go("/jobs/new")
    send(client, "/jobs/new", job)
    posted = path_of(client)
    assert client.page.locator("h1").inner_text() == title
    client.look("bad-input-script-in-job")
    contract = contract_of(client)
    client.go(f"{contract}/messages")
    send(client, "/messages", {"text": SCRIPT})
    client.go("/jobs/mine")
    assert title in said(client)

    assistant = open_window(size).sign_in(ASSISTANT)
    assistant.go(posted)
    assert assistant.page.locator("h1").inner_text() == title
    assistant.go(f"{contract}/messages")
    assert SCRIPT in said(assistant)
    assistant.look("bad-input-script-in-message")
    assert assistant.page.locator("main script, main img, main svg[onload]").count() == 0


def test_a_script_that_got_into_a_page_all_the_same_would_not_run(window: Window) -> None:
    window.go("/sign-in")
    window.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          const image = document.createElement("img");
          image.setAttribute("onerror", "window.ran = true");
          image.src = "data:,";
          document.body.append(image);
          return image.decode().catch(() => null);
        }"""
    )
    assert window.page.evaluate("window.ran") is None
    refusals = [fault for fault in window.faults if "Content Security Policy" in fault]
    assert len(refusals) == len(window.faults) == 2
    window.faults.clear()


@pytest.mark.timeout(180)
def test_a_file_that_cannot_be_taken_loses_nothing_that_was_typed(
    open_window: OpenWindow, size: Size, tmp_path: Path
) -> None:
    window = open_window(size).sign_in(CLIENT)
    page = f"{contract_of(window)}/messages"
    window.go(page)
    empty, large = tmp_path / "empty.txt", tmp_path / "large.bin"
    empty.touch()
    with large.open("wb") as file:
        file.truncate(TOO_LARGE)
    for file_sent in (empty, large):
        words = f"{file_sent.name} をお送りします。"
        window.page.locator("[name=files]").set_input_files(file_sent)
        with refused(window):
            send(window, "/messages", {"text": words})
        form = form_to(window, "/messages")
        assert form.locator("[name=files]").get_attribute("aria-invalid") == "true"
        assert form.locator("[name=text]").input_value() == words
        assert words not in window.page.locator("main").inner_text()
    window.look("bad-input-too-large")


@pytest.mark.timeout(120)
def test_a_page_that_was_sent_as_a_file_is_only_ever_saved(
    open_window: OpenWindow, size: Size
) -> None:
    window = open_window(size).sign_in(CLIENT)
    page = f"{contract_of(window)}/messages"
    window.go(page)
    name, evil = f"案内 {size.name}.html", b"<script>alert(document.cookie)</script>"
    attach(window, name, evil, "text/html")
    send(window, "/messages", {"text": "案内です。"})
    link = window.page.locator(".files a", has_text=name).first
    link.evaluate("link => link.removeAttribute('download')")
    assert download(window, link) == evil
    assert path_of(window) == page


@pytest.mark.timeout(120)
def test_a_form_with_faults_says_them_all_and_keeps_what_was_typed(
    open_window: OpenWindow, size: Size
) -> None:
    window = open_window(size).sign_in(CLIENT)
    window.go("/jobs/new")
    typed = {
        "title": "在庫の数えなおし",
        "description": "棚の在庫を数えて表に入れてください。\n二行目です。",
        "criteria": "合計が合っている",
        "budget": "たくさん",
        "kind": "retainer",
        "period": "week",
        "skills": "データ入力、照合",
    }
    send_with_faults(window, "/jobs/new", typed | {"category": "data_entry", "place": " "})
    form = form_to(window, "/jobs/new")
    faults = {each.get_attribute("name") for each in form.locator("[aria-invalid=true]").all()}
    assert faults == {"budget", "place"}
    kept = {name: form.locator(f"[name={name}]").first.input_value() for name in typed}
    assert kept | {"kind": "retainer"} == typed
    assert form.locator("[name=kind][value=retainer]").is_checked()
    window.look("bad-input-faults")
    # The list of faults leads to the fields.
    form.locator("[role=alert] a").first.click()
    assert window.page.evaluate("document.activeElement.name") in faults
    type_in(form, {"budget": "20,000", "place": "オンライン"})
    send(window, "/jobs/new", button="button[name=draft]")
    assert window.page.locator("h1").inner_text() == typed["title"]


def send_with_faults(window: Window, action: str, values: dict[str, str]) -> None:
    """Send a form that a browser would hold back by itself."""
    form = form_to(window, action)
    form.evaluate("form => { form.noValidate = true; }")
    with refused(window):
        send(window, action, values)


@pytest.fixture
def plain_window(
    market: Stack, chromium: Browser, pictures: Path | None, size: Size
) -> Iterator[Window]:
    """Return a window of somebody who has JavaScript turned off."""
    window = Window.of(chromium, market.public_url(), size, pictures, scripts=False)
    yield window
    window.close()
    assert window.faults == []


@pytest.mark.timeout(120)
def test_everything_goes_without_javascript(
    market: Stack, stage: Stage, plain_window: Window
) -> None:
    window = plain_window
    person = newcomer(stage, window, "森 あさひ", "client")
    sign_in(window, person)
    assert path_of(window) == "/home"
    follow_to(window, "/jobs/new")
    job = {
        "title": "名簿の清書",
        "category": "data_entry",
        "description": "手書きの名簿を表に入れてください。",
        "budget": "8,000",
        "deadline": in_days(market, 6).isoformat(),
        "skills": "データ入力",
    }
    send(window, "/jobs/new", job)
    assert window.page.locator("h1").inner_text() == job["title"]
    send(window, "/pause")
    send(window, "/resumption")
    window.go("/inbox")
    window.go("/settings/notifications")
    window.page.locator(".mine summary").click()
    send(window, "/sign-out")
    window.go("/home")
    assert path_of(window) == "/sign-in"


@pytest.mark.timeout(180)
@pytest.mark.parametrize("page", ["/sign-up", "contract"])
def test_everything_on_a_page_is_reached_by_the_keyboard_and_seen_to_be(
    page: str, open_window: OpenWindow, size: Size
) -> None:
    window = open_window(size)
    if page == "contract":
        contract_of(window.sign_in(CLIENT))
    else:
        window.go(page)
    stops = window.page.evaluate(MARK)
    assert stops > 8
    reached: list[int] = []
    for _ in range(stops):
        window.page.keyboard.press("Tab")
        focused = window.page.evaluate(FOCUSED)
        where = json.dumps(focused, ensure_ascii=False)
        assert focused["ring"], f"nothing shows where the focus is: {where}"
        assert focused["seen"], f"something lies over the focus: {where}"
        reached.append(focused["stop"])
    assert reached == list(range(stops))
