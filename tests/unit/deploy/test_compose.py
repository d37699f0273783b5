"""Reads deploy/compose.yaml as compose would, and holds it to what is said of it."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.accounts.__main__ import AccountsSettings
from services.contracts.__main__ import ContractsSettings
from services.jobs.__main__ import JobsSettings
from services.notify.__main__ import NotifySettings
from services.payments.__main__ import PaymentsSettings
from services.programs.__main__ import ProgramsSettings
from services.web.__main__ import WebSettings
from shared.messaging.topology import HEARS
from shared.sealed import Seal
from shared.settings import Settings
from tools.image.compose import migrations, processes
from tools.services import PROCESSES, WITH_STATE
from tools.stripe_simulator.config import Destination

ROOT = Path(__file__).parents[3]
SETTINGS: dict[str, type[Settings]] = {
    "accounts": AccountsSettings,
    "jobs": JobsSettings,
    "contracts": ContractsSettings,
    "payments": PaymentsSettings,
    "programs": ProgramsSettings,
    "notify": NotifySettings,
    "web": WebSettings,
}
ONCE = ("databases", "broker-users", *migrations())
SERVERS = ("postgres", "rabbitmq")
TRIAL = {"stripe": ["simulator"], "mail": ["mail"]}
CALL_OUTSIDE = {"web-api", "accounts-api", "payments-api", "payments-events", "notify-events"}
# Read by pydantic-settings' users outside the classes of settings.
NO_FIELDS = {"SECRETS_DIR"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose["services"]
    return found


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What make-secrets makes for a trial."""
    folder = tmp_path_factory.mktemp("deploy") / "secrets"
    make_secrets("--trial", str(folder))
    return folder


