import re
from pathlib import Path

from shared.messaging.topology import HEARS
from shared.provision.broker import service_users
from tools.services import PROCESSES, WITH_STATE

SERVICES = Path(__file__).parents[3] / "services"


def test_every_process_that_a_service_offers_is_started() -> None:
    offered = {
        main.parent.name: set(re.findall(r'"(api|events|relay)":', main.read_text("utf-8")))
        for main in SERVICES.glob("*/__main__.py")
    }

    assert {service: set(kinds) for service, kinds in PROCESSES.items()} == offered


def test_whoever_hears_somebody_has_a_process_for_it() -> None:
    hearing = {service for service, sources in HEARS.items() if sources}

    assert hearing == {service for service, kinds in PROCESSES.items() if "events" in kinds}


def test_each_service_with_a_database_has_a_broker_user_that_reaches_its_own() -> None:
    users = service_users(dict.fromkeys(WITH_STATE, "password"))

    assert [user.name for user in users] == list(WITH_STATE)
    assert all(user.configure == rf"^{user.name}\." for user in users)
