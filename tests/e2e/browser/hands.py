"""What people do at pages, whatever the language: forms are found by where they lead."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from playwright.sync_api import FilePayload, Locator

from shared.calendar import day_in_japan
from tests.e2e.browser.window import Window
from tests.support.wait import eventually
from tools.stack import Stack
from tools.story import acts
from tools.story.acts import Stage
from tools.story.member import Member

SLOW_SECONDS = 60  # what one service tells another, on a machine that has much to do


def form_to(window: Window, action: str) -> Locator:
    """Return the form whose address ends like this, with what is folded away around it opened."""
    form = window.page.locator(f"form[action$='{action}']").first
    folded = form.locator("xpath=ancestor::details[not(@open)]/summary")
    for summary in folded.all():
        summary.click()
    return form


def type_in(form: Locator, values: Mapping[str, str]) -> None:
    """Type or choose, by the names of the fields."""
    for name, value in values.items():
        field = form.locator(f"[name='{name}']").first
        unfold(form, name)
        kind = field.evaluate("field => field.type")
        if kind in {"radio", "checkbox"}:
            form.locator(f"[name='{name}'][value='{value}']").check()
        elif kind == "select-one":
            field.select_option(value)
        else:
            field.fill(value)


def unfold(form: Locator, name: str) -> None:
    """Open what a field is folded away in."""
    folded = form.locator(f"details:not([open]):has([name='{name}']) > summary")
    while folded.count():
        folded.first.click()


def send(
    window: Window,
    action: str,
    values: Mapping[str, str] | None = None,
    button: str = "button:not([name])",
) -> None:
    """Fill in the form to this address, press its button, and wait for the page that comes."""
    form = form_to(window, action)
    type_in(form, values or {})
    with window.page.expect_navigation(wait_until="load"):
        form.locator(button).first.click()


def attach(window: Window, name: str, content: bytes, media_type: str = "text/plain") -> None:
    """Choose a file for the form of the page that takes files."""
    file = FilePayload(name=name, mimeType=media_type, buffer=content)
    window.page.locator("[name=files]").set_input_files(file)


def said(window: Window) -> str:
    """Return what can be read on the page."""
    return window.page.locator("main").inner_text()


def path_of(window: Window) -> str:
    """Return where the window is, on the market."""
    return urlsplit(window.page.url).path


def follow_to(window: Window, part: str) -> None:
    """Follow the first link whose address has this in it."""
    with window.page.expect_navigation(wait_until="load"):
        window.page.locator(f"main a[href*='{part}']").first.click()


def reload_until(window: Window, path: str, selector: str) -> Locator:
    """Open the page again and again, until this is on it."""

    def found() -> bool:
        window.go(path)
        return window.page.locator(selector).count() > 0

    eventually(found, timeout=SLOW_SECONDS, interval=0.3, message=f"{selector} at {path}")
    return window.page.locator(selector).first


def download(window: Window, link: Locator) -> bytes:
    """Follow a link to a file, and return the file."""
    with window.page.expect_download() as coming:
        link.click()
    return coming.value.path().read_bytes()


def newcomer(stage: Stage, window: Window, name: str, role: str) -> Member:
    """Open an account for somebody new, who reads the language of the window."""
    email, language = f"{uuid4()}@example.jp", window.size.locale[:2]
    return acts.register(stage, Member(stage.http, email, name, (role,), language))


def sign_in(window: Window, member: Member) -> None:
    """Type address and password."""
    window.go(f"/sign-in?lang={window.size.locale[:2]}")
    send(window, "/sign-in", {"email": member.email, "password": member.password})


@contextmanager
def refused(window: Window) -> Iterator[None]:
    """Let a form or a page be refused: the browser says of each that it was, which is no fault."""
    before = len(window.faults)
    yield
    told = window.faults[before:]
    window.faults[before:] = [each for each in told if "with a status of 4" not in each]


def pay_by_card(window: Window) -> None:
    """Fill in the payment processor's page, which is another site, and come back from it."""
    page = window.page
    assert not page.url.startswith(window.base), page.url
    page.locator("[name=email]").fill("hana.matsumoto@example.jp")
    page.locator("[name=card_number]").fill("4000 0037 2000 0278")
    page.locator("[name=expiry]").fill("12 / 40")
    page.locator("[name=cvc]").fill("123")
    page.locator("[name=name]").fill("HANA MATSUMOTO")
    page.locator("form button[type=submit]").click()
    page.wait_for_url(f"{window.base}/**")


def in_days(market: Stack, days: int) -> date:
    """Return a day from today on, by the market's clock."""
    return day_in_japan(datetime.now(UTC) + market.clock.offset()) + timedelta(days=days)
