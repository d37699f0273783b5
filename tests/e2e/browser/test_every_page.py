"""Every page that somebody can reach by links, at the phone and at the desk."""

from collections.abc import Callable

import pytest

from tests.e2e.browser.window import Size, Window
from tests.support.trail import Trail, kind_of
from tools.sample.cast import figures

MOST_PAGES = 60
OF_EACH = 1


def somebody(part: str) -> str:
    """Return the name of one of the sample market's people, who has seen much of it."""
    return next(each.name for each in figures().values() if (each.part or each.role) == part)


def walk(window: Window, start: str, within: tuple[str, ...] = ("/",)) -> list[str]:
    """Follow links from a page, one of each kind; look at each page, and return their kinds."""
    trail = Trail(start, most=MOST_PAGES, of_each=OF_EACH)
    for path in trail:
        if (status := window.go(path)) != 200:
            window.faults.append(f"{path} answers {status}")
            continue
        kind = kind_of(path)
        window.look(_name(kind, trail.kinds[kind]))
        trail.lead_to(link for link in window.links() if link.startswith(within))
    return sorted(trail.kinds)


def _name(kind: str, number: int) -> str:
    return kind.strip("/").replace("/", "_").replace("…", "id") + f"-{number}"


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
@pytest.mark.parametrize(
    ("part", "start"),
    [
        ("town", "/programs"),
        ("partner", "/programs"),
        ("supporter", "/supporting"),
        ("participant", "/path"),
    ],
)
def test_every_page_of_a_program_is_accessible_and_fits(
    part: str, start: str, size: Size, open_window: Callable[[Size], Window]
) -> None:
    window = open_window(size).sign_in(somebody(part))
    pages = walk(window, start, within=("/programs", "/supporting", "/path"))
    assert len(pages) > 1, pages


@pytest.mark.timeout(300)
def test_every_page_for_everybody_is_accessible_and_fits(window: Window) -> None:
    pages = walk(window, "/")
    assert {"/", "/sign-in", "/sign-up"} <= set(pages)
