"""Who may talk to whom equals what the code really uses: no edge is missing, none is left over."""

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from services.payments import cli_books
from tests.unit.deploy.k8s import (
    OVERLAYS,
    kind_of,
    main_of,
    of_kind,
    service_of,
    settings_of,
    templates,
)
from tests.unit.deploy.k8s_network import Edge, edges, pods, selects
from tools.services import PROCESSES, WITH_STATE

HTTP, OPS = 8000, 9000
INTERNET: Final = (("internet", 443),)
POSTGRES: Final = (("postgres", 5432),)

# Where each setting leads that is an address, and which kinds of process go there.
LEADS: Final[Mapping[str, tuple[tuple[str, int], ...]]] = {
    "database_url": POSTGRES,
    "migration_database_url": POSTGRES,
    "amqp_url": (("rabbitmq", 5671),),
    "jwks_url": (("accounts-api", HTTP),),
    **{f"{service}_url": ((f"{service}-api", HTTP),) for service in WITH_STATE},
    "stripe_api_base": INTERNET,
    "breached_passwords_url": INTERNET,
    "oidc_providers": INTERNET,
    "line_api_base": INTERNET,
    "smtp_url": (("anywhere", 465), ("anywhere", 587)),
}
GO: Final[Mapping[str, frozenset[str]]] = {
    "database_url": frozenset({"api", "events", "relay", "reconcile", "seal", "verify"}),
    "migration_database_url": frozenset({"migrate"}),
    "amqp_url": frozenset({"api", "events", "relay"}),
    "line_api_base": frozenset({"events"}),
    "smtp_url": frozenset({"events"}),
}
# Where it listens, what it is called by others, and what is off unless somebody switches it on.
NOWHERE: Final = {"http_host", "ops_host", "public_url", "sentry_dsn"}
ADDRESS: Final = re.compile(r"_(url|base|uri|host|dsn|endpoint|providers)$")

# Edges of the servers among themselves, and of those who run them.
SERVERS: Final = {
    Edge("postgres", "postgres", 5432),
    Edge("postgres", "postgres", 8000),
    Edge("cnpg-system", "postgres", 5432),
    Edge("cnpg-system", "postgres", 8000),
    Edge("postgres", "anywhere", 443),
    Edge("postgres", "anywhere", 6443),
    Edge("rabbitmq", "rabbitmq", 4369),
    Edge("rabbitmq", "rabbitmq", 25672),
    Edge("rabbitmq-system", "rabbitmq", 15671),
    Edge("rabbitmq", "anywhere", 443),
    Edge("rabbitmq", "anywhere", 6443),
}
SCALER: Final = Edge("keda", "rabbitmq", 15671)
# What the servers tell Prometheus of themselves: the alerts about them need it.
MEASURED: Final = (("postgres", 9187), ("rabbitmq", 15691))
MANAGED: Final = "10.80.0.0/24"


def says(function: Any, word: str) -> bool:
    """Tell whether a function's code uses a name."""
    return re.search(rf"\b{word}\b", inspect.getsource(function)) is not None


def opened(service: str, setting: str, kind: str) -> bool:
    """Tell whether a kind of process of a service goes where a setting leads."""
    main = main_of(service)
    if setting in {"database_url", "migration_database_url", "amqp_url"} and service == "web":
        return False
    if setting == "jwks_url":
        # Who verifies tokens by keys of his own asks nobody for them.
        own = service == "web" or says(main.make_app, "TokenVerifier")
        return kind == "api" and not own
    if setting == "stripe_api_base":
        if kind in {"api", "events"}:
            return says({"api": main.make_app, "events": main.run}[kind], "make_gateway")
        command = getattr(cli_books, f"_{kind}", None)
        return command is not None and says(command, "statements")
    return kind in GO.get(setting, {"api"})


def used(overlay: str) -> Iterator[Edge]:
    """Return the edges that the code of the processes uses."""
    for name, pod in templates(overlay).items():
        service, kind = service_of(pod), kind_of(pod)
        if service == "databases":
            yield from (Edge(name, target, port) for target, port in POSTGRES)
            continue
        for setting in settings_of(service).model_fields.keys() & LEADS.keys():
            if opened(service, setting, kind):
                yield from (Edge(name, target, port) for target, port in LEADS[setting])


def around(overlay: str) -> Iterator[Edge]:
    """Return the edges of those who look after the processes."""
    for name, pod in templates(overlay).items():
        if kind_of(pod) == "api":
            yield Edge("traefik", name, HTTP)
        if kind_of(pod) in {"api", "events", "relay"} and overlay != "local":
            yield Edge("monitoring", name, OPS)
            yield Edge(name, "monitoring", 4318)
    if overlay != "managed":
        yield from SERVERS
    if overlay in {"staging", "production"}:
        yield SCALER
        yield from (Edge("monitoring", server, port) for server, port in MEASURED)


def outside(edge: Edge) -> Edge:
    """Return the edge to the managed server instead of to ours."""
    return edge._replace(target=MANAGED) if edge.target in {"postgres", "rabbitmq"} else edge


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_who_may_talk_to_whom_is_what_the_code_uses(overlay: str) -> None:
    wanted = {*used(overlay), *around(overlay)}
    if overlay == "managed":
        wanted = {outside(edge) for edge in wanted}

    assert sorted(edges(overlay) - wanted) == []
    assert sorted(wanted - edges(overlay)) == []


@pytest.mark.parametrize("service", PROCESSES)
def test_every_setting_that_is_an_address_is_thought_of(service: str) -> None:
    addresses = {name for name in settings_of(service).model_fields if ADDRESS.search(name)}

    assert addresses <= LEADS.keys() | NOWHERE


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_no_policy_names_is_denied_both_ways(overlay: str) -> None:
    policy = of_kind(overlay, "NetworkPolicy")["nobody-to-anybody"]

    assert policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_policy_is_named_after_its_edge_and_takes_somebody(overlay: str) -> None:
    for name, policy in of_kind(overlay, "NetworkPolicy").items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*-(to|from)-[a-z]+(-[a-z]+)*", name)
        ways = set(policy["spec"]["policyTypes"])
        rules = {way for way in ("Ingress", "Egress") if policy["spec"].get(way.lower())}
        assert rules == ways or name == "nobody-to-anybody", name
        taken = [pod for pod in pods(overlay) if selects(policy["spec"]["podSelector"], pod)]
        # The solver's pods are there only while a certificate is asked for.
        assert taken or name == "acme-solver-from-ingress", name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_nobody_but_web_is_asked_by_the_ingress_for_more_than_http(overlay: str) -> None:
    ports = {edge.port for edge in edges(overlay) if edge.source == "traefik"}

    assert ports == {HTTP}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_only_those_who_call_somebody_reach_the_internet(overlay: str) -> None:
    callers = {edge.source for edge in edges(overlay) if edge.target == "internet"}

    assert callers == {
        "accounts-api",
        "notify-events",
        "payments-api",
        "payments-events",
        "payments-reconcile",
    }
