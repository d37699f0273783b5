"""What manifests say about the code is what the code says: settings, queues, rights, paths."""

import json
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from services.web.__main__ import WebSettings
from shared.messaging.on import heard_by
from shared.messaging.topology import HEARS, STEPS, dead_exchange, delay_queue, permissions
from shared.provision.__main__ import DatabasesSettings
from shared.settings import Settings
from tests.unit.deploy.k8s import (
    IN_EARNEST,
    K8S,
    OVERLAYS,
    Manifest,
    containers,
    kind_of,
    of_kind,
    service_of,
    settings_of,
    templates,
)
from tools.services import PROCESSES, WITH_STATE

# Read by others than our settings: uvicorn, OpenTelemetry, and who looks for the settings' files.
NOT_OURS = {"FORWARDED_ALLOW_IPS", "OTEL_EXPORTER_OTLP_ENDPOINT", "SECRETS_DIR"}
EXAMPLES = K8S / "components" / "plain-secrets" / "example"
SECRETS = Path("/run/secrets/tasuki")
# What operators and the object store are given: no process of ours reads these.
OF_OPERATORS = {"postgres-admin", "backups", "scaler", "scaler-broker"}


def environment(overlay: str, pod: Manifest) -> dict[str, str]:
    """Return the variables of a pod's process."""
    maps = of_kind(overlay, "ConfigMap")
    (process,) = pod["spec"]["containers"]
    found: dict[str, str] = {}
    for each in process.get("envFrom", ()):
        found |= maps[each["configMapRef"]["name"]]["data"]
    return found | {each["name"]: each["value"] for each in process.get("env", ())}


def mounted(pod: Manifest) -> set[str]:
    """Return the Secrets that a pod reads its settings from."""
    (volume,) = (each for each in pod["spec"]["volumes"] if each["name"] == "secrets")
    return {
        re.sub(r"-[0-9a-z]{10}$", "", each["secret"]["name"])
        for each in volume["projected"]["sources"]
    }


