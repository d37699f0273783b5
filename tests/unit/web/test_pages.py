from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.requests import Request

from services.web import pages


def request(path: str = "/", query: str = "", accept_language: str = "") -> Request:
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query.encode(),
            "headers": [(b"accept-language", accept_language.encode())],
            "server": ("tasuki.test", 80),
        }
    )


def shape(node: Any) -> Any:
    """Return what is there, without the words."""
    if isinstance(node, dict):
        return {key: shape(value) for key, value in node.items()}
    if isinstance(node, list):
        return [shape(each) for each in node]
    return type(node)


class Structure(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.tags if name == tag)


def test_both_languages_say_the_same_things() -> None:
    japanese, english = (pages.read_texts(language) for language in pages.LANGUAGES)
    assert shape(japanese) == shape(english)


@pytest.mark.parametrize("language", pages.LANGUAGES)
@pytest.mark.parametrize("path", pages.PAGES)
def test_every_page_can_be_read_and_walked_by_everybody(path: str, language: str) -> None:
    response = pages.render(request(path, f"lang={language}"), *pages.PAGES[path])
    page = Structure()
    page.feed(bytes(response.body).decode())
    assert next(page.all("html"))["lang"] == language
    assert len(list(page.all("h1"))) == 1
    assert next(page.all("a"))["href"] == "#main"
    assert next(page.all("main"))["id"] == "main"
    assert all("alt" in image for image in page.all("img"))
    # The page's policy allows neither.
    assert not any("style" in attributes for _, attributes in page.tags)
    assert not any(name in {"script", "style"} for name, _ in page.tags)


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [
        ("", "ja"),
        ("en", "en"),
        ("en-GB,en;q=0.9,ja;q=0.8", "en"),
        ("fr-FR,ja;q=0.5,en;q=0.4", "ja"),
        ("en;q=0.4, ja;q=0.5", "ja"),
        ("en;q=0, fr", "ja"),
        ("fr, de", "ja"),
        ("en;q=nonsense", "ja"),
    ],
)
def test_the_reader_gets_the_most_wanted_language_that_there_is(
    accept_language: str, language: str
) -> None:
    assert pages.language_of(request(accept_language=accept_language)) == language


def test_a_language_in_the_address_comes_first() -> None:
    assert pages.language_of(request(query="lang=en", accept_language="ja")) == "en"
    assert pages.language_of(request(query="lang=xx", accept_language="en")) == "en"
