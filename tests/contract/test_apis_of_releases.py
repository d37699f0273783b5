"""Old clients at new services: web, programs and open pages go on while services are replaced."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.openapi_changes import breaking
from tests.support.documents import SERVICES, document_of
from tests.support.releases import Release, releases

Change = Callable[[dict[str, Any]], object]

OLD: dict[str, Any] = {
    "paths": {
        "/jobs": {
            "post": {
                "parameters": [{"in": "query", "name": "dry", "schema": {"type": "boolean"}}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/PostJob"}}
                    },
                },
                "responses": {
                    "201": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Job"}}
                        }
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "PostJob": {
                "type": "object",
                "properties": {
                    "title": {"type": "string", "maxLength": 200},
                    "kind": {"type": "string", "enum": ["fixed", "tasks"]},
                    "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                },
                "required": ["title"],
            },
            "Job": {
                "type": "object",
                "properties": {
                    "job_id": {"type": "string", "format": "uuid"},
                    "status": {"type": "string", "enum": ["open", "closed"]},
                    "skills": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["job_id", "status"],
            },
        }
    },
}
POST = OLD["paths"]["/jobs"]["post"]


def asked(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"]["PostJob"]
    return found


def shown(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"]["Job"]
    return found


def post(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/jobs"]["post"]
    return found


def changed(change: Change) -> dict[str, Any]:
    document = copy.deepcopy(OLD)
    change(document)
    return document


@pytest.mark.parametrize(
    ("release", "service"),
    [(release, service) for release in releases() for service in release.services()],
    ids=str,
)
def test_clients_of_a_release_can_go_on(release: Release, service: str) -> None:
    assert service in SERVICES
    old = release.document(service)
    assert old["paths"]
    assert breaking(old, document_of(service)) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda new: new["paths"].pop("/jobs"), "POST /jobs is gone"),
        (
            lambda new: post(new).update(parameters=[]),
            "POST /jobs has no query parameter dry",
        ),
        (
            lambda new: post(new)["parameters"].append(
                {"in": "header", "name": "If-Match", "required": True, "schema": {}}
            ),
            "POST /jobs requires header parameter If-Match",
        ),
        (lambda new: asked(new)["properties"].pop("note"), "POST /jobs body.note is gone"),
        (
            lambda new: asked(new).update(required=["title", "kind"]),
            "POST /jobs body.kind is required",
        ),
        (
            lambda new: asked(new)["properties"]["title"].update(maxLength=100),
            "POST /jobs body.title has a maxLength of 100",
        ),
        (
            lambda new: asked(new)["properties"]["kind"].update(enum=["fixed"]),
            "POST /jobs body.kind has no tasks",
        ),
        (
            lambda new: asked(new)["properties"].update(note={"type": "string"}),
            "POST /jobs body.note was null, is string",
        ),
        (lambda new: shown(new)["properties"].pop("skills"), "POST /jobs 201.skills is gone"),
        (
            lambda new: shown(new).update(required=["job_id"]),
            "POST /jobs 201.status may be left out",
        ),
        (
            lambda new: shown(new)["properties"]["skills"].update(items={"type": "integer"}),
            "POST /jobs 201.skills[] was string, is integer",
        ),
        (
            lambda new: shown(new)["properties"].update(
                status={"anyOf": [{"type": "string"}, {"type": "null"}]}
            ),
            "POST /jobs 201.status was string, is null",
        ),
        (
            lambda new: post(new).update(responses={"202": {}}),
            "POST /jobs 201 is no answer any more",
        ),
    ],
)
def test_a_change_that_breaks_clients_is_named(change: Change, told: str) -> None:
    assert breaking(OLD, changed(change)) == [told]


@pytest.mark.parametrize(
    "change",
    [
        lambda new: new["paths"].update({"/more": {"get": {"responses": {}}}}),
        lambda new: asked(new)["properties"].update(more={"type": "string"}),
        lambda new: asked(new)["properties"]["title"].update(maxLength=500),
        lambda new: asked(new)["properties"]["kind"].update(enum=["fixed", "tasks", "retainer"]),
        lambda new: shown(new)["properties"].update(more={"type": "string"}),
        lambda new: shown(new)["properties"]["status"].update(enum=["open", "closed", "paused"]),
        lambda new: post(new)["responses"].update({"409": {}}),
        lambda new: post(new)["parameters"].append(
            {"in": "query", "name": "more", "schema": {"type": "string"}}
        ),
    ],
)
def test_a_change_that_only_adds_is_none_that_breaks(change: Change) -> None:
    assert breaking(OLD, changed(change)) == []
