"""An account's life at the pages: opened, confirmed, made safe, signed in to in every way."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pyotp
import pytest

from tests.e2e.browser.hands import SLOW_SECONDS
from tests.e2e.browser.window import DESK, PHONE, Size, Window
from tests.support.wait import eventually
from tools.stack import Stack

PASSWORD = "a sentence that nobody has leaked"


def link_in_mail(market: Stack, email: str, path: str) -> str:
    """Return where the last letter to this address leads, without the server."""

    def found() -> str:
        letters = [mail for mail in market.mails() if email in mail.recipients]
        links = [re.search(rf"{path}\?secret=\S+", mail.text) for mail in letters]
        return next((link[0] for link in reversed(links) if link), "")

    return eventually(found, timeout=SLOW_SECONDS)


def sign_up(window: Window, market: Stack, email: str) -> None:
    """Open an account at the pages, and sign in to it."""
    window.go("/sign-up")
    page = window.page
    page.locator("input[value=client]").check()
    page.locator("input[name=display_name]").fill("青木 しおり")
    page.locator("input[name=reading]").fill("あおき しおり")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    submit(window, "/sign-up")
    assert email in page.locator("main").inner_text()
    window.go(link_in_mail(market, email, "/confirm"))
    submit(window, "/confirm")
    sign_in(window, email)


def sign_in(window: Window, email: str) -> None:
    """Type address and password."""
    window.go("/sign-in")
    window.page.locator("form[action='/sign-in'] input[name=email]").fill(email)
    window.page.locator("form[action='/sign-in'] input[name=password]").fill(PASSWORD)
    submit(window, "/sign-in")


def submit(window: Window, action: str) -> None:
    """Send the form to this path."""
    with window.page.expect_navigation(wait_until="load"):
        window.page.locator(f"form[action='{action}'] button:not([name])").first.click()


def sign_out(window: Window) -> None:
    """End the session, from the menu."""
    window.page.locator(".mine summary").click()
    submit(window, "/sign-out")


@pytest.mark.timeout(240)
def test_an_account_is_opened_made_safe_and_signed_in_to_by_each_way(
    market: Stack, open_window: Callable[[Size], Window]
) -> None:
    window = open_window(PHONE)
    email = "shiori.aoki@example.jp"
    sign_up(window, market, email)
    page = window.page

    # An app, by the secret that the page shows.
    window.go("/settings/security")
    submit(window, "/settings/security/totp")
    assert page.evaluate("document.querySelector('.qr img').naturalWidth > 0")
    window.look("totp")
    secret = page.locator("code.code").inner_text()
    page.locator("input[name=code]").fill(one_time_code(secret, market))
    submit(window, "/settings/security/totp/code")
    window.look("recovery-codes")
    [first, *_] = page.locator(".codes code").all_inner_texts()

    sign_out(window)
    sign_in(window, email)
    assert page.url.endswith("/sign-in/second-factor")
    window.look("second-factor")
    page.locator("details summary", has_text=re.compile("ないとき")).click()
    page.locator("details input[name=code]").fill(first)
    with page.expect_navigation(wait_until="load"):
        page.locator("details form button").click()
    assert page.url.endswith("/home")
    window.go("/settings/security")
    assert "9" in page.locator("main").inner_text()
    window.look("security")


@pytest.mark.timeout(240)
def test_a_passkey_signs_in_without_a_password_and_beside_one(
    market: Stack, open_window: Callable[[Size], Window]
) -> None:
    window = open_window(DESK)
    page = window.page
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    sign_up(window, market, "passkey@example.jp")

    window.go("/settings/security")
    page.locator("#passkeys input[name=name]").fill("this test")
    submit(window, "/settings/security/passkeys")
    assert page.url.endswith("/recovery-codes")

    window.go("/settings/security")
    assert "this test" in page.locator("main").inner_text()
    sign_out(window)
    window.go("/sign-in?next=/settings")
    submit(window, "/sign-in/passkey")
    assert page.url.endswith("/settings")
    assert page.locator("input[name=display_name]").input_value() == "青木 しおり"

    sign_out(window)
    sign_in(window, "passkey@example.jp")
    assert page.url.endswith("/sign-in/second-factor")
    submit(window, "/sign-in/second-factor/passkey")
    assert page.url.endswith("/home")


def one_time_code(secret: str, market: Stack) -> str:
    """Return what an app shows now, by the stack's clock."""
    ahead = market.clock.offset()
    return pyotp.TOTP(secret.replace(" ", "")).at(datetime.now(UTC) + ahead)


