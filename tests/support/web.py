"""web in this process, over services of the test's own making, and a browser to visit it with.

    services.on("GET", "/jobs/1", job.model_dump(mode="json"))
    page = browser.open("/jobs/1")
    after = page.send("/jobs/1/end", reason="No longer needed")
    assert services.last("POST", "/jobs/1/end").json == {"reason": "No longer needed"}

A fixture `web` of tests/integration/web/conftest.py has both: `web.services`, `web.browser`.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import httpx2
import jwt
from starlette.testclient import TestClient

from services.web.api import Web, create_app
from services.web.sessions import Cookies, Session
from shared.ids import new_id
from shared.sealed import Seal, new_key
from tests.support.fakes import SetClock

PUBLIC_URL = "https://tasuki.example"
SERVICES = ("accounts", "jobs", "contracts", "payments", "programs", "notify")
# The services are not there: a key of any length does.
SIGNED_WITH = "for tests, and long enough for it"


@dataclass(frozen=True)
class Asked:
    """A request that came to a service."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class Services:
    """All services: they answer as they were told to, and note what was asked.

    A path is `/<service>/…`, as behind `/api/v1`.
    """

    answers: dict[tuple[str, str], httpx2.Response | Exception] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.on("GET", "/notify/notifications/unread", {"unread": 0})

    def on(
        self,
        method: str,
        path: str,
        answer: Any = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer this from now on; `answer` is JSON."""
        content = json.dumps(answer, default=str)
        self.answers[method, path] = httpx2.Response(status, content=content, headers=headers)

    def refuse(
        self, method: str, path: str, status: int, code: str, detail: str = "", **facts: Any
    ) -> None:
        """Refuse this from now on."""
        self.on(method, path, {"status": status, "code": code, "detail": detail} | facts, status)

    def away(self, method: str, path: str) -> None:
        """Give no answer to this from now on."""
        self.answers[method, path] = httpx2.ConnectError("away")

    def last(self, method: str, path: str) -> Asked:
        """Return the last request of this kind."""
        return [each for each in self.asked if (each.method, each.path) == (method, path)][-1]

    def count(self, method: str, path: str) -> int:
        """Return how often this was asked."""
        return len([each for each in self.asked if (each.method, each.path) == (method, path)])

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer."""
        path = request.url.path.removeprefix("/api/v1")
        query = dict(request.url.params)
        self.asked.append(
            Asked(request.method, path, query, dict(request.headers), request.content)
        )
        answer = self.answers.get((request.method, path))
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            problem = {"status": 404, "code": "not_found", "detail": f"{request.method} {path}"}
            return httpx2.Response(404, json=problem)
        return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)


@dataclass
class Page:
    """A page as it came, and its forms."""

    browser: "Browser"
    response: Any
    parsed: "_Parsed"

    @property
    def status(self) -> int:
        return int(self.response.status_code)

    @property
    def path(self) -> str:
        url = urlsplit(str(self.response.url))
        return url.path + (f"?{url.query}" if url.query else "")

    @property
    def html(self) -> str:
        return str(self.response.text)

    @property
    def text(self) -> str:
        """What can be read on it, without its head."""
        return re.sub(r"\s+", " ", " ".join(self.parsed.words))

    @property
    def h1(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.parsed.h1)).strip()

    def fields(self, action: str, number: int = 0) -> dict[str, list[str]]:
        """Return what a form has in its fields."""
        forms = [fields for where, fields in self.parsed.forms if where == action]
        assert forms, f"no form to {action}: {[where for where, _ in self.parsed.forms]}"
        return {name: list(values) for name, values in forms[number].items()}

    def send(
        self,
        action: str,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        number: int = 0,
        **typed: str | Sequence[str],
    ) -> "Page":
        """Send a form of the page, with what is typed into it; return where that leads."""
        fields = self.fields(action, number)
        for name, value in typed.items():
            fields[name] = [value] if isinstance(value, str) else list(value)
        headers = {"Origin": self.browser.url, "Sec-Fetch-Site": "same-origin"}
        headers["Referer"] = str(self.response.url)
        response = self.browser.client.post(action, data=fields, files=files, headers=headers)
        return self.browser.read(response)


