"""Settings come from variables and from files, and say what is wrong without saying the values."""

import inspect
from importlib import import_module
from pathlib import Path

import pytest

from shared.settings import Settings, UnusableSettingsError
from tools.services import PROCESSES

# How the names end of what opens a door.
DOORS = (
    *("_key", "_keys", "_secret", "_secrets", "_token"),
    *("database_url", "amqp_url", "smtp_url", "oidc_providers"),
)
PASSWORD = "s3cret-of-the-database"
DATABASE = f"postgresql://jobs:{PASSWORD}@db.internal/jobs"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("SECRETS_DIR", raising=False)
    return monkeypatch


@pytest.fixture
def folder(tmp_path: Path, environment: pytest.MonkeyPatch) -> Path:
    environment.setenv("SECRETS_DIR", str(tmp_path))
    return tmp_path


def test_a_setting_is_read_from_a_file_without_the_newline_at_its_end(folder: Path) -> None:
    (folder / "database_url").write_text(f"{DATABASE}\n")

    assert Settings().database_url == DATABASE


def test_a_variable_wins_over_a_file_unless_it_is_empty(
    folder: Path, environment: pytest.MonkeyPatch
) -> None:
    (folder / "database_url").write_text(DATABASE)
    environment.setenv("DATABASE_URL", "")
    assert Settings().database_url == DATABASE

    environment.setenv("DATABASE_URL", "postgresql://elsewhere/jobs")
    assert Settings().database_url == "postgresql://elsewhere/jobs"


def test_of_several_folders_the_last_one_that_has_the_file_wins(
    folder: Path, environment: pytest.MonkeyPatch
) -> None:
    first, last = folder / "first", folder / "last"
    for each in (first, last):
        each.mkdir()
        (each / "http_host").write_text(each.name)
    (first / "log_level").write_text("DEBUG")
    environment.setenv("SECRETS_DIR", f"{first}:{last}")

    settings = Settings()

    assert (settings.http_host, settings.log_level) == ("last", "DEBUG")


def test_files_of_other_names_are_left_alone(folder: Path) -> None:
    (folder / "stripe_api_keyy").write_text("sk_live_1")
    (folder / "..data").mkdir()

    assert Settings().database_url == ""


def test_files_are_found_as_kubernetes_mounts_them(folder: Path) -> None:
    (folder / "..2026_11_26").mkdir()
    (folder / "..2026_11_26" / "database_url").write_text(DATABASE)
    (folder / "..data").symlink_to("..2026_11_26")
    (folder / "database_url").symlink_to("..data/database_url")

    assert Settings().database_url == DATABASE


