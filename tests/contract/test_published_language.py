import json
from typing import Any

import pytest

from tests.contract.published import SNAPSHOTS, breaks, published, snapshot_text

CURRENT = published()


@pytest.mark.parametrize("path", sorted(CURRENT))
def test_what_is_published_is_what_was_promised(path: str) -> None:
    snapshot = SNAPSHOTS / path
    assert snapshot.exists(), f"{path} is new: run `make snapshots` and commit it"
    text = snapshot.read_text(encoding="utf-8")
    kind = snapshot.name.split(".")[0]
    assert breaks(kind, json.loads(text), CURRENT[path]) == []
    assert text == snapshot_text(CURRENT[path]), "an addition: run `make snapshots` and commit it"


def test_nothing_that_was_promised_is_gone() -> None:
    promised = {str(path.relative_to(SNAPSHOTS)) for path in SNAPSHOTS.rglob("*.json")}
    assert promised <= set(CURRENT)


OLD: dict[str, Any] = {
    "properties": {"amount": {"type": "integer"}, "note": {"type": "string"}},
    "required": ["amount"],
    "$defs": {"Status": {"enum": ["open", "closed"]}},
}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"properties": {"amount": {"type": "integer"}}}, "/note is gone"),
        (
            {"properties": OLD["properties"] | {"amount": {"type": "number"}}},
            "/amount has another schema",
        ),
        ({"required": ["amount", "note"]}, "/note has become required"),
        ({"required": []}, "/amount has become optional"),
        ({"$defs": {"Status": {"enum": ["open"]}}}, "Status has other values"),
        ({"$defs": {"Status": {"enum": ["open", "closed", "new"]}}}, "Status has other values"),
        (
            {
                "properties": OLD["properties"] | {"more": {"type": "string"}},
                "required": ["amount", "more"],
            },
            "/more has become required",
        ),
    ],
)
def test_a_change_that_breaks_an_event_is_named(change: dict[str, Any], told: str) -> None:
    assert breaks("event", OLD, OLD | change) == [told]


def test_an_optional_property_may_be_added() -> None:
    new = OLD | {"properties": OLD["properties"] | {"more": {"type": "string"}}}
    assert breaks("event", OLD, new) == []


def test_a_view_may_gain_what_an_event_may_not() -> None:
    new = OLD | {
        "properties": OLD["properties"] | {"more": {"type": "string"}},
        "required": ["amount", "more"],
        "$defs": {"Status": {"enum": ["open", "closed", "new"]}},
    }
    assert breaks("view", OLD, new) == []


def test_words_that_explain_may_change() -> None:
    described = {"amount": {"type": "integer", "description": "in yen"}}
    assert breaks("event", OLD, OLD | {"properties": OLD["properties"] | described}) == []
