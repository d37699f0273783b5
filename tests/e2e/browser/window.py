"""A browser window that looks at each page as closely as a person with a checklist would."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, Response

WCAG: Final = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
_TOO_WIDE: Final = (
    "Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"
)
_axe = Axe()


class Size(NamedTuple):
    """How somebody looks at the market."""

    name: str
    width: int
    height: int
    locale: str
    scheme: str


# Between them both languages and both schemes are looked at.
PHONE: Final = Size("phone", 390, 844, "ja-JP", "light")
DESK: Final = Size("desk", 1280, 900, "en-GB", "dark")
SIZES: Final = (PHONE, DESK)


@dataclass
class Window:
    """A window with cookies of its own. `faults` are what the browser complained of.

    `pictures` is where a picture of each page is kept, if anywhere.
    """

    page: Page
    base: str
    size: Size
    pictures: Path | None
    faults: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls, browser: Browser, base: str, size: Size, pictures: Path | None, *, scripts: bool = True
    ) -> "Window":
        """Open one; without `scripts` it is of somebody who has JavaScript turned off."""
        context = browser.new_context(
            base_url=base,
            viewport={"width": size.width, "height": size.height},
            locale=size.locale,
            color_scheme="dark" if size.scheme == "dark" else "light",
            timezone_id="Asia/Tokyo",
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        window = cls(context.new_page(), base, size, pictures)
        window.page.on("console", window._said)
        window.page.on("pageerror", lambda error: window.faults.append(f"script: {error}"))
        window.page.on("dialog", window._asked)
        window.page.on("requestfailed", window._failed)
        window.page.on("response", window._answered)
        return window

    def close(self) -> None:
        """Close it and forget its cookies."""
        self.page.context.close()

    def sign_in(self, name: str) -> "Window":
        """Sign in as one of the sample market's people, with one click."""
        self.go(f"/demo?lang={self.size.locale[:2]}")  # else it is the one that they are known for
        self.page.locator("li", has=self.page.get_by_role("heading", name=name)).get_by_role(
            "button"
        ).click()
        self.page.wait_for_url(re.compile(r"/(home|operator)"))
        return self

    def go(self, path: str) -> int:
        """Open a page; return its status."""
        answer = self.page.goto(path, wait_until="load")
        return answer.status if answer else 0

    def press(self, name: str) -> None:
        """Press the button of this name, and wait for the page that comes."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.get_by_role("button", name=name).first.click()

    def follow(self, name: str) -> None:
        """Follow the link of this name."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.get_by_role("link", name=name).first.click()

    def look(self, name: str) -> None:
        """Look at the page: held against WCAG 2.2 AA and our own rules, and kept as a picture.

        What is wrong is among the faults: one look doesn't hide what the next would find.
        """
        if self.pictures:
            picture = self.pictures / self.size.name / f"{name}.png"
            self.page.screenshot(path=picture, full_page=True)
        self.faults += [f"{self.page.url}: {fault}" for fault in self._looked()]

    def _looked(self) -> Iterator[str]:
        if (heads := self.page.locator("h1").count()) != 1:
            yield f"{heads} h1"
        if not self.page.title().endswith("Tasuki"):
            yield f"the title is {self.page.title()!r}"
        language = self.page.locator("html").get_attribute("lang")
        if language != self.size.locale[:2]:
            yield f"the language is {language}"
        if overflow := self.page.evaluate(_TOO_WIDE):
            yield f"{overflow} px too wide"
        found = _axe.run(self.page, options=WCAG)
        if found.violations_count:
            yield found.generate_report()

    def links(self) -> list[str]:
        """Return the paths that the page leads to, on this market."""
        hrefs = self.page.eval_on_selector_all(
            "a[href]:not([download])", "links => links.map(link => link.href)"
        )
        parts = [urlsplit(href) for href in hrefs]
        ours = urlsplit(self.base).netloc
        return [
            part.path + (f"?{part.query}" if part.query else "")
            for part in parts
            if part.netloc == ours
        ]

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"{self.page.url}: {message.text}")

    def _asked(self, dialog: Dialog) -> None:
        self.faults.append(f"{self.page.url} opens a dialog: {dialog.message}")
        dialog.dismiss()

    def _failed(self, request: Request) -> None:
        # A page that is left ends its stream, and a download ends its navigation.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"{request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.url}: {response.status}")
