import os
import subprocess
import sys

import psycopg

from services.accounts.__main__ import AccountsSettings
from shared.provision.databases import ServiceDatabase


def add_operator(
    settings: AccountsSettings, email: str, password: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services.accounts", "add-operator", email, "--name", "当番"],
        env=os.environ
        | {
            "DATABASE_URL": settings.database_url,
            "TOKEN_KEYS_DIR": str(settings.token_keys_dir),
            "FACTOR_KEYS": settings.factor_keys,
            "ARGON2_MEMORY_KIB": "32",
            "ARGON2_TIME_COST": "1",
        },
        input=f"{password}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_operator_is_appointed_once(
    settings: AccountsSettings, database: ServiceDatabase
) -> None:
    done = add_operator(settings, "ops@example.jp", "correct horse battery")
    assert done.returncode == 0, done.stderr
    with psycopg.connect(database.url) as connection:
        [(person_id, roles)] = connection.execute("SELECT person_id, roles FROM accounts")
        [(subject,)] = connection.execute("SELECT subject FROM outbox")
        [noted] = connection.execute("SELECT person_id, path, objects FROM operator_actions")
    assert roles == ["operator"]
    assert subject == str(person_id) == done.stdout.strip()
    assert noted == (None, "add-operator", {"person_id": str(person_id)})

    again = add_operator(settings, "OPS@example.jp", "correct horse battery")
    assert again.returncode == 1
    assert again.stderr.startswith("email_taken: ")


def test_a_bad_appointment_names_what_to_correct(settings: AccountsSettings) -> None:
    done = add_operator(settings, "nowhere", "short")
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["email", "password"]
    assert "short" not in done.stderr.replace("short.", "")