def make_secrets(*arguments: str) -> str:
    done = subprocess.run(
        [str(ROOT / "deploy/make-secrets"), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


def mounts(service: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield where from and where to the folders of secrets are mounted."""
    for volume in service.get("volumes", ()):
        source, target, *options = volume.split(":")
        if source.startswith("./secrets/"):
            assert options == ["ro"], volume
            yield source.removeprefix("./secrets/"), target


def test_every_process_and_migration_is_there_and_nothing_else(
    services: dict[str, dict[str, Any]],
) -> None:
    assert set(services) == {*processes(), *ONCE, *SERVERS, *TRIAL}
    for service, kinds in PROCESSES.items():
        for kind in kinds:
            assert services[f"{service}-{kind}"]["command"] == [f"services.{service}", kind]
    for service in WITH_STATE:
        assert services[f"{service}-migrate"]["command"] == [f"services.{service}", "migrate"]


def test_no_container_may_do_more_than_it_must(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"]), name
        assert not {"privileged", "cap_add", "devices", "pid", "ipc", "network_mode"} & set(service)
        assert not [each for each in service.get("volumes", ()) if "docker.sock" in each], name


def test_every_container_has_limits_of_memory_processes_and_logs(
    services: dict[str, dict[str, Any]],
) -> None:
    for name, service in services.items():
        assert re.fullmatch(r"\d+[mg]", service["mem_limit"]), name
        assert service["pids_limit"] <= 512, name
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}, name


def test_what_stays_is_started_again_and_has_time_to_finish(
    services: dict[str, dict[str, Any]],
) -> None:
    for name, service in services.items():
        assert service["restart"] == ("no" if name in ONCE else "unless-stopped"), name
        assert int(service["stop_grace_period"].rstrip("s")) >= 40, name


def test_processes_go_by_the_health_of_the_image_and_servers_have_their_own(
    services: dict[str, dict[str, Any]],
) -> None:
    assert not [name for name in processes() if "healthcheck" in services[name]]
    assert all(services[name]["healthcheck"] == {"disable": True} for name in ONCE)
    assert all("test" in services[name]["healthcheck"] for name in (*SERVERS, *TRIAL))


def test_processes_wait_for_their_migration_and_all_but_apis_for_the_broker(
    services: dict[str, dict[str, Any]],
) -> None:
    done, healthy = (
        {"condition": "service_completed_successfully"},
        {"condition": "service_healthy"},
    )
    for name in processes():
        service, _, kind = name.rpartition("-")
        wanted = {f"{service}-migrate": done} if service in WITH_STATE else {}
        if kind != "api":
            wanted |= {"rabbitmq": healthy}
        assert services[name].get("depends_on", {}) == wanted, name
    for name in migrations():
        assert services[name]["depends_on"] == {"databases": done}
    assert services["databases"]["depends_on"] == {"postgres": healthy}
    assert services["rabbitmq"]["depends_on"] == {"broker-users": done}


def test_each_process_reads_the_secrets_of_its_service_and_a_relay_no_keys(
    services: dict[str, dict[str, Any]],
) -> None:
    for name in processes():
        service, _, kind = name.rpartition("-")
        read = {source for source, _ in mounts(services[name])}
        assert service in read, name
        assert read <= ({service} if kind == "relay" else {service, f"{service}-keys"}), name
    for service in WITH_STATE:
        assert [source for source, _ in mounts(services[f"{service}-migrate"])] == [
            f"{service}-migrate"
        ]


def test_every_folder_that_is_mounted_is_read_and_the_other_way_round(
    services: dict[str, dict[str, Any]],
) -> None:
    for name in (*processes(), *ONCE):
        read = services[name]["environment"]["SECRETS_DIR"].split(":")
        assert read == [target for _, target in mounts(services[name])], name


def test_no_secret_is_a_variable(services: dict[str, dict[str, Any]], secrets: Path) -> None:
    names = {path.name.upper() for path in secrets.rglob("*") if path.is_file()}
    for name, service in services.items():
        assert not names & set(service.get("environment", {})), name
        assert not re.search(r"sk_|whsec|://[^/]*:[^/]*@", json.dumps(service)), name


def test_every_variable_is_a_setting_of_its_process(services: dict[str, dict[str, Any]]) -> None:
    for name in processes():
        known = {each.upper() for each in SETTINGS[name.rpartition("-")[0]].model_fields}
        # uvicorn reads it by itself.
        known |= NO_FIELDS | {"FORWARDED_ALLOW_IPS"}
        assert set(services[name]["environment"]) <= known, name


def test_only_those_who_call_outside_have_a_way_there(
    compose: dict[str, Any], services: dict[str, dict[str, Any]]
) -> None:
    assert compose["networks"]["back"]["internal"] is True
    out = {name for name, service in services.items() if service["networks"] != ["back"]}

    assert out == CALL_OUTSIDE | {"stripe"}
    assert all(services[name]["networks"] == ["back", "front"] for name in out)


def test_nothing_but_the_pages_and_the_simulator_is_published_and_only_to_this_machine(
    services: dict[str, dict[str, Any]],
) -> None:
    published = {name: each["ports"] for name, each in services.items() if "ports" in each}

    assert set(published) == {"web-api", "stripe"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_stand_ins_for_stripe_and_mail_are_there_only_when_asked_for(
    services: dict[str, dict[str, Any]],
) -> None:
    profiles = {name: each["profiles"] for name, each in services.items() if "profiles" in each}

    assert profiles == TRIAL


def test_files_and_data_outlive_their_containers(
    compose: dict[str, Any], services: dict[str, dict[str, Any]]
) -> None:
    assert services["jobs-api"]["environment"]["FILES_DIR"] == "/var/lib/tasuki/files/jobs"
    assert (
        services["contracts-api"]["environment"]["FILES_DIR"] == "/var/lib/tasuki/files/contracts"
    )
    for name in ("programs-api", "programs-events"):
        assert services[name]["environment"]["FILES_DIR"] == "/var/lib/tasuki/files/programs"
    for name, target in (
        ("jobs-api", "files"),
        ("contracts-api", "files"),
        ("programs-api", "files"),
        ("programs-events", "files"),
        ("postgres", "postgres"),
        ("rabbitmq", "rabbitmq"),
    ):
        assert [v for v in services[name]["volumes"] if v.startswith(f"{target}:")], name
        assert target in compose["volumes"]


def test_no_image_is_whatever_is_the_latest_but_our_own(
    services: dict[str, dict[str, Any]],
) -> None:
    images = {service["image"] for service in services.values()}
    latest = {image for image in images if image.endswith(":latest}")}

    assert latest == {
        "${TASUKI_IMAGE:-tasuki:latest}",
        "${TASUKI_TRIAL_IMAGE:-tasuki-trial:latest}",
    }


def test_the_secrets_are_those_that_the_processes_ask_for(
    services: dict[str, dict[str, Any]], secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in processes():
        service = services[name]
        folders = [str(secrets / source) for source, _ in mounts(service)]
        monkeypatch.setenv("SECRETS_DIR", ":".join(folders))
        for variable, value in service["environment"].items():
            if variable != "SECRETS_DIR" and "${" not in value:
                monkeypatch.setenv(variable, value)
        settings = SETTINGS[name.rpartition("-")[0]]()
        if name != "web-api":
            assert settings.database_url
            assert settings.amqp_url


def test_keys_that_seal_are_made_as_the_seal_wants_them(secrets: Path) -> None:
    for name in (
        "accounts-keys/factor_keys",
        "notify-keys/link_keys",
        "notify-keys/webhook_keys",
        "web/session_keys",
    ):
        seal = Seal((secrets / name).read_text("utf-8").strip())
        assert seal.open(seal.close("a secret")) == "a secret"


def test_passwords_are_the_same_where_they_must_agree(secrets: Path) -> None:
    roles = json.loads((secrets / "databases/role_passwords").read_text("utf-8"))
    users = json.loads((secrets / "broker/broker_passwords").read_text("utf-8"))

    assert set(roles) == set(users) == set(HEARS)
    for service in HEARS:
        assert f":{roles[service]['runtime']}@" in (secrets / service / "database_url").read_text()
        assert f":{users[service]}@" in (secrets / service / "amqp_url").read_text()
        owner = (secrets / f"{service}-migrate" / "migration_database_url").read_text()
        assert f":{roles[service]['owner']}@" in owner
    everything = [*users.values(), *(each for pair in roles.values() for each in pair.values())]
    assert len(set(everything)) == len(everything)


def test_the_simulator_signs_with_what_payments_verifies(secrets: Path) -> None:
    lines = (secrets / "stripe/arguments").read_text("utf-8").splitlines()
    hooks = [
        Destination.parse(lines[at + 1]) for at, each in enumerate(lines) if each == "--webhook"
    ]
    known = (secrets / "payments-keys/stripe_webhook_secrets").read_text("utf-8").strip().split(",")

    assert [(hook.payload, hook.secret) for hook in hooks] == list(
        zip(("snapshot", "thin"), known, strict=True)
    )


def test_secrets_are_made_once_and_their_folder_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make_secrets(str(folder))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    said = make_secrets(str(folder))

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert folder.stat().st_mode & 0o077 == 0
    assert "still to be written by you, with mode 644: " in said
    assert not (folder / "payments-keys/stripe_api_key").exists()


def test_a_folder_that_lost_a_part_is_completed_and_agrees_with_itself(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make_secrets(str(folder))
    (folder / "databases/role_passwords").unlink()
    url = (folder / "jobs/database_url").read_text("utf-8")

    make_secrets(str(folder))

    roles = json.loads((folder / "databases/role_passwords").read_text("utf-8"))
    assert f":{roles['jobs']['runtime']}@" in url


def test_keys_for_tokens_are_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    for _ in range(2):
        make_secrets(str(folder))

    assert len(list((folder / "accounts-keys/token-keys").glob("*.pem"))) == 1