def example(secret: str) -> dict[str, str]:
    """Return an example's files by name, with their texts."""
    lines = (EXAMPLES / f"{secret}.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def ours(overlay: str) -> Iterator[tuple[str, Manifest, type[Settings]]]:
    """Return the pods that run our code, and the settings that they read."""
    for name, pod in templates(overlay).items():
        if service_of(pod) == "databases":
            yield name, pod, DatabasesSettings
        elif kind_of(pod) in {"migrate", "relay"}:
            yield name, pod, Settings
        else:
            yield name, pod, settings_of(service_of(pod))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_variable_is_a_setting(overlay: str) -> None:
    for name, pod in templates(overlay).items():
        if service_of(pod) == "databases":
            settings: type[Settings] = DatabasesSettings
        else:
            settings = settings_of(service_of(pod))
        known = {field.upper() for field in settings.model_fields} | NOT_OURS
        assert environment(overlay, pod).keys() <= known, name


def test_every_file_of_a_secret_is_a_setting_of_who_reads_it() -> None:
    for name, pod, settings in ours("local"):
        for secret in mounted(pod):
            assert example(secret).keys() <= settings.model_fields.keys(), name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_processes_start_with_these_settings(
    overlay: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, pod, settings in ours(overlay):
        folder = tmp_path / name
        folder.mkdir()
        for secret in mounted(pod):
            for file, text in example(secret).items():
                (folder / file).write_text(text, encoding="utf-8")
        with monkeypatch.context() as here:
            for variable, value in environment(overlay, pod).items():
                here.setenv(variable, value)
            here.setenv("SECRETS_DIR", str(folder))
            read = settings()
        assert read.in_clear() == [], name
        assert read.require_tls or service_of(pod) == "databases", name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_secrets_are_where_the_settings_look_for_them(overlay: str) -> None:
    for name, pod in templates(overlay).items():
        assert environment(overlay, pod)["SECRETS_DIR"] == str(SECRETS), name
        for container in containers(pod):
            paths = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}
            assert paths["secrets"] == str(SECRETS), name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_only_migrations_know_the_owners_of_tables(overlay: str) -> None:
    for name, pod in templates(overlay).items():
        knows = {each for each in mounted(pod) if each.endswith("-migrate")}
        assert knows == ({f"{service_of(pod)}-migrate"} if kind_of(pod) == "migrate" else set()), (
            name
        )
        others = {each.partition("-")[0] for each in mounted(pod)} - {service_of(pod)}
        assert not others, name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_relay_knows_no_keys(overlay: str) -> None:
    for name, pod in templates(overlay).items():
        if kind_of(pod) in {"relay", "seal", "verify"}:
            assert mounted(pod) == {service_of(pod)}, name


@pytest.mark.parametrize("overlay", IN_EARNEST)
def test_every_secret_comes_from_the_store(overlay: str) -> None:
    wanted = set().union(*(mounted(pod) for pod in templates(overlay).values()))
    outside = of_kind(overlay, "ExternalSecret")
    brokers = {f"{service}-broker" for service in WITH_STATE}

    assert of_kind(overlay, "Secret") == {}
    assert wanted | {"accounts-token-keys"} | brokers == outside.keys() - OF_OPERATORS
    for name, secret in outside.items():
        assert secret["spec"]["dataFrom"] == [{"extract": {"key": f"tasuki/{name}"}}]
        assert secret["spec"]["secretStoreRef"] == {"kind": "ClusterSecretStore", "name": "tasuki"}


def test_the_plain_variant_has_the_same_secrets() -> None:
    plain = {re.sub(r"-[0-9a-z]{10}$", "", name) for name in of_kind("local", "Secret")}
    stored = set(of_kind("production", "ExternalSecret"))

    # A private key isn't even an example; the others are for what `local` doesn't have.
    assert stored - plain == {"accounts-token-keys", "backups", "scaler", "scaler-broker"}
    assert plain <= stored


def test_examples_hold_nothing_secret() -> None:
    for file in EXAMPLES.iterdir():
        for text in example(file.stem).values():
            password = urlsplit(text).password if "://" in text else None
            assert password == "example" if password else re.search(r"example|A{43}=|^\w+$", text)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_service_may_do_at_the_broker_what_the_topology_says(overlay: str) -> None:
    users = of_kind(overlay, "User")
    rights = of_kind(overlay, "Permission")

    assert set(users) - {"scaler"} == set(HEARS)
    for service in HEARS:
        assert users[service]["spec"]["importCredentialsSecret"] == {"name": f"{service}-broker"}
        assert "tags" not in users[service]["spec"]
        spec = rights[service]["spec"]
        assert (spec["vhost"], spec["userReference"]) == ("/", {"name": service})
        given = spec["permissions"]
        assert (given["configure"], given["write"], given["read"]) == permissions(service)


@pytest.mark.parametrize("overlay", IN_EARNEST)
def test_the_scaler_may_only_look(overlay: str) -> None:
    assert of_kind(overlay, "User")["scaler"]["spec"]["tags"] == ["management"]
    given = of_kind(overlay, "Permission")["scaler"]["spec"]["permissions"]
    assert set(given.values()) == {"^$"}


def test_users_and_passwords_are_the_same_for_the_broker_and_the_services() -> None:
    for service in HEARS:
        url = urlsplit(example(service)["amqp_url"])
        given = example(f"{service}-broker")
        assert (url.username, url.password) == (given["username"], given["password"])


def test_roles_and_passwords_are_the_same_for_the_database_and_the_services() -> None:
    passwords = json.loads(example("databases")["role_passwords"])
    assert passwords.keys() == set(WITH_STATE)
    for service, pair in passwords.items():
        runtime = urlsplit(example(service)["database_url"])
        owner = urlsplit(example(f"{service}-migrate")["migration_database_url"])
        assert (runtime.username, runtime.path) == (f"tasuki_{service}", f"/tasuki_{service}")
        assert (owner.username, owner.path) == (f"tasuki_{service}_owner", f"/tasuki_{service}")
        assert (runtime.password, owner.password) == (pair["runtime"], pair["owner"])
    admin = urlsplit(example("databases")["admin_database_url"])
    given = example("postgres-admin")
    assert (admin.username, admin.password) == (given["username"], given["password"])


@pytest.mark.parametrize("overlay", IN_EARNEST)
@pytest.mark.parametrize("service", HEARS)
def test_events_scale_by_all_queues_that_they_hear_and_no_others(
    overlay: str, service: str
) -> None:
    scaled = of_kind(overlay, "ScaledObject")[f"{service}-events"]
    (trigger,) = scaled["spec"]["triggers"]
    pattern = re.compile(trigger["metadata"]["queueName"])
    every = {queue for each in HEARS for queue in heard(each)}
    every |= {dead_exchange(each) for each in HEARS}
    every |= {delay_queue(each, step) for each in HEARS for step in STEPS}

    assert {queue for queue in every if pattern.search(queue)} == set(heard(service))
    # One page of the broker's list has them all.
    assert len(every) < int(trigger["metadata"]["pageSize"])


def heard(service: str) -> Mapping[str, object]:
    """Return the queues that a service's events process consumes."""
    return heard_by(import_module(f"services.{service}.events").Events)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_ingress_leads_where_webs_gateway_leads(overlay: str) -> None:
    (ingress,) = of_kind(overlay, "Ingress").values()
    (rule,) = ingress["spec"]["rules"]
    paths = {each["path"]: each["backend"]["service"] for each in rule["http"]["paths"]}
    addresses = {
        name for name in WebSettings.model_fields if name.removesuffix("_url") in PROCESSES
    }
    forwarded = {name.removesuffix("_url") for name in addresses}
    services = {f"/api/v1/{service}": f"{service}-api" for service in forwarded}

    assert {path: backend["name"] for path, backend in paths.items()} == services | {
        "/.well-known/jwks.json": "accounts-api",
        "/": "web-api",
    }
    assert all(backend["port"] == {"name": "http"} for backend in paths.values())


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_public_address_is_that_of_the_ingress_with_tls(overlay: str) -> None:
    (ingress,) = of_kind(overlay, "Ingress").values()
    (rule,) = ingress["spec"]["rules"]
    (tls,) = ingress["spec"]["tls"]
    url = environment(overlay, templates(overlay)["web-api"])["PUBLIC_URL"]

    assert url == f"https://{rule['host']}"
    assert tls["hosts"] == [rule["host"]]
    annotations = ingress["metadata"]["annotations"]
    assert {"cert-manager.io/cluster-issuer", "cert-manager.io/issuer"} & annotations.keys()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_addresses_of_services_are_those_of_kubernetes(overlay: str) -> None:
    services = of_kind(overlay, "Service")
    for name, pod in templates(overlay).items():
        for variable, value in environment(overlay, pod).items():
            if not variable.endswith("_URL") or variable == "PUBLIC_URL":
                continue
            url = urlsplit(value)
            assert url.hostname in services, name
            ports = services[str(url.hostname)]["spec"]["ports"]
            assert [port["port"] for port in ports] == [url.port or 80], name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_only_addresses_of_pods_are_believed_about_where_people_are(overlay: str) -> None:
    believed = environment(overlay, templates(overlay)["web-api"])["FORWARDED_ALLOW_IPS"]

    assert all(ip_network(each).is_private for each in believed.split(","))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_books_are_kept_by_cronjobs_and_not_by_clocks_as_well(overlay: str) -> None:
    crons = of_kind(overlay, "CronJob")

    assert {kind_of(templates(overlay)[name]) for name in crons} == {"reconcile", "seal", "verify"}
    for name, cron in crons.items():
        pod = templates(overlay)[name]
        (process,) = pod["spec"]["containers"]
        assert process["args"] == ["services.payments", kind_of(pod)]
        assert cron["spec"]["concurrencyPolicy"] == "Forbid"
        assert cron["spec"]["timeZone"] == "Asia/Tokyo"
    events = environment(overlay, templates(overlay)["payments-events"])
    assert events["BOOKS_BY_CLOCK"] == "false"


@pytest.mark.parametrize("overlay", ["local", "staging", "production"])
def test_the_database_takes_the_connections_of_all_processes_at_their_most(overlay: str) -> None:
    most = {
        name: each["spec"].get("maxReplicas", each["spec"].get("maxReplicaCount"))
        for name, each in of_kind(overlay, "HorizontalPodAutoscaler", "ScaledObject").items()
    }
    needed = 0
    for name, pod in templates(overlay).items():
        if service_of(pod) != "web":
            pool = int(settings_of("jobs").model_fields["database_pool_size"].default)
            # A pool and as many over it; one to listen, and one to ask whether it is ready.
            each = 2 + 2 * pool if kind_of(pod) in {"api", "events"} else 3
            # A version that comes runs beside the one that goes, by one pod.
            needed += each * (most.get(name, 2) + 1)
    (cluster,) = of_kind(overlay, "Cluster").values()

    assert needed < int(cluster["spec"]["postgresql"]["parameters"]["max_connections"])


@pytest.mark.parametrize("overlay", ["staging", "production"])
def test_no_acknowledged_commit_is_on_one_machine_alone(overlay: str) -> None:
    (cluster,) = of_kind(overlay, "Cluster").values()
    (broker,) = of_kind(overlay, "RabbitmqCluster").values()

    assert cluster["spec"]["instances"] == 3
    assert cluster["spec"]["postgresql"]["synchronous"]["dataDurability"] == "required"
    assert "hostnossl all all all reject" in cluster["spec"]["postgresql"]["pg_hba"]
    assert cluster["spec"]["plugins"][0]["isWALArchiver"] is True
    assert of_kind(overlay, "ScheduledBackup")["nightly"]["spec"]["method"] == "plugin"
    assert broker["spec"]["replicas"] == 3
    assert broker["spec"]["tls"]["disableNonTLSListeners"] is True


def test_managed_servers_leave_nothing_of_ours_behind() -> None:
    gone = ("Cluster", "ScheduledBackup", "ObjectStore", "RabbitmqCluster")
    assert of_kind("managed", *gone) == {}
    text = json.dumps(
        [templates("managed"), of_kind("managed", "NetworkPolicy", "TriggerAuthentication")]
    )
    for each in ("postgres-server", "rabbitmq-server", "/run/certificates", "cnpg"):
        assert each not in text
    for kind in ("User", "Permission", "Vhost"):
        for resource in of_kind("managed", kind).values():
            place = resource["spec"]["rabbitmqClusterReference"]
            assert place == {"connectionSecret": {"name": "broker-connection"}}
