import inspect

from tasuki.cli.commands import FINAL
from tasuki.client import operations
from tools.client_code import SERVICES, TARGET, code, routes_of


def test_the_client_has_what_the_services_offer() -> None:
    assert TARGET.read_text(encoding="utf-8") == code(), "the APIs have changed: make client"


def test_every_operation_of_every_service_is_there() -> None:
    for service in SERVICES:
        methods = inspect.getmembers(getattr(operations, service.title()), inspect.isfunction)
        assert len([name for name, _ in methods if not name.startswith("_")]) == len(
            {(route.path, *(route.methods or ())) for route in routes_of(service)}
        )


def test_what_is_asked_for_once_more_is_there() -> None:
    there = {
        name
        for service in SERVICES
        for name, _ in inspect.getmembers(getattr(operations, service.title()))
    }
    assert there >= FINAL
