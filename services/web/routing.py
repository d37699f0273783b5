"""How a page is written.

A module of `services/web/pages` has a `Pages` and hangs its handlers on it; it is found by itself.
A handler gets one object, the `Visit`, and returns what the visit gave it:

    from services.web.i18n import _
    from services.web.routing import Pages, Visit, together

    pages = Pages()


    @pages.get("/contracts/{contract_id}")
    async def contract(visit: Visit) -> Response:
        path = f"/{visit.params['contract_id']}"
        contract, history = await together(
            visit.get("contracts", path, ContractView),
            visit.get("contracts", f"{path}/history", Page[StepView], limit=20),
        )
        return visit.show("contracts/contract.html", contract=contract, history=history)


    @pages.post("/contracts/{contract_id}/end", again=contract)
    async def end(visit: Visit) -> Response:
        body = EndContract(reason=visit.form.text("reason"))
        await visit.send("POST", "contracts", f"/{visit.params['contract_id']}/end", body)
        return visit.go(f"/contracts/{visit.params['contract_id']}", say=_("The contract ends."))

*Who may.* Every page needs somebody who is signed in, unless it is `public=True`. With `role=` it
is for those who act as that (`visit.viewer.part`); several handlers may have one path, each with
another role, and whoever has none of these roles is told so. What somebody may do is for the
services to decide: pages only leave out what would be refused.

*Asking.* `visit.get` parses with a view of `shared.messages`; a list is `list[JobView]`, a page
`Page[JobView]`. Ask for several things at once with `together`. `visit.maybe(…)` gives None when a
service doesn't answer, for what a page can do without. Whatever else is refused becomes a page that
says so; a handler seldom catches anything.

*Forms.* A form has one action, and posts to it. `visit.form` reads (see forms.py). Build the
command with the names of its fields as the names of the form's fields (`milestones-0-price` for
what is inside another); then every fault, of ours or of a service, is shown at its field. With
`again=` the page of that handler is shown once more after a refusal, with all that was typed: its
template asks for the form by `form_for("/contracts/…/end", reason="")`. CSRF and the
Idempotency-Key are not a page's business: the macro `ui.form` puts them in, `visit.send` sends the
key. For what two may edit: `form_for(…, _etag=visit.etag("jobs", path))`, and
`visit.send(…, if_match=visit.form.etag)`.

*Words.* See i18n.py. Never build a sentence out of pieces.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar, overload
from urllib.parse import urlencode
from uuid import UUID

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from services.web.backend import Answer, Asker, Backend, Body, Refused, Unreachable
from services.web.forms import Attachment, Form, Sent, form_at
from services.web.guard import masked, safe_next
from services.web.i18n import LANGUAGES, Language, language
from services.web.rendering import render
from services.web.sessions import Cookies, Notice, Session, Viewer
from services.web.signing import Signing
from shared.clock import Clock
from shared.messages.files import FileView
from shared.messages.notify import UnreadView

T = TypeVar("T")

together = asyncio.gather

Handler = Callable[["Visit"], Awaitable[Response]]
H = TypeVar("H", bound=Handler)

SIGN_IN = "/sign-in"
PRESENCE = "/sign-in/again"
UNREAD_SECONDS = 0.05


@dataclass(frozen=True)
class Site:
    """What all visits have in common."""

    backend: Backend
    cookies: Cookies
    signing: Signing
    clock: Clock
    public_url: str
    demo_people: Path | None = None


@dataclass(frozen=True)
class Entry:
    """A handler at a path."""

    method: str
    path: str
    handler: Handler
    public: bool = False
    role: str | None = None
    again: Handler | None = None


@dataclass
class Pages:
    """The handlers of a module."""

    entries: list[Entry] = field(default_factory=list)

    def get(self, path: str, *, public: bool = False, role: str | None = None) -> Callable[[H], H]:
        """Show a page at this path."""
        return self._add(lambda handler: Entry("GET", path, handler, public, role))

    def post(
        self,
        path: str,
        *,
        public: bool = False,
        role: str | None = None,
        again: Handler | None = None,
    ) -> Callable[[H], H]:
        """Take a form at this path; `again` shows it once more when it is refused."""
        return self._add(lambda handler: Entry("POST", path, handler, public, role, again))

    def _add(self, entry: Callable[[Handler], Entry]) -> Callable[[H], H]:
        def register(handler: H) -> H:
            self.entries.append(entry(handler))
            return handler

        return register


@dataclass
class Visit:
    """One request for a page: who asks, what was sent, and the ways to answer."""

    site: Site
    request: Request
    session: Session
    viewer: Viewer | None
    form: Sent = field(default_factory=Sent)
    refused: bool = False
    status: int = HTTPStatus.OK
    _etags: dict[tuple[str, str], str] = field(default_factory=dict)
    _sent: dict[str, int] = field(default_factory=dict)
    _forms: int = 0
    _said: list[Notice] | None = None
    _unread: "asyncio.Task[int | None] | None" = None

    async def begin(self) -> None:
        """Ask ahead for what every page shows, and wait for it no longer than nobody notices."""
        if self.viewer is not None and self.request.method == "GET":
            self._unread = asyncio.create_task(self._count_unread())
            await asyncio.wait({self._unread}, timeout=UNREAD_SECONDS)

    def end(self) -> None:
        """Stop asking for what no page showed."""
        if self._unread is not None:
            self._unread.cancel()

    async def _count_unread(self) -> int | None:
        try:
            answer = await self.ask("GET", "notify", "/notifications/unread")
            return answer.parse(UnreadView, "notify").unread
        except (Refused, Unreachable):
            return None

    # What was asked for

    @property
    def params(self) -> dict[str, Any]:
        """What the path has at its `{names}`."""
        return dict(self.request.path_params)

    @property
    def query(self) -> QueryParams:
        """What is behind the `?`."""
        return self.request.query_params

    @property
    def path(self) -> str:
        """The path."""
        return self.request.url.path

    @property
    def person(self) -> Viewer:
        """Who is signed in; for pages that aren't public."""
        if self.viewer is None:
            raise Refused(HTTPStatus.UNAUTHORIZED, "token_missing")
        return self.viewer

    @property
    def now(self) -> datetime:
        """The time, which a demo may turn."""
        return self.site.clock.now()

    # Asking the services

    @property
    def asker(self) -> Asker:
        """On whose behalf the services are asked."""
        return asker_of(self.request, self.session.access_token)

    async def get(self, service: str, path: str, view: type[T], **params: Any) -> T:
        """Return what a service shows."""
        answer = await self.ask("GET", service, path, params=params)
        self._etags[service, path] = answer.etag
        return answer.parse(view, service)

    async def maybe(self, asked: Awaitable[T]) -> T | None:
        """Return what was asked for, or None when the service doesn't answer."""
        try:
            return await asked
        except Unreachable:
            return None

    async def or_none(self, asked: Awaitable[T]) -> T | None:
        """Return what was asked for, or None when there is no such thing for this visitor."""
        try:
            return await asked
        except Refused as refused:
            if refused.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    @overload
    async def send(
        self,
        method: str,
        service: str,
        path: str,
        body: Body,
        view: type[T],
        *,
        if_match: str = "",
    ) -> T: ...

    @overload
    async def send(
        self, method: str, service: str, path: str, body: Body = None, *, if_match: str = ""
    ) -> None: ...

    async def send(
        self,
        method: str,
        service: str,
        path: str,
        body: Body = None,
        view: type[T] | None = None,
        *,
        if_match: str = "",
    ) -> T | None:
        """Have something done, once, however often the form is sent; return what came of it."""
        headers = self._once(method, service, path) | ({"If-Match": if_match} if if_match else {})
        answer = await self.ask(method, service, path, body=body, headers=headers)
        return answer.parse(view, service) if view is not None else None

    async def upload(
        self, service: str, path: str, file: Attachment, view: type[T], **params: Any
    ) -> T:
        """Send a file as it is."""
        headers = self._once("POST", service, path) | {"Content-Type": file.media_type}
        params |= {"name": file.name}
        answer = await self.ask(
            "POST", service, path, content=file.content, params=params, headers=headers
        )
        return answer.parse(view, service)

    async def attach(self, service: str, path: str) -> tuple[UUID, ...]:
        """Send the files of the form; return their ids.

        What else is wrong with the form is said first: a browser forgets the files.
        """
        self.form.must_be_filled_in()
        files = self.form.attached("files")
        sent = [await self.upload(service, path, each, FileView) for each in files]
        return tuple(each.file_id for each in sent)

    async def ask(self, method: str, service: str, path: str, **options: Any) -> Answer:
        """Return a service's answer as it is."""
        return await self.site.backend.ask(self.asker, method, service, path, **options)

    async def download(self, service: str, path: str, **params: Any) -> Response:
        """Pass on a file: for saving, never to be shown as a page of ours."""
        answer = await self.site.backend.stream(self.asker, service, path, params=params)
        kept = ("content-type", "content-length", "content-disposition")
        headers = {name: answer.headers[name] for name in kept if name in answer.headers}
        headers |= {"Cache-Control": "private, no-store"}
        headers |= {"Content-Security-Policy": "default-src 'none'; sandbox"}
        shown = headers.get("content-disposition", "attachment")
        headers["content-disposition"] = shown.replace("inline", "attachment", 1)

        async def pieces() -> Any:
            try:
                async for piece in answer.aiter_bytes():
                    yield piece
            finally:
                await answer.aclose()

        return StreamingResponse(pieces(), headers=headers)

    def etag(self, service: str, path: str) -> str:
        """Return the version of what was got there."""
        return self._etags.get((service, path), "")

    def _once(self, method: str, service: str, path: str) -> dict[str, str]:
        """Return the Idempotency-Key: the form's own, told apart for each thing it does."""
        self.form.must_be_filled_in()
        if not self.form.key:
            return {}
        act = f"{method} {service}{path}"
        number = self._sent[act] = self._sent.get(act, 0) + 1
        told_apart = f"{self.form.key} {number} {act}".encode()
        return {"Idempotency-Key": hashlib.sha256(told_apart).hexdigest()}

    # Answering

    def show(self, template: str, status: int | None = None, **facts: Any) -> Response:
        """Return a page."""
        context = {"visit": self, "viewer": self.viewer, "form_for": self.form_for}
        html = render(template, context | facts)
        headers = {"Content-Language": self.lang, "Vary": "Accept-Language, Cookie"}
        # A form has its session's token in it, and may have the secret of a letter's link.
        for_one = self.viewer or self._forms
        headers["Cache-Control"] = "private, no-store" if for_one else "no-cache"
        return HTMLResponse(html, status or self.status, headers)

    def go(self, path: str, *, say: str = "", mood: str = "good") -> Response:
        """Send the browser to another page of ours, with something to say there."""
        if say:
            self.session.say(say, mood)
        return RedirectResponse(path, HTTPStatus.SEE_OTHER)

    def leave(self, url: str) -> Response:
        """Send the browser to another server, whose address a service gave us."""
        return RedirectResponse(url, HTTPStatus.SEE_OTHER)

    def sign_in_first(self) -> Response:
        """Send the browser to where one signs in, and then back."""
        back = self.path
        if self.request.method == "GET":
            query = self.request.url.query
            back += f"?{query}" if query else ""
        else:
            back = self.came_from()
        return self.go(f"{SIGN_IN}?{urlencode({'next': back})}")

    def prove_presence_first(self) -> Response:
        """Send the browser to where one shows that it is still oneself, and then back."""
        return self.go(f"{PRESENCE}?{urlencode({'next': self.came_from()})}")

    def came_from(self, otherwise: str = "/home") -> str:
        """Return the page of ours that the browser comes from."""
        referer = self.request.headers.get("referer", "")
        for ours in (self.site.public_url, str(self.request.base_url).rstrip("/")):
            if referer.startswith(f"{ours}/"):
                return safe_next(referer.removeprefix(ours)) or otherwise
        return otherwise

    # What templates ask for

    def form_for(self, action: str, _name: str = "", _etag: str = "", **initial: Any) -> Form:
        """Return the form to show at an action: after a refusal, with what was typed."""
        self._forms += 1
        return form_at(
            action,
            csrf=self.csrf,
            initial=initial,
            sent=self.form if self.refused else None,
            etag=_etag,
            name=_name or "",
            prefix=f"f{self._forms}",
        )

    @property
    def csrf(self) -> str:
        """The token of forms, as it is in this page."""
        return masked(self.session.token_for_forms())

    @property
    def said(self) -> list[Notice]:
        """What is said once."""
        if self._said is None:
            self._said = self.session.take_notices()
        return self._said

    @property
    def lang(self) -> Language:
        """The language of the page."""
        return language()

    @property
    def other_lang(self) -> Language:
        """The language that the page is not in."""
        return next(each for each in LANGUAGES if each != language())

    def in_language(self, wanted: str) -> str:
        """Return where this page is in another language."""
        kept = [(name, value) for name, value in self.query.multi_items() if name != "lang"]
        return f"{self.path}?{urlencode([*kept, ('lang', wanted)])}"

    @property
    def unread(self) -> int | None:
        """How many notices are unread in the inbox, if that is known."""
        task = self._unread
        return task.result() if task and task.done() and not task.cancelled() else None


def asker_of(request: Request, token: str) -> Asker:
    """Return on whose behalf a request has the services asked."""
    return Asker(
        token,
        request.client.host if request.client else "",
        request.headers.get("user-agent", "")[:400],
        language(),
    )
