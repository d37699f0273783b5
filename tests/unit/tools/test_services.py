from pathlib import Path

from shared.messaging.topology import HEARS
from tools.services import PROCESSES, WITH_STATE, broker_users

SERVICES = Path(__file__).parents[3] / "services"


def test_every_service_and_each_of_its_processes_is_started() -> None:
    there = {
        folder.name: {"api"}
        | ({"events"} if (folder / "events.py").exists() else set())
        | ({"relay"} if (folder / "migrations").exists() else set())
        for folder in SERVICES.iterdir()
        if (folder / "__init__.py").exists()
    }

    assert {service: set(kinds) for service, kinds in PROCESSES.items()} == there


def test_whoever_hears_somebody_has_a_process_for_it() -> None:
    hearing = {service for service, sources in HEARS.items() if sources}

    assert hearing == {service for service, kinds in PROCESSES.items() if "events" in kinds}


def test_each_service_with_a_database_has_a_broker_user_that_reaches_its_own() -> None:
    users = broker_users(dict.fromkeys(WITH_STATE, "password"))

    assert [user.name for user in users] == list(WITH_STATE)
    assert all(user.configure == rf"^{user.name}\." for user in users)
