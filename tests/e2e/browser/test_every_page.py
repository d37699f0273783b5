"""Every page that somebody can reach by links, at the phone and at the desk."""

from collections import deque
from collections.abc import Callable

import pytest

from tests.e2e.browser.window import Size, Window, pattern_of
from tools.sample.cast import figures

MOST_PAGES = 60
# What is no page: files, and what ends or changes the visit.
NO_PAGES = (".pdf", ".json", ".csv", ".svg", "/docs", "/openapi.json")
PER_PATTERN = 1


def somebody(role: str) -> str:
    """Return the name of one of the sample market's people, who has seen much of it."""
    return next(each.name for each in figures().values() if each.role == role)


def walk(window: Window, start: str) -> list[str]:
    """Follow links from a page, a few of each kind; look at each page, and return its pattern."""
    waiting, seen, looked = deque([start]), {start}, dict[str, int]()
    while waiting and sum(looked.values()) < MOST_PAGES:
        path = waiting.popleft()
        pattern = pattern_of(path)
        if looked.get(pattern, 0) >= PER_PATTERN:
            continue
        looked[pattern] = looked.get(pattern, 0) + 1
        if (status := window.go(path)) != 200:
            window.faults.append(f"{path} answers {status}")
            continue
        window.look(_name(pattern, looked[pattern]))
        for link in window.links():
            if link not in seen and not any(part in link for part in NO_PAGES):
                seen.add(link)
                waiting.append(link)
    return sorted(looked)


def _name(pattern: str, number: int) -> str:
    return pattern.strip("/").replace("/", "_").replace("…", "id") + f"-{number}"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ["client", "assistant", "operator"])
def test_every_page_of_a_role_is_accessible_and_fits(
    role: str, size: Size, open_window: Callable[[Size], Window]
) -> None:
    window = open_window(size).sign_in(somebody(role))
    start = "/operator" if role == "operator" else "/home"
    pages = walk(window, start)
    assert len(pages) > 8, pages


@pytest.mark.timeout(300)
def test_every_page_for_everybody_is_accessible_and_fits(window: Window) -> None:
    pages = walk(window, "/")
    assert {"/", "/sign-in", "/sign-up"} <= set(pages)
