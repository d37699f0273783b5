"""The sample market in a real browser: one stack, one Chromium, and everybody's own window."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.e2e.browser.window import SIZES, Size, Window
from tools.run_folder import RunFolder
from tools.sample.fill import Sample
from tools.stack import Stack
from tools.story.acts import Stage
from tools.story.demo import stage_on
from tools.story.narrator import Silent

CHROMIUM = "/usr/bin/chromium-headless-shell"
# Without these Chromium asks Google's hosts, which a closed network refuses one by one.
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="package")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole stack with the sample market, as `make run` has it."""
    folder = tmp_path_factory.mktemp("market")
    sample = Sample(RunFolder(folder), wanted=True)
    with Stack(folder, begin=sample.begin) as stack:
        sample.fill(stack, Silent())
        yield stack


@pytest.fixture(scope="package")
def stage(market: Stack) -> Iterator[Stage]:
    """Whoever does something in this market without a browser, by the public API."""
    with stage_on(market, Silent()) as made:
        yield made


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Drive the browser; at the end of the session, no later."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, without its windows."""
    path = os.environ.get("CHROMIUM", CHROMIUM)
    browser = playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where a picture of each page is kept: in the folder SCREENSHOTS, nowhere without it."""
    folder = os.environ.get("SCREENSHOTS")
    return Path(folder) if folder else None


@pytest.fixture
def open_window(
    market: Stack, chromium: Browser, pictures: Path | None
) -> Iterator[Callable[[Size], Window]]:
    """Return what opens a window of this size for somebody; at the end none has complained."""
    opened: list[Window] = []

    def open_(size: Size) -> Window:
        window = Window.of(chromium, market.public_url(), size, pictures)
        opened.append(window)
        return window

    yield open_
    for window in opened:
        window.close()
    assert [fault for window in opened for fault in window.faults] == []


@pytest.fixture(params=SIZES, ids=lambda size: size.name)
def size(request: pytest.FixtureRequest) -> Size:
    """A phone in Japanese and light, a desk in English and dark."""
    given: Size = request.param
    return given


@pytest.fixture
def window(open_window: Callable[[Size], Window], size: Size) -> Window:
    """Return a window of nobody."""
    return open_window(size)
