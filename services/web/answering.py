"""How a visit goes: who it is, whether they may, the handler, a page for what goes wrong."""

import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from http import HTTPStatus

from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.web import formats
from services.web.backend import Refused, Unreachable
from services.web.forms import Attachment, NotFilledIn, Sent
from services.web.guard import from_our_pages, unmasks_to
from services.web.i18n import _, known, most_wanted, speaking
from services.web.refusals import explain, note
from services.web.routing import Entry, Site, Visit, asker_of
from services.web.sessions import Session
from shared.http import problems
from shared.http.files import MAX_FILE_BYTES

logger = logging.getLogger(__name__)

# A form with larger files is read to its end, so that what was typed beside them can be kept.
MAX_FORM_BYTES = 200 * 1024 * 1024
MAX_FIELDS = 2_000
MAX_FILES = 20

PROBLEM = "public/problem.html"
SESSION_ENDED = {"token_missing", "token_invalid", "token_expired", "session_ended"}


def routes_of(entries: Iterable[Entry]) -> list[Route]:
    """Return the routes; a path without names in it comes before one that it would also fit."""
    by_path: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_path[entry.path].append(entry)
    return [
        Route(path, _endpoint(by_path[path]), methods=["GET", "POST"])
        for path in sorted(by_path, key=_specific_first)
    ]


def _specific_first(path: str) -> list[tuple[bool, str]]:
    return [("{" in step, step) for step in path.split("/")]


