"""The market of deploy/compose.yaml, brought up for a check in a folder of its own."""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import psutil

from tools.clock import TurnableClock
from tools.image.build import IMAGE, TRIAL_IMAGE
from tools.image.docker import docker, inspect, run
from tools.ports import free_ports
from tools.processes import StackError
from tools.services import PROCESSES, WITH_STATE
from tools.stack import ROOT
from tools.waiting import WaitedInVainError, until

T = TypeVar("T")

PROJECT = "tasuki-check"
READY_SECONDS = 90.0
STOP_SECONDS = 40
OPS_PORT = 9000
# Beside those that an operator's own market has.
SUBNETS = {"BACK_SUBNET": "172.30.84.0/25", "FRONT_SUBNET": "172.30.84.128/25"}
# A story tells months of many people within seconds, from one address, by operators without phones.
FOR_STORIES = {
    "CLOCK_FILE": "/run/clock/offset",
    "RATE_LIMIT_PERSON": "100000",
    "RATE_LIMIT_ANONYMOUS": "100000",
    "CLIENT_ATTEMPTS": "1000000",
    "OPERATORS_NEED_SECOND_FACTOR": "false",
}


class Start(NamedTuple):
    """How long a process took to be ready, and how much of a processor it had for it."""

    seconds: float
    cpu_seconds: float


def processes() -> list[str]:
    """Return all processes that run on, in the order in which none has to wait for another."""
    return [
        f"{service}-{kind}"
        for kind in ("relay", "events", "api")
        for service, kinds in PROCESSES.items()
        if kind in kinds
    ]


def migrations() -> list[str]:
    """Return what migrates each service's database."""
    return [f"{service}-migrate" for service in WITH_STATE]


