"""ETags on what two may edit: who writes says which state was read, and nothing is lost.

    @router.get("/{job_id}", responses=TAGGED)
    def get_job(job_id: UUID, query: Queries, shown: Shown) -> JobView:
        return shown.as_of(query.run(lambda work: posting.get_job(job_id, query.person, work)))

    @router.put("/{job_id}", response_model=JobView)
    def edit_job(job_id: UUID, body: JobDetails, command: Commands, edit: Edits) -> Answered:
        return edit.run(
            command,
            lambda work: posting.get_job(job_id, command.person, work),
            lambda work: posting.edit_job(job_id, body, command.person, work),
        )

An ETag is a digest of what the caller is shown, so that nothing has to be kept for it. `If-Match`
is asked for by who wants it: without it, the last to write wins.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from sqlalchemy import Connection, text

from shared.clock import Clock
from shared.errors import Outdated
from shared.http.edge import Answered, Command

W = TypeVar("W")
V = TypeVar("V")

DIGITS: Final = 32
_TAG = re.compile(r'(?:W/)?"[^"]*"')
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:path, 0))")

_ETAG: Final = {
    "ETag": {"schema": {"type": "string"}, "description": "What was shown, as a digest"}
}
TAGGED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"headers": _ETAG},
    304: {"description": "As it was: the ETag is one of If-None-Match", "headers": _ETAG},
}

IfMatch = Annotated[
    str | None,
    Header(
        max_length=1_000,
        description="The ETag of what was read: if it has changed since, nothing is done (412).",
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(max_length=1_000, description="An ETag: what is the same still is not sent again."),
]


def etag_of(view: object) -> str:
    """Return the ETag of what is shown: the same for the same, in every process."""
    shown = json.dumps(_settled(view), sort_keys=True, ensure_ascii=False)
    return f'"{hashlib.sha256(shown.encode()).hexdigest()[:DIGITS]}"'


def _settled(value: Any) -> Any:
    """Return the value as JSON has it, with sets in order: Python's own changes by process."""
    if isinstance(value, BaseModel):
        return _settled(value.model_dump())
    if isinstance(value, Mapping):
        return {str(to_jsonable_python(key)): _settled(each) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_settled(each) for each in value), key=json.dumps)
    if isinstance(value, list | tuple):
        return [_settled(each) for each in value]
    return to_jsonable_python(value)


@dataclass(frozen=True)
class Showing:
    """Shows something with its ETag."""

    response: Response
    if_none_match: str | None

    def as_of(self, view: V) -> V:
        """Return the view; or, when the caller has it already, that it is as it was (304)."""
        tag = etag_of(view)
        # Nobody may show it to somebody else, or without asking whether it still is so.
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if self.if_none_match and _names(self.if_none_match, tag, weakly=True):
            # FastAPI sends a Response as it is.
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)  # type: ignore[return-value]
        self.response.headers.update(headers)
        return view


@dataclass(frozen=True)
class Editing:
    """Runs a command only if things still are as the caller has read them."""

    response: Response
    path: str
    if_match: str | None

    def run(
        self, command: Command[W], current: Callable[[W], V], edit: Callable[[W], V]
    ) -> Answered:
        """Run the command; `current` reads what the path shows."""

        def checked(work: W) -> V:
            self._check(current, work)
            return self._tagged(edit(work))

        return self._alone(command).run(checked)

    def run_unkept(
        self, command: Command[W], do: Callable[[W], object], show: Callable[[W], V]
    ) -> Answered:
        """Run a command whose answer is not kept; `show` reads what the path shows."""

        def checked(work: W) -> None:
            self._check(show, work)
            do(work)

        return self._alone(command).run_unkept(checked, lambda work: self._tagged(show(work)))

    def _alone(self, command: Command[W]) -> Command[W]:
        """Return the command as one that waits for others at the same path.

        Otherwise two could find that nothing has changed, and then both change it.
        """

        def begin(connection: Connection, clock: Clock) -> W:
            connection.execute(_LOCK, {"path": self.path})
            return command.edge.work(connection, clock)

        return command.over(begin)

    def _check(self, current: Callable[[W], object], work: W) -> None:
        if self.if_match is None:
            return
        if not _names(self.if_match, etag_of(current(work)), weakly=False):
            raise Outdated(
                "changed_meanwhile",
                "Somebody has changed it since you read it. Read it again, and look whether you "
                "still want this.",
            )

    def _tagged(self, view: V) -> V:
        self.response.headers["ETag"] = etag_of(view)
        return view


def _names(header: str, tag: str, *, weakly: bool) -> bool:
    """Tell whether a header's list of ETags has this one (RFC 9110, section 8.8.3.2)."""
    if header.strip() == "*":
        return True
    named = _TAG.findall(header)
    return tag in named or (weakly and f"W/{tag}" in named)


async def _showing(response: Response, if_none_match: IfNoneMatch = None) -> Showing:
    return Showing(response, if_none_match)


async def _editing(request: Request, response: Response, if_match: IfMatch = None) -> Editing:
    return Editing(response, request.url.path, if_match)


Shown = Annotated[Showing, Depends(_showing)]
Edits = Annotated[Editing, Depends(_editing)]
