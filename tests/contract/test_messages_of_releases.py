"""Old and new versions on the same queues: each reads what the other says."""

import json
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from pydantic import BaseModel

from shared.messages.base import Event
from shared.messaging.envelope import Received
from tests.contract.published import breaks, models, published
from tests.support.releases import Release, example_of, releases
from tools.releases.overheard import Said

RELEASES = releases()
TODAY = published()
MODELS = models()
of_each_release = pytest.mark.parametrize("release", RELEASES, ids=str)


def received(message: Said) -> Received:
    properties = message.properties
    return Received(
        properties.message_id,
        properties.content_type,
        properties.headers,
        message.routing_key,
        message.body,
    )


def read(message: Said) -> BaseModel:
    """Return the message as today's handlers get it."""
    received(message).id()
    return received(message).decode(Event.registry[message.event_type], message.event_type)


def faults(schema: dict[str, Any], message: Any) -> list[str]:
    """Return what a reader of that schema has against a message."""
    return [fault.message for fault in Draft202012Validator(schema).iter_errors(message)]


def without_order(facts: Any) -> Any:
    """Return the facts with every list as a set would be written: some are sets."""
    if isinstance(facts, dict):
        return {name: without_order(each) for name, each in facts.items()}
    return sorted(map(without_order, facts), key=repr) if isinstance(facts, list) else facts


def schema_of(release: Release, event_type: str) -> dict[str, Any]:
    """Return what the readers of a release expect of an event."""
    model = Event.registry[event_type]
    path = next(path for path, each in MODELS.items() if each is model)
    return release.schemas[path]


def test_there_is_a_release_to_be_held_to() -> None:
    assert RELEASES


@of_each_release
def test_every_message_that_a_release_told_is_read_today(release: Release) -> None:
    for message in release.messages:
        told, heard = message.facts(), read(message).model_dump(mode="json")
        assert without_order({name: heard[name] for name in told}) == without_order(told)


@of_each_release
def test_every_event_that_a_release_knows_is_read_today(release: Release) -> None:
    kept = [path for path in release.schemas if "/event." in path]
    assert len(kept) > len({message.event_type for message in release.messages}) > 0
    for path in kept:
        assert path in MODELS, f"{path} is no more, and the release may still say it"
        MODELS[path].model_validate_json(json.dumps(example_of(release.schemas[path])))


@of_each_release
@pytest.mark.parametrize("kind", ["command", "event", "view"])
def test_a_release_reads_whatever_schema_today_has(release: Release, kind: str) -> None:
    broken = [
        f"{path}: {what}"
        for path, old in release.schemas.items()
        if f"/{kind}." in path
        for what in (breaks(kind, old, TODAY[path]) if path in TODAY else ["is gone"])
    ]
    assert not broken


@of_each_release
def test_a_release_reads_what_today_makes_of_its_messages(release: Release) -> None:
    for message in release.messages:
        said = read(message).model_dump(mode="json")
        assert faults(schema_of(release, message.event_type), said) == []


@of_each_release
def test_a_release_reads_todays_events_with_all_that_they_can_say(release: Release) -> None:
    for path in release.schemas:
        if "/event." in path:
            assert faults(release.schemas[path], example_of(TODAY[path])) == [], path


@of_each_release
def test_a_message_without_what_it_has_to_say_is_read_by_nobody(release: Release) -> None:
    message = release.messages[-1]
    schema = schema_of(release, message.event_type)
    facts = message.facts()
    del facts[schema["required"][0]]
    assert faults(schema, facts)