def fill(window: Window, action: str, **typed: str) -> None:
    """Type into a form and send it."""
    for name, value in typed.items():
        window.page.locator(f"form[action='{action}'] [name='{name}']").fill(value)
    submit(window, action)


def said(window: Window) -> str:
    """Return what can be read on the page."""
    return window.page.locator("main").inner_text()


@pytest.mark.timeout(240)
def test_everything_in_the_settings_holds_at_the_services(
    market: Stack, open_window: Callable[[Size], Window]
) -> None:
    window = open_window(DESK)
    page = window.page
    sign_up(window, market, "settings@example.jp")

    window.go("/settings")
    page.locator("input[name=locale][value=en]").check()
    fill(window, "/settings", display_name="青木 栞", reading="あおき しおり")
    assert "Saved." in said(window)
    assert page.locator(".who").inner_text() == "青木 栞"
    fill(window, "/settings/email", email="new.address@example.jp", password=PASSWORD)
    window.go(link_in_mail(market, "new.address@example.jp", "/confirm/email"))
    submit(window, "/confirm/email")
    assert "new.address@example.jp" in said(window)

    window.go("/settings/notifications")
    page.locator("input[name=on][value=work-email]").uncheck()
    page.locator("input[name=quiet]").check()
    page.locator("input[name=every][value=daily]").check()
    page.locator("input[name=digest_kinds][value=money]").check()
    submit(window, "/settings/notifications")
    assert not page.locator("input[name=on][value=work-email]").is_checked()
    assert page.locator("input[name=every][value=daily]").is_checked()
    window.look("settings-notifications")

    window.go("/settings/tokens")
    page.locator("input[name=scopes][value='jobs:read']").check()
    fill(window, "/settings/tokens", name="a script")
    assert page.locator(".notice code.code").inner_text().startswith("tsk_")
    window.look("settings-tokens")

    window.go("/settings/webhooks")
    fill(window, "/settings/webhooks", url="https://hooks.example.com/tasuki", description="ours")
    assert page.locator(".notice code.code").inner_text().startswith("whsec_")
    window.look("settings-webhook")

    window.go("/inbox")
    window.look("inbox")
    window.go("/settings/data")
    with page.expect_download() as download:
        page.locator("a[download]").click()
    assert download.value.suggested_filename.endswith(".zip")
    assert download.value.failure() is None


@pytest.mark.timeout(240)
def test_who_leaves_for_good_may_take_it_back_and_a_forgotten_password_is_set_anew(
    market: Stack, open_window: Callable[[Size], Window]
) -> None:
    window = open_window(PHONE)
    page = window.page
    email = "leaving@example.jp"
    sign_up(window, market, email)
    window.go("/settings/data")
    page.locator("summary", has_text="退会する").click()
    page.locator("input[name=sure]").check()
    fill(window, "/settings/data/deletion", password=PASSWORD)

    def scheduled() -> bool:
        window.go("/settings/data")
        return "削除を予定しています" in said(window)

    eventually(scheduled, timeout=30)
    window.look("leaving")
    submit(window, "/settings/data/deletion/withdrawal")
    assert "取り消しました" in said(window)

    sign_out(window)
    window.go("/reset")
    fill(window, "/reset", email=email)
    window.go(link_in_mail(market, email, "/reset/new"))
    fill(window, "/reset/new", new="another sentence that nobody knows")
    assert page.url.endswith("/sign-in")
    sign_in(window, email)
    assert page.locator("[role=alert]").count()
    window.faults.clear()  # the browser says of each refusal that it is one
    fill(window, "/sign-in", password="another sentence that nobody knows")
    assert page.url.endswith("/home")
