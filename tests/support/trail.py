"""Following links through the market: a few pages of each kind, each once."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

# What is no page: documents for programs, and letters, in which no script may run: neither one that
# looks for faults. Files are told by the `download` of their links, which aren't followed.
NO_PAGES: Final = ("/docs", "/openapi.json", "/operator/letters/mail")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/)\d{4}(-\d\d)?(?=/|$)")


def kind_of(path: str) -> str:
    """Return a path without its ids: what is the same page of another thing."""
    return _ID.sub("…", urlsplit(path).path)


class Trail:
    """The pages that links lead to from a first one; whoever opens one tells where it leads.

    Args:
        start: the first page.
        most: how many pages at most.
        of_each: how many of each kind at most.
    """

    def __init__(self, start: str, *, most: int, of_each: int) -> None:
        self.kinds: Counter[str] = Counter()
        self._most = most
        self._of_each = of_each
        self._waiting = deque([start])
        self._seen = {start}

    def __iter__(self) -> Iterator[str]:
        while self._waiting and self.kinds.total() < self._most:
            path = self._waiting.popleft()
            kind = kind_of(path)
            if self.kinds[kind] < self._of_each:
                self.kinds[kind] += 1
                yield path

    def lead_to(self, links: Iterable[str]) -> None:
        """Note where the page that was opened leads."""
        for link in links:
            if link not in self._seen and not any(part in link for part in NO_PAGES):
                self._seen.add(link)
                self._waiting.append(link)
