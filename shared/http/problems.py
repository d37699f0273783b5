"""Every refusal over HTTP is an RFC 9457 problem with a documented code: the one mapping."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from shared.errors import (
    DomainError,
    Invalid,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    Outdated,
    Rejected,
    TooMany,
    Transient,
)
from shared.observability import security
from shared.observability.requests import current_request_id
from shared.observability.traces import current_traceparent

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2


class Problem(BaseModel):
    """An RFC 9457 problem. Members beyond these are the facts of the refusal."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    trace_id: str = ""
    request_id: str = ""


# The first class that fits decides.
_STATUS: tuple[tuple[type[DomainError], HTTPStatus], ...] = (
    (NotAuthenticated, HTTPStatus.UNAUTHORIZED),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Rejected, HTTPStatus.CONFLICT),
    (Transient, HTTPStatus.SERVICE_UNAVAILABLE),
    (Outdated, HTTPStatus.PRECONDITION_FAILED),
    (TooMany, HTTPStatus.TOO_MANY_REQUESTS),
)


# Who these are told to may be trying what they shouldn't: another's object is "not found".
_OF_SECURITY = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)


def problem(
    status: HTTPStatus, code: str, detail: str = "", facts: Mapping[str, object] | None = None
) -> JSONResponse:
    """Return the response that tells of a refusal.

    Facts become members of their own beside the standard ones and never replace one of those.
    """
    members: dict[str, object] = dict(facts or {})
    members |= {
        "type": f"urn:tasuki:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status.value,
        "code": code,
        "detail": detail,
        "trace_id": trace_id(),
        "request_id": current_request_id(),
    }
    headers = {
        HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": str(RETRY_AFTER_SECONDS)},
        HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
        HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": str(members.get("retry_after", 1))},
    }.get(status)
    return JSONResponse(jsonable_encoder(members), status, headers, MEDIA_TYPE)


def described(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document that says how we refuse.

    FastAPI describes answers of its own to what is malformed, and knows JSON only.
    """
    for operations in document["paths"].values():
        for operation in operations.values():
            answers = operation["responses"]
            answers.pop(str(HTTPStatus.UNPROCESSABLE_ENTITY.value), None)
            refusal = answers["default"]
            refusal["content"] = {MEDIA_TYPE: next(iter(refusal["content"].values()))}
    for unused in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(unused, None)
    return document


def trace_id() -> str:
    """Return the id of the current trace: what a person quotes when asking for help."""
    traceparent = current_traceparent()
    return traceparent.split("-")[1] if traceparent else ""


def status_of(error: DomainError) -> HTTPStatus:
    """Return the HTTP status of a refusal."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def install(app: Starlette) -> None:
    """Make the app answer every refusal as a problem."""
    app.add_exception_handler(DomainError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)  # noqa: S101  (Starlette hands over what it was asked for)
    status = status_of(error)
    if status in _OF_SECURITY:
        # Which operation, not the path: an address may have a secret in it.
        security.note(
            "refused",
            code=error.code,
            status=status.value,
            operation=getattr(request.scope.get("route"), "name", ""),
            person_id=getattr(request.state, "person_id", None),
        )
    return problem(status, error.code, error.detail, error.facts)


async def _malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  (see above)
    faults = [
        {
            "pointer": "/" + "/".join(str(step) for step in fault["loc"]),
            "detail": fault["msg"],
        }
        for fault in error.errors()
    ]
    named = ", ".join(fault["pointer"] for fault in faults)
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "validation_failed",
        f"Correct these and send it again: {named}",
        {"errors": faults},
    )


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  (see above)
    status = HTTPStatus(error.status_code)
    return problem(status, status.name.lower(), str(error.detail))


def bug(method: str, path: str, error: Exception) -> JSONResponse:
    """Log what no one foresaw; return what the caller is told of it: nothing but the trace id."""
    logger.error("%s %s failed", method, path, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal_error",
        "Something is wrong on our side. Nothing was changed; quote the trace id when asking.",
    )
