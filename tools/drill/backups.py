"""Backups of PostgreSQL, and servers made of them: with the WAL, and without.

The WAL leaves the server as it is written (`pg_receivewal --synchronous`), and a commit waits until
it has: what was acknowledged is in the archive. In a cluster a synchronous standby does that part.
"""

import hashlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import psycopg

from tools.postgres import UNPRIVILEGED, Postgres, binary
from tools.processes import Child, Spawn, StackError, environment
from tools.waiting import until

ARCHIVE: Final = "archive"
PROGRAM_SECONDS: Final = 120
RECOVERY_SECONDS: Final = 120.0
_SYNCHRONOUS: Final = (
    "SELECT 1 FROM pg_stat_replication WHERE application_name = 'archive' AND sync_state = 'sync'"
)


@dataclass(frozen=True)
class Backup:
    """A backup: where it is, how long it took, how large it is."""

    folder: Path
    seconds: float
    size: int


class WalArchive:
    """The WAL of a server, received as it is written, into a folder of its own."""

    def __init__(self, folder: Path, start_process: Spawn) -> None:
        self.folder = folder
        self._spawn = start_process
        self._child: Child | None = None

    def start(self, postgres: Postgres) -> None:
        """Begin to receive; return once every commit waits for it."""
        self.folder.mkdir(parents=True)
        log = self.folder.with_suffix(".log")
        env = _client(postgres) | {"PGAPPNAME": ARCHIVE}
        slot = f"--slot={ARCHIVE}"
        _run("pg_receivewal", slot, "--create-slot", "--if-not-exists", env=env)
        command = [binary("pg_receivewal"), slot, "--synchronous", "-D", str(self.folder)]
        self._child = self._spawn("wal-archive", command, env=env, log=log)
        with psycopg.connect(postgres.url, autocommit=True) as admin:
            admin.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{ARCHIVE}'")
            admin.execute("SELECT pg_reload_conf()")
            until(lambda: admin.execute(_SYNCHRONOUS).fetchone(), "commits wait for the archive")

    def end(self) -> None:
        """Stop receiving: the server is gone."""
        if self._child:
            self._child.stop(signal_number=signal.SIGINT)

    def complete(self) -> None:
        """Give the segment that was being received its name, so that a server finds it."""
        for partial in self.folder.glob("*.partial"):
            partial.rename(partial.with_suffix(""))

    def size(self) -> int:
        """Return its bytes."""
        return _size(self.folder)


def base_backup(postgres: Postgres, folder: Path) -> Backup:
    """Copy a server while it works, and verify the copy against its manifest."""
    began = time.monotonic()
    options = ("--checkpoint=fast", "--wal-method=stream", "--manifest-checksums=SHA256")
    _run("pg_basebackup", "-D", str(folder), *options, env=_client(postgres))
    seconds = time.monotonic() - began
    _verify(folder)
    return Backup(folder, seconds, _size(folder))


def restore(backup: Backup, archive: WalArchive, postgres: Postgres) -> None:
    """Make a server of a base backup and of all the WAL since; return when it takes writes."""
    data = postgres.folder / "data"
    shutil.copytree(backup.folder, data)
    data.chmod(0o700)
    archive.complete()
    with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
        settings.write(f'restore_command = \'cp "{archive.folder}/%f" "%p"\'\n')
        # Nobody receives the new server's WAL yet: commits would wait for ever.
        settings.write("synchronous_standby_names = ''\n")
    (data / "recovery.signal").touch()
    for folder in (postgres.folder, archive.folder):
        _give_away(folder)
    postgres.start()
    with psycopg.connect(postgres.url, autocommit=True) as admin:
        until(
            lambda: admin.execute("SELECT NOT pg_is_in_recovery()").fetchone() == (True,),
            "all WAL is replayed",
            timeout=RECOVERY_SECONDS,
        )
        admin.execute("ALTER SYSTEM RESET restore_command")
        admin.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")


def dump(postgres: Postgres, database: str, folder: Path) -> Backup:
    """Write one database down as it is at one moment, under load."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{database}.dump"
    began = time.monotonic()
    _run("pg_dump", "-Fc", "-f", str(file), database, env=_client(postgres))
    return Backup(file, time.monotonic() - began, file.stat().st_size)


def load(postgres: Postgres, database: str, file: Path) -> None:
    """Put a dump into its new, empty database."""
    options = ("--exit-on-error", "--single-transaction", "-d", database)
    _run("pg_restore", *options, str(file), env=_client(postgres))


def _client(postgres: Postgres) -> dict[str, str]:
    """Return the environment in which PostgreSQL's programs find a server; no argument tells it."""
    url = urlsplit(postgres.url)
    return environment(
        PGHOST=url.hostname or "",
        PGPORT=str(url.port),
        PGUSER=unquote(url.username or ""),
        PGPASSWORD=unquote(url.password or ""),
    )


def _run(program: str, *options: str, env: Mapping[str, str]) -> None:
    done = subprocess.run(
        [binary(program), *options],
        env=dict(env),
        capture_output=True,
        text=True,
        check=False,
        timeout=PROGRAM_SECONDS,
    )
    if done.returncode:
        raise StackError(f"{program} failed:\n{done.stderr.strip()}")


def _verify(folder: Path) -> None:
    """Hold a backup to its manifest: the embedded server's own pg_verifybackup crashes."""
    manifest = json.loads((folder / "backup_manifest").read_text(encoding="utf-8"))
    for each in manifest["Files"]:
        with (folder / each["Path"]).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != each["Checksum"]:
            raise StackError(f"the backup is damaged: {each['Path']}")


def _give_away(folder: Path) -> None:
    """Let the server's user have the files, where that is another than we are."""
    if os.geteuid() != 0:
        return
    entry = pwd.getpwnam(UNPRIVILEGED)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, entry.pw_uid, entry.pw_gid)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
