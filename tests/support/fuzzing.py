"""Whatever is sent to an operation, its answer is one that the API's own description has.

schemathesis makes requests of the description: some that fit it, and some that don't. They are sent
by each of a stage's people in turn, mostly about things that are there. Always the same ones, and
few: more of them are for a night, by FUZZ_EXAMPLES.
"""

import itertools
import os
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.documents import document_of, operations
from tests.support.matrix import Stage

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "5"))
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
INTERNAL = 500
UNAVAILABLE = 503
# A letter that came back is sent as the bytes that it is.
schemathesis.serializer.alias("message/rfc822", "application/octet-stream")
# One request in so many is about ids that were made up.
MADE_UP = 4


def operations_of(service: str, but: Sequence[str] = ()) -> list[Any]:
    """Return the operations of a service, as parameters of a test; not those that never end."""
    schema = schemathesis.openapi.from_dict(document_of(service))
    found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    assert len(found) == len(operations(document_of(service)))
    return [pytest.param(each, id=each.label) for each in found if each.label not in but]


def try_everything(operation: Any, stage: Stage) -> None:
    """Send requests that fit the description, and requests that don't; check every answer."""
    turns = itertools.count()
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @seed(1)
        @settings(
            max_examples=EXAMPLES,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: Case[Any]) -> None:
            _send(case, stage, next(turns))

        # Where nothing can be asked for wrongly, there is nothing of that to send.
        with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
            send()


def _send(case: Case[Any], stage: Stage, turn: int) -> None:
    # Mostly by those who may: the others hear of nothing but that.
    may = stage.matrix.allowed(case.operation.method, case.operation.path)
    roles = list(may if may and turn % MADE_UP else stage.callers)
    caller = stage.caller(roles[turn % len(roles)])
    assert case.meta is not None
    path = case.meta.components.get(ParameterLocation.PATH)
    if path and path.mode is GenerationMode.POSITIVE and turn % MADE_UP:
        known = {name: stage.ids[name] for name in case.path_parameters if name in stage.ids}
        case.path_parameters = {**case.path_parameters, **known}
    request = case.as_transport_kwargs("http://testserver", dict(caller.headers))
    request.pop("cookies", None)
    if not isinstance(request.get("data", {}), dict):
        body = request.pop("data")
        request["content"] = body if isinstance(body, bytes | str) else b"".join(body)
    answer = caller.client.request(**request, follow_redirects=False)
    # 503 is what is out of reach (here: a broker), and is said as all refusals are.
    assert answer.status_code < INTERNAL or answer.status_code == UNAVAILABLE, answer.text
    case.validate_response(answer, checks=CHECKS, headers=dict(caller.headers))
