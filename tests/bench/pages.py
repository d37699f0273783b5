"""Pages of the sample market, as their readers get them: how long, and how much.

One reader at a time follows links through the market as a client, an assistant and an operator.
What is measured is the time until the whole page is there, on the same machine, through `web`;
after each page one request goes to the API, to compare with. The first page is what somebody gets
who opens `/` in an empty browser: the document with its style sheet, script and picture, as they
are sent.
"""

import shutil
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx2

from tests.bench.figures import Figure, at_most, percentile
from tests.bench.servers import FOLDER
from tests.support.trail import Trail
from tools.run_folder import RunFolder
from tools.sample.cast import figures
from tools.sample.fill import Sample
from tools.stack import Stack
from tools.story.narrator import Silent

ROLES = ("client", "assistant", "operator")
MOST_PAGES = 60
OF_EACH = 2
ROUNDS = 4
P75_MILLISECONDS = 200
FIRST_PAGE_BYTES = 60_000


class Document(HTMLParser):
    """What a page leads to, has in its forms, and asks the browser to get."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.hidden: list[dict[str, str]] = []
        self.parts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one tag."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.hidden.append({"action": given.get("action", "")})
        elif tag == "input" and given.get("type") == "hidden" and self.hidden:
            self.hidden[-1][given["name"]] = given.get("value", "")
        elif tag == "a" and "download" not in given:
            self.links.append(given.get("href", ""))
        elif tag in {"link", "script", "img"} and given.get("rel") != "alternate":
            self.parts.append(given.get("href") or given.get("src", ""))


@dataclass
class Reader:
    """Somebody with a browser that runs no scripts."""

    http: httpx2.Client
    milliseconds: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")

    def sign_in(self, email: str) -> None:
        """Sign in with one click."""
        forms = Document(self.http.get("/demo").text).hidden
        form = next(each for each in forms if each.get("email") == email)
        self.http.post(form.pop("action"), data=form, follow_redirects=True).raise_for_status()

    def walk(self, start: str) -> list[str]:
        """Return some pages of each kind that links lead to."""
        trail, found = Trail(start, most=MOST_PAGES, of_each=OF_EACH), list[str]()
        for path in trail:
            answer = self.http.get(path)
            if answer.status_code == httpx2.codes.OK:
                found.append(path)
                trail.lead_to(self._paths(answer.text))
        return found

    def read(self, path: str) -> None:
        """Get a page, and after it an answer of the API through the same door."""
        taken = self._timed(path)
        self.milliseconds.append(taken)
        self.slowest = max(self.slowest, (taken, path))
        self.beside.append(self._timed("/.well-known/jwks.json"))

    def _timed(self, path: str) -> float:
        began = time.perf_counter()
        self.http.get(path).raise_for_status()
        return (time.perf_counter() - began) * 1_000

    @staticmethod
    def _paths(text: str) -> Iterator[str]:
        for link in Document(text).links:
            if link.startswith("/"):
                yield link.partition("#")[0]


@contextmanager
def market() -> Iterator[Stack]:
    """Yield a stack of its own with the sample market."""
    folder = FOLDER / "market"
    shutil.rmtree(folder, ignore_errors=True)
    sample = Sample(RunFolder(folder), wanted=True)
    with Stack(folder, begin=sample.begin) as stack:
        sample.fill(stack, Silent())
        yield stack


def pages(stack: Stack) -> list[Figure]:
    """Measure."""
    readers = {role: _read(stack, role) for role in ROLES}
    return [*_times(readers), _first_page(stack)]


def _read(stack: Stack, role: str) -> Reader:
    with httpx2.Client(base_url=stack.url("web"), timeout=30) as http:
        reader = Reader(http)
        reader.sign_in(next(each.email for each in figures().values() if each.role == role))
        found = reader.walk("/operator" if role == "operator" else "/home")
        for _ in range(ROUNDS):
            for path in found:
                reader.read(path)
    return reader


def _times(readers: Mapping[str, Reader]) -> Iterator[Figure]:
    every = [each for reader in readers.values() for each in reader.milliseconds]
    beside = [each for reader in readers.values() for each in reader.beside]
    slowest, path = max(reader.slowest for reader in readers.values())
    told = f"{len(every):,} pages of {', '.join(readers)}"
    yield Figure("a page, p75", percentile(every, 75), "ms", told, at_most(P75_MILLISECONDS))
    yield Figure("a page, p95", percentile(every, 95), "ms", f"slowest {slowest:.0f} ms: {path}")
    times = statistics.median(every) / statistics.median(beside)
    yield Figure("a page / one request to the API", times, "x", "medians, in turn in one run")
    for role, reader in readers.items():
        yield Figure(f"a page of the {role}, p75", percentile(reader.milliseconds, 75), "ms")


def _first_page(stack: Stack) -> Figure:
    with httpx2.Client(base_url=stack.url("web"), headers={"Accept-Encoding": "gzip"}) as http:
        document = http.get("/")
        parts = dict.fromkeys(part for part in Document(document.text).parts if part)
        sizes = [_sent(http, path) for path in ("/", *parts)]
    told = f"document and {len(parts)} parts"
    return Figure("the first page, compressed", sum(sizes), "B", told, at_most(FIRST_PAGE_BYTES))


def _sent(http: httpx2.Client, path: str) -> int:
    with http.stream("GET", path) as answer:
        return sum(len(chunk) for chunk in answer.iter_raw())