def _endpoint(entries: Sequence[Entry]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await answer(request, entries)

    return endpoint


async def answer(request: Request, entries: Sequence[Entry]) -> Response:
    """Return the answer to a visit at a path with these handlers."""
    site: Site = request.app.state.site
    session = site.cookies.read(request.cookies)
    before = session.dump()
    asked = known(request.query_params.get("lang"))
    if asked:
        session.language = asked
    wanted = known(session.language) or most_wanted(request.headers.get("accept-language", ""))
    token = formats.now.set(site.clock.now())
    try:
        with speaking(wanted):
            response = await _answer(site, request, session, entries)
    finally:
        formats.now.reset(token)
    site.cookies.write(
        response, session, before=before, cookies=request.cookies, now=site.clock.now()
    )
    return response


async def missing(request: Request) -> Response:
    """Return the page that says that there is none."""

    async def nowhere(_: Visit) -> Response:
        raise Refused(HTTPStatus.NOT_FOUND, "not_found")

    return await answer(request, [Entry(request.method, "", nowhere, public=True)])


async def _answer(
    site: Site, request: Request, session: Session, entries: Sequence[Entry]
) -> Response:
    visit = Visit(site, request, session, None)
    try:
        asker = asker_of(request, session.access_token)
        if not await site.signing.keep_fresh(session, asker):
            session.say(_("You were signed out. Please sign in again."), "calm")
        visit.viewer = session.viewer()
        await visit.begin()
        if request.method == "POST":
            return await _take(visit, _fitting(visit, entries, "POST"))
        return await _show(visit, entries)
    except Exception as error:  # noqa: BLE001  (whatever happens, a person is told of it in words)
        return _problem(visit, error)
    finally:
        visit.end()


async def _show(visit: Visit, entries: Sequence[Entry]) -> Response:
    if not any(entry.method in {"GET", "HEAD"} for entry in entries):
        # Somebody reloads, or comes back to, the answer to a form: here is its page.
        return RedirectResponse(visit.came_from("/home"), HTTPStatus.SEE_OTHER)
    entry = _fitting(visit, entries, "GET")
    if visit.viewer is None and not entry.public:
        return visit.sign_in_first()
    return await entry.handler(visit)


async def _take(visit: Visit, entry: Entry) -> Response:
    """Take a form: only from a page of ours; shown again when something in it is wrong."""
    request = visit.request
    scheme = request.url.scheme
    ours = from_our_pages(request.headers, visit.site.public_url, scheme)
    if not ours:
        raise Refused(HTTPStatus.FORBIDDEN, "form_not_ours")
    if not _of_bearable_size(request):
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request_entity_too_large")
    visit.form = await _read(request)
    if visit.viewer is None and not entry.public:
        return visit.sign_in_first()
    try:
        _must_be_of_this_session(visit)
        return await entry.handler(visit)
    except (Refused, Unreachable, NotFilledIn, ValidationError) as why:
        if isinstance(why, Refused) and why.code == "reauthentication_needed":
            return visit.prove_presence_first()
        if entry.again is None or _ends_the_visit(why):
            raise
        return await _again(visit, entry, why)


def _must_be_of_this_session(visit: Visit) -> None:
    if not visit.session.csrf or not unmasks_to(visit.form.csrf, visit.session.csrf):
        raise Refused(HTTPStatus.FORBIDDEN, "form_too_old")


async def _again(
    visit: Visit, entry: Entry, why: Refused | Unreachable | NotFilledIn | ValidationError
) -> Response:
    """Show the page of the form once more, with what was typed and what is wrong with it."""
    assert entry.again is not None  # noqa: S101  (asked for by the caller)
    if not isinstance(why, NotFilledIn):
        note(visit.form, why)
    visit.refused = True
    visit.status = HTTPStatus.UNPROCESSABLE_ENTITY
    # 401 would ask the browser itself for a password.
    if isinstance(why, Refused) and why.status != HTTPStatus.UNAUTHORIZED:
        visit.status = why.status
    elif isinstance(why, Unreachable):
        visit.status = HTTPStatus.SERVICE_UNAVAILABLE
    return await entry.again(visit)


def _ends_the_visit(why: Exception) -> bool:
    """Tell whether the session has ended: a wrong password is a 401 too, but no end."""
    return isinstance(why, Refused) and why.code in SESSION_ENDED


def _fitting(visit: Visit, entries: Sequence[Entry], method: str) -> Entry:
    """Return the handler for the part that the visitor acts in; raise Refused when none is."""
    fitting = [entry for entry in entries if entry.method == method]
    if not fitting:
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed")
    viewer = visit.viewer
    if viewer is None:
        return fitting[0]
    for acting in (lambda role: role == viewer.part, viewer.is_a):
        for entry in fitting:
            if entry.role is not None and acting(entry.role):
                return entry
    everybody = [entry for entry in fitting if entry.role is None]
    if not everybody:
        raise Refused(HTTPStatus.FORBIDDEN, "role_required")
    return everybody[0]


def _of_bearable_size(request: Request) -> bool:
    # Browsers say how long a form is, and the server holds them to it.
    length = request.headers.get("content-length", "")
    return length.isdigit() and int(length) <= MAX_FORM_BYTES


async def _read(request: Request) -> Sent:
    try:
        async with request.form(
            max_fields=MAX_FIELDS, max_files=MAX_FILES, max_part_size=1024 * 1024
        ) as form:
            return await _sent(request.url.path, form)
    except HTTPException as error:
        raise Refused(HTTPStatus.BAD_REQUEST, "form_malformed", str(error.detail)) from error


async def _sent(action: str, form: FormData) -> Sent:
    fields: defaultdict[str, list[str]] = defaultdict(list)
    chosen: list[tuple[str, UploadFile]] = []
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            fields[name].append(value.replace("\x00", ""))
        elif value.filename:
            chosen.append((name, value))
    sent = Sent(action, {name: tuple(values) for name, values in fields.items()})
    if sum(file.size or 0 for _name, file in chosen) > MAX_FILE_BYTES:
        for name, _file in chosen:
            sent.fault(name, _("Files may have 50 MB together. You can send them one by one."))
        return sent
    for name, file in chosen:
        sent.files = {**sent.files, name: (*sent.attached(name), await _attachment(file))}
    return sent


async def _attachment(file: UploadFile) -> Attachment:
    media_type = file.content_type or "application/octet-stream"
    return Attachment(file.filename or "", media_type, await file.read())


def _problem(visit: Visit, error: Exception) -> Response:
    """Return the page that says what went wrong, and what to do about it."""
    if isinstance(error, Refused):
        if _ends_the_visit(error):
            visit.session.forget()
            visit.viewer = None
            return visit.sign_in_first()
        return _page(visit, error.status, error.code, explain(error))
    if isinstance(error, Unreachable):
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return _page(visit, status, "service_unreachable", _unreachable(error))
    problems.bug(visit.request.method, visit.path, error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _page(visit, status, "internal_error", _("Something is wrong on our side."))


def _unreachable(error: Unreachable) -> str:
    if error.unsure:
        return _("No answer came in time. See whether it was done before you send it again.")
    return _("A part of Tasuki doesn't answer at the moment. Please try again shortly.")


def _page(visit: Visit, status: int, code: str, text: str) -> Response:
    back = visit.came_from("/") if visit.request.method == "POST" else "/"
    facts = {"problem": text, "code": code, "back": back, "trace_id": problems.trace_id()}
    return visit.show(PROBLEM, status, problem_status=status, **facts)
