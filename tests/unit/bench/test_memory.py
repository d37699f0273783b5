from importlib import import_module

from shared.messages.accounts import PersonRegistered
from shared.messaging.on import heard_by
from shared.messaging.topology import HEARS
from tests.bench.memory import HEARERS


def test_the_messages_that_are_counted_are_those_of_all_who_hear_of_a_registration() -> None:
    hearers = [
        service
        for service in HEARS
        for _, event in heard_by(import_module(f"services.{service}.events").Events).values()
        if event is PersonRegistered
    ]

    assert sorted(hearers) == sorted(HEARERS)
