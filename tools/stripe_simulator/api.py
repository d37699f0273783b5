"""Stripe's API over HTTP: keys, versions, parameters, idempotency, faults; then the operation."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.status import (
    HTTP_200_OK,
    HTTP_404_NOT_FOUND,
    HTTP_429_TOO_MANY_REQUESTS,
    HTTP_500_INTERNAL_SERVER_ERROR,
)

from tools.stripe_simulator import forms
from tools.stripe_simulator.config import API_VERSION
from tools.stripe_simulator.errors import StripeError, bad_key, invalid, no_access
from tools.stripe_simulator.faults import Fault, Faults
from tools.stripe_simulator.idempotency import MAX_LENGTH, Answer, Key, Keys, digest
from tools.stripe_simulator.ids import new_id
from tools.stripe_simulator.lists import expand
from tools.stripe_simulator.operations import Operation, Routes
from tools.stripe_simulator.parameters import checked
from tools.stripe_simulator.recorder import Recorder
from tools.stripe_simulator.simulator import Call, Simulator, public
from tools.stripe_simulator.transport import cut, wait_for_hang_up


class Api:
    """Answers the requests that the stripe library sends."""

    def __init__(
        self, simulator: Simulator, routes: Routes, faults: Faults, recorder: Recorder
    ) -> None:
        self._simulator = simulator
        self._routes = routes
        self._faults = faults
        self._recorder = recorder
        self._keys = Keys(simulator)

    async def __call__(self, request: Request) -> Response:
        """Answer one request, or fail as ordered."""
        body = await request.body()
        fault = self._faults.take(request.method, request.url.path)
        if fault and fault.kind in {"status_before", "timeout_before", "reset_before"}:
            return await self._fail(request, body, fault)
        answer, headers = await self._answer(request, body, fault)
        self._recorder.request(request, body, answer.status, answer.body, headers["Request-Id"])
        if fault and fault.kind != "slow":
            return await self._fail(request, body, fault)
        return JSONResponse(answer.body, status_code=answer.status, headers=headers)

    async def _fail(self, request: Request, body: bytes, fault: Fault) -> Response:
        """Answer with an error, hang until the client goes, or cut the connection."""
        if fault.kind.startswith("timeout"):
            await wait_for_hang_up(request, fault.seconds)
        if not fault.kind.startswith("status"):
            return cut(request)
        answer = Answer(fault.status, _error_body(fault.status))
        if fault.status == HTTP_500_INTERNAL_SERVER_ERROR and fault.keep:
            # Stripe replays a 500 of v1: whether it took effect can only be looked up.
            with suppress(StripeError), self._simulator.store.transaction():
                parameters = self._raw_parameters(request, body)
                key = self._key(request, self._account(request), parameters)
                if key and not key.v2:
                    self._keys.keep(key, answer)
        return JSONResponse(answer.body, status_code=answer.status, headers=fault.headers)

    async def _answer(
        self, request: Request, body: bytes, fault: Fault | None
    ) -> tuple[Answer, dict[str, str]]:
        request_id = new_id("request")
        headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION}
        try:
            operation, path, account = self._admit(request)
            parameters = self._raw_parameters(request, body)
            key = self._key(request, account, parameters)
            if key:
                headers["Idempotency-Key"] = key.key
                kept = self._keys.kept(key)
                if kept:
                    return kept, {**headers, "Idempotent-Replayed": "true"}
            with self._busy(key):
                if fault and fault.kind == "slow":
                    await asyncio.sleep(fault.seconds)
                textual = not _is_json(request)
                typed = checked(parameters, operation.types, textual=textual)
                call = Call(
                    self._simulator, account, typed, path, request_id, key.key if key else None
                )
                return self._carry_out(operation, call, key), headers
        except StripeError as error:
            return Answer(error.status, error.body), {**headers, **error.headers}

    def _carry_out(self, operation: Operation, call: Call, key: Key | None) -> Answer:
        """Do it in one transaction with the keeping of its answer.

        An error that a key keeps (a declined card) keeps its traces too: an operation that refuses
        without traces does so before it changes anything.
        """
        simulator = self._simulator
        simulator.call = call
        try:
            with simulator.store.transaction():
                try:
                    answer = Answer(HTTP_200_OK, self._result(operation, call))
                except StripeError as error:
                    if not error.stored:
                        raise
                    answer = Answer(error.status, error.body)
                if key and (answer.status == HTTP_200_OK or not key.v2):
                    self._keys.keep(key, answer)
                return answer
        finally:
            simulator.call = None

    def _result(self, operation: Operation, call: Call) -> dict[str, Any]:
        result = public(operation.handler(call))
        return expand(self._simulator, result, call.get("expand") or [])

    def _admit(self, request: Request) -> tuple[Operation, dict[str, str], str]:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or key not in self._simulator.config.api_keys:
            raise bad_key()
        version = request.headers.get("Stripe-Version", API_VERSION)
        if version != API_VERSION:
            raise invalid(f"Only API version {API_VERSION} is simulated, not {version}")
        found = self._routes.find(request.method, request.url.path)
        if not found:
            raise StripeError(
                HTTP_404_NOT_FOUND,
                "invalid_request_error",
                f"Unrecognized request URL ({request.method}: {request.url.path}).",
            )
        return *found, self._account(request)

    def _account(self, request: Request) -> str:
        platform = self._simulator.config.platform
        account = request.headers.get("Stripe-Account") or request.headers.get("Stripe-Context")
        if not account or account == platform:
            return platform
        if not self._simulator.store.find(account, kind="v2.core.account"):
            raise no_access(account)
        return account

    def _raw_parameters(self, request: Request, body: bytes) -> dict[str, Any]:
        if request.method in {"GET", "DELETE"}:
            return forms.decode(request.url.query)
        if not _is_json(request):
            return forms.decode(body.decode("utf-8", "replace"))
        try:
            parameters = json.loads(body or b"{}")
        except ValueError as error:
            raise invalid(f"The request body is not valid JSON: {error}") from error
        if not isinstance(parameters, dict):
            raise invalid("The request body must be a JSON object")
        return parameters

    def _key(self, request: Request, account: str, parameters: dict[str, Any]) -> Key | None:
        key = request.headers.get("Idempotency-Key")
        if not key or request.method == "GET":
            return None
        if len(key) > MAX_LENGTH:
            raise invalid(f"Idempotency-Key may have {MAX_LENGTH} characters at most")
        path = request.url.path
        return Key(
            account, key, digest(request.method, path, parameters), v2=path.startswith("/v2/")
        )

    @contextmanager
    def _busy(self, key: Key | None) -> Iterator[None]:
        if not key:
            yield
            return
        self._keys.begin(key)
        try:
            yield
        finally:
            self._keys.end(key)


def _is_json(request: Request) -> bool:
    return request.url.path.startswith("/v2/") and request.method == "POST"


def _error_body(status: int) -> dict[str, Any]:
    if status == HTTP_429_TOO_MANY_REQUESTS:
        kind, code = "rate_limit_error", "rate_limit"
        message = "Request rate limit exceeded."
    else:
        kind, code = "api_error", "internal_error"
        message = "An unknown error occurred."
    return {"error": {"type": kind, "code": code, "message": message}}