@dataclass
class Browser:
    """Visits web, and keeps its cookies."""

    client: TestClient
    cookies: Cookies
    clock: SetClock
    url: str = PUBLIC_URL

    def open(self, path: str, **headers: str) -> Page:
        """Open a page, wherever it leads."""
        return self.read(self.client.get(path, headers=headers))

    def read(self, response: Any) -> Page:
        """Return a page that came."""
        parsed = _Parsed(urlsplit(str(response.url)).path)
        if "text/html" in response.headers.get("content-type", ""):
            parsed.feed(response.text)
        return Page(self, response, parsed)

    def session(self) -> Session:
        """Return what the cookie holds."""
        return self.cookies.read(dict(self.client.cookies))

    def keep(self, session: Session) -> None:
        """Have a cookie that holds this."""
        self.client.cookies.clear()
        host = urlsplit(self.url).hostname or ""
        sealed = self.cookies.seal.close(session.dump())
        self.client.cookies.set(self.cookies.name, sealed, domain=host, path="/")

    def be(
        self,
        *roles: str,
        person_id: UUID | None = None,
        name: str = "山田 花子",
        language: str = "en",
        companies: Mapping[UUID, tuple[str, Sequence[str]]] | None = None,
    ) -> UUID:
        """Be signed in as somebody with these roles; companies are by id: name and rights."""
        person_id = person_id or new_id()
        now = self.clock.now()
        members = companies or {}
        session = Session(
            access_token=access_token(
                person_id, *roles, companies={key: each[1] for key, each in members.items()}
            ),
            expires_at=int((now + timedelta(minutes=15)).timestamp()),
            refresh_token="tkr_of_the_test",
            kept_until=int((now + timedelta(days=30)).timestamp()),
            language=language,
            person={"name": name, "reading": "", "email": "hanako@example.jp", "locale": "ja"},
            companies=[[str(key), each[0]] for key, each in members.items()],
        )
        self.keep(session)
        return person_id


@dataclass
class WebUnderTest:
    """web, its services, and a browser."""

    services: Services
    browser: Browser
    clock: SetClock

    @property
    def client(self) -> TestClient:
        return self.browser.client


@contextmanager
def web_over(services: Services, public_url: str = PUBLIC_URL, **settings: Any) -> Iterator[Any]:
    """Yield web over these services, with a browser that is not signed in."""
    clock, seal = SetClock(), Seal(new_key())
    web = Web(
        addresses={name: f"http://{name}.test" for name in SERVICES},
        public_url=public_url,
        timeout_seconds=5,
        seal=seal,
        clock=clock,
        checkout_origins=("https://checkout.example",),
        transport=httpx2.MockTransport(services),
        **settings,
    )
    cookies = Cookies(seal, public_url.startswith("https://"))
    with TestClient(create_app(web), base_url=public_url, raise_server_exceptions=False) as client:
        client.headers["Accept-Language"] = "en"
        client.headers["Accept"] = "text/html"
        yield WebUnderTest(services, Browser(client, cookies, clock, public_url), clock)


def access_token(
    person_id: UUID, *roles: str, companies: Mapping[UUID, Sequence[str]] | None = None
) -> str:
    """Return an access token as far as web reads it."""
    claims = {
        "sub": str(person_id),
        "roles": roles,
        "companies": {str(key): list(rights) for key, rights in (companies or {}).items()},
        "auth_time": int(datetime.now(UTC).timestamp()),
    }
    return jwt.encode(claims, SIGNED_WITH, "HS256")


class _Parsed(HTMLParser):
    """The forms of a page, its words, its heading."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[tuple[str, dict[str, list[str]]]] = []
        self.words: list[str] = []
        self.h1: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []
        self._select = ""
        self._area: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        self._open.append(tag)
        name = attributes.get("name", "")
        if tag == "form":
            action = urljoin(self.path, attributes.get("action", self.path))
            self.forms.append((action, {}))
        elif not self.forms or "form" not in self._open:
            return
        elif tag == "input" and name:
            kind = attributes.get("type", "text")
            box = kind in {"checkbox", "radio"}
            if kind not in {"submit", "file"} and (not box or "checked" in attributes):
                self._add(name, attributes.get("value", "on" if box else ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in attributes:
            self._add(self._select, attributes.get("value", ""))
        elif tag == "textarea":
            self._area = self.forms[-1][1].setdefault(name, [""])

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        while self._open and self._open.pop() != tag:
            continue

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[0] += data.removeprefix("\n") if not self._area[0] else data
        if {"script", "style", "head"} & set(self._open):
            return
        self.words.append(data)
        if "h1" in self._open:
            self.h1.append(data)

    def _add(self, name: str, value: str) -> None:
        self.forms[-1][1].setdefault(name, []).append(value)