class Market:
    """All of compose.yaml with the simulator and the mail catcher, on free ports of this machine.

    The folder gets what an operator's has (compose.yaml, secrets, .env) and a clock that a story
    can turn.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "clock").mkdir(parents=True, exist_ok=True)
        self.clock = TurnableClock(folder / "clock" / "offset")
        web, stripe = free_ports(2)
        self.web_url = f"http://localhost:{web}"
        self.stripe_url = f"http://localhost:{stripe}"
        self._env = {
            "TASUKI_IMAGE": IMAGE,
            "TASUKI_TRIAL_IMAGE": TRIAL_IMAGE,
            "PUBLIC_URL": self.web_url,
            "CHECKOUT_ORIGINS": self.stripe_url,
            "WEB_PORT": str(web),
            "STRIPE_PORT": str(stripe),
            **SUBNETS,
        }
        self._command = [*_compose(), *("-p", PROJECT, "--project-directory", str(folder))]

    def prepare(self) -> None:
        """Lay the folder out, and remove what an earlier check left of the market.

        Raises StackError when a secret can't be made.
        """
        for name in ("compose.yaml", "rabbitmq.conf"):
            shutil.copy(ROOT / "deploy" / name, self.folder)
        run([str(ROOT / "deploy/make-secrets"), "--trial", str(self.folder / "secrets")])
        arguments = self.folder / "secrets" / "stripe" / "arguments"
        lines = arguments.read_text(encoding="utf-8").splitlines()
        lines[lines.index("--base-url") + 1] = self.stripe_url
        arguments.write_text("\n".join(lines) + "\n", encoding="utf-8")
        for_story = {
            "environment": FOR_STORIES,
            "volumes": [f"{self.clock.file.parent}:/run/clock:ro"],
        }
        overlay = {"services": dict.fromkeys([*processes(), "stripe"], for_story)}
        (self.folder / "story.json").write_text(json.dumps(overlay, indent=2), encoding="utf-8")
        self.clock.file.unlink(missing_ok=True)
        self.clock.advance(days=0)
        self.remove()

    def compose(self, *arguments: str) -> str:
        """Run a compose command. Raises StackError when it fails."""
        files = (self.folder / name for name in ("compose.yaml", "story.json"))
        named = [each for file in files for each in ("-f", str(file))]
        env_file = ("--env-file", str(self.folder / ".env"))
        return run([*self._command, *named, *env_file, *arguments], env=self._env)

    def container(self, name: str) -> str:
        """Return the id of a service's container. Raises StackError when there is none."""
        labels = (f"project={PROJECT}", f"service={name}", "oneoff=False")
        filters = [
            each for label in labels for each in ("--filter", f"label=com.docker.compose.{label}")
        ]
        found = docker("ps", "-aq", *filters).split()
        if not found:
            raise StackError(f"compose has not made a container of {name}")
        return found[0]

    def inspect(self, name: str) -> Any:
        """Return all that docker knows of a service's container."""
        return inspect(self.container(name))

    def start(self, *names: str) -> None:
        """Start services without waiting for what they depend on."""
        self.compose("up", "-d", "--no-deps", *names)

    def run_once(self, name: str) -> None:
        """Start a service that ends by itself, and wait for it. Raises StackError if it failed."""
        self.start(name)
        if code := int(docker("wait", self.container(name))):
            raise StackError(f"{name} ended with {code}:\n{self.logs(name)}")

    def wait_healthy(self, names: Iterable[str]) -> None:
        """Return when docker calls these healthy. Raises StackError when one isn't in time."""
        for name in names:
            self._wait(name, partial(self._is_healthy, name))

    def time_to_ready(self, name: str) -> "Start":
        """Return how long a process took from its start until its ops port called it ready."""
        address = self._address(name)
        ready_at = self._wait(name, lambda: time.time() if _is_ready(address) else None)
        state = self.inspect(name)["State"]
        used = psutil.Process(state["Pid"]).cpu_times()
        # Docker writes nanoseconds, one digit after another.
        started = datetime.fromisoformat(f"{state['StartedAt'][:26]}+00:00").timestamp()
        return Start(ready_at - started, used.user + used.system)

    def restart(self, name: str) -> None:
        """Start a service again."""
        docker("restart", "--time", str(STOP_SECONDS), self.container(name))

    def execute(self, name: str, *arguments: str, stdin: str | None = None) -> str:
        """Run `python -m …` in a service's container; return what it printed."""
        options = ["-i"] if stdin is not None else []
        command = ("python", "-m", *arguments)
        return docker("exec", *options, self.container(name), *command, stdin=stdin)

    def read(self, name: str, path: str) -> str:
        """Return a file of a service's container; nothing when it is not there yet."""
        done = subprocess.run(
            ["docker", "exec", self.container(name), "cat", path],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    def logs(self, name: str, lines: int = 15) -> str:
        """Return the last lines of what a service said."""
        done = subprocess.run(
            ["docker", "logs", "--tail", str(lines), self.container(name)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.stdout

    def stop(self, *names: str) -> None:
        """Ask services to end, and wait for it."""
        self.compose("stop", "--timeout", str(STOP_SECONDS), *names)

    def remove(self) -> None:
        """End and remove all of it, data included."""
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", str(STOP_SECONDS))

    def _is_healthy(self, name: str) -> bool:
        return bool(self.inspect(name)["State"]["Health"]["Status"] == "healthy")

    def _address(self, name: str) -> str:
        networks = self.inspect(name)["NetworkSettings"]["Networks"]
        return f"http://{networks[f'{PROJECT}_back']['IPAddress']}:{OPS_PORT}/readyz"

    def _wait(self, name: str, condition: Callable[[], T | None]) -> T:
        def met_or_ended() -> T | None:
            state = self.inspect(name)["State"]
            if state["Status"] in {"exited", "restarting"}:
                raise StackError(f"{name} ended with {state['ExitCode']}:\n{self.logs(name)}")
            return condition()

        try:
            return until(met_or_ended, f"{name} is ready", timeout=READY_SECONDS)
        except WaitedInVainError as error:
            raise StackError(f"{error}\n{self.logs(name)}") from error


def _compose() -> list[str]:
    has_plugin = not subprocess.run(
        ["docker", "compose", "version"], capture_output=True, check=False
    ).returncode
    if has_plugin:
        return ["docker", "compose"]
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    raise StackError("compose is missing; as root, run: apt-get install docker-compose")


def _is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2):  # noqa: S310  (a container's http address)
            return True
    except (urllib.error.URLError, OSError):
        return False