def test_a_folder_that_is_not_there_stops_the_start(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SECRETS_DIR", "/nowhere/secrets")

    with pytest.raises(UnusableSettingsError, match='SECRETS_DIR: directory "/nowhere/secrets"'):
        Settings()


@pytest.mark.parametrize("kind", ["folder", "bytes", "link out"])
def test_a_file_that_cannot_be_read_stops_the_start_and_is_named(folder: Path, kind: str) -> None:
    path = folder / "database_url"
    if kind == "folder":
        path.mkdir()
    elif kind == "bytes":
        path.write_bytes(b"\xff\xfe")
    else:
        path.symlink_to("/etc/hostname")

    with pytest.raises(UnusableSettingsError, match=r"SECRETS_DIR: .*database_url"):
        Settings()


def test_a_file_of_another_user_stops_the_start(
    folder: Path, environment: pytest.MonkeyPatch
) -> None:
    (folder / "database_url").write_text(DATABASE)

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied", str(folder / "database_url"))

    # Root reads everything, and tests may run as root.
    environment.setattr(Path, "read_text", refuse)

    with pytest.raises(UnusableSettingsError, match=r"Permission denied: '.*/database_url'"):
        Settings()


def test_what_is_wrong_is_named_by_its_variable_and_never_quoted(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("HTTP_PORT", "s3cret")
    environment.setenv("TLS_CA_FILE", "/nowhere/ca.crt")

    with pytest.raises(UnusableSettingsError) as stopped:
        Settings()

    said = str(stopped.value)
    assert "HTTP_PORT: Input should be a valid integer" in said
    assert "TLS_CA_FILE: Path does not point to a file" in said
    assert "s3cret" not in said


@pytest.mark.parametrize("service", sorted(PROCESSES))
def test_no_setting_that_opens_a_door_is_shown(service: str) -> None:
    module = import_module(f"services.{service}.__main__")
    for kind in vars(module).values():
        if not (inspect.isclass(kind) and issubclass(kind, Settings)):
            continue
        for name, field in kind.model_fields.items():
            if name.endswith(DOORS):
                shown = field.repr and "Secret" not in str(field.annotation)
                assert not shown, f"{kind.__name__}.{name} must be a Secret"


def test_the_settings_are_shown_without_their_secrets(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", DATABASE)

    settings = Settings()

    assert PASSWORD not in f"{settings!r} {settings}"


def test_the_servers_certificate_goes_with_the_addresses(
    tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    ca = tmp_path / "our ca.crt"
    ca.touch()
    environment.setenv("TLS_CA_FILE", str(ca))
    environment.setenv("DATABASE_URL", f"{DATABASE}?sslmode=verify-full")
    environment.setenv("MIGRATION_DATABASE_URL", f"{DATABASE}?sslmode=verify-full&sslrootcert=/x")
    environment.setenv("AMQP_URL", "amqps://jobs:pw@mq.internal/%2F")

    settings = Settings()

    quoted = str(ca).replace(" ", "%20")
    assert settings.database_url == f"{DATABASE}?sslmode=verify-full&sslrootcert={quoted}"
    assert settings.migration_database_url.endswith("?sslmode=verify-full&sslrootcert=/x")
    assert settings.amqp_url == f"amqps://jobs:pw@mq.internal/%2F?cacertfile={quoted}"


def test_without_a_file_the_systems_certificates_hold(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", f"{DATABASE}?sslmode=verify-full")

    assert "sslrootcert=/" in Settings().database_url


@pytest.mark.parametrize(
    ("variable", "value", "fault"),
    [
        ("DATABASE_URL", DATABASE, "must end in"),
        ("DATABASE_URL", f"{DATABASE}?sslmode=require", "must end in"),
        ("DATABASE_URL", f"{DATABASE}?sslmode=verify-ca", "must end in"),
        ("MIGRATION_DATABASE_URL", DATABASE, "must end in"),
        ("AMQP_URL", "amqp://jobs:pw@mq.internal", "must begin with amqps://"),
        ("PUBLIC_URL", "http://tasuki.example", "must begin with https://"),
    ],
)
def test_an_address_without_tls_is_refused_where_tls_is_required(
    environment: pytest.MonkeyPatch, variable: str, value: str, fault: str
) -> None:
    environment.setenv(variable, value)
    assert Settings().in_clear()
    environment.setenv("REQUIRE_TLS", "true")

    with pytest.raises(UnusableSettingsError, match=f"{variable} {fault}.*, as REQUIRE_TLS is set"):
        Settings()


def test_mail_in_clear_is_refused_where_tls_is_required(environment: pytest.MonkeyPatch) -> None:
    from services.notify.__main__ import NotifySettings  # noqa: PLC0415  (after the environment)

    environment.setenv("REQUIRE_TLS", "true")
    environment.setenv("WEBHOOK_KEYS", "any")
    environment.setenv("SMTP_URL", "smtp://mail.internal")

    with pytest.raises(UnusableSettingsError, match="SMTP_URL must begin with smtps://"):
        NotifySettings()

    environment.setenv("SMTP_URL", "smtp+starttls://mail.internal")
    assert NotifySettings().in_clear() == []


def test_what_stays_on_this_machine_needs_no_tls(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("REQUIRE_TLS", "true")
    environment.setenv("DATABASE_URL", "postgresql://jobs@127.0.0.1/jobs")
    environment.setenv("AMQP_URL", "amqp://jobs@localhost")

    assert Settings().in_clear() == []


def test_nobody_connects_to_the_broker_past_what_checks_its_certificate() -> None:
    root = Path(__file__).parents[3]
    ways = ("pika.URLParameters(", "pika.ConnectionParameters(", "amqp.Connection(", "kombu")
    found = {
        str(path.relative_to(root))
        for folder in ("services", "shared", "tasuki")
        for path in (root / folder).rglob("*.py")
        if any(f" {way}" in path.read_text(encoding="utf-8") for way in ways)
    }
    assert found - {"shared/messaging/connections.py"} == {"shared/messaging/pika_connections.py"}
