"""A stack of which each process is replaced by one of another version, the two side by side."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.ports import free_port, is_open, ops_port_name
from tools.processes import Child
from tools.releases.balancer import Balancer
from tools.releases.trees import processes_of
from tools.services import PROCESSES, WITH_STATE
from tools.stack import GRACE_SECONDS, Stack

# Who is asked is replaced before who asks.
ORDER: Final = ("accounts", "jobs", "contracts", "payments", "programs", "notify", "web")
# What processes of versions without ops ports (0.1.0) say once they do their work.
_SAYS_WHEN_READY: Final = {
    "events": (b'"consuming"',),
    "relay": (b'"holding the outbox"', b'"another relay holds the outbox, standing by"'),
}


class RollingStack(Stack):
    """A stack that begins with the code of one tree and goes on with that of another."""

    def __init__(self, run_dir: Path, tree: Path) -> None:
        super().__init__(
            run_dir, fresh=True, tree=tree, begin=self._balance, processes=processes_of(tree)
        )
        self._balancers = {service: Balancer(self.ports[service]) for service in PROCESSES}
        self._listening = {service: free_port() for service in PROCESSES}
        self._replaced: list[Child] = []

    def stop(self) -> None:
        """Stop all, also the old replicas of a change that broke off."""
        for child in self._replaced:
            child.stop(grace_seconds=GRACE_SECONDS)
        super().stop()
        for balancer in self._balancers.values():
            balancer.stop()

    def code_env(self, service: str) -> dict[str, str]:
        """Return the environment of the next process of the service."""
        # Replicas on one machine can't share a port.
        return super().code_env(service) | {"HTTP_PORT": str(self._listening[service])}

    @property
    def with_database(self) -> tuple[str, ...]:
        """The services that have a database by now."""
        return tuple(service for service in WITH_STATE if service in self._processes)

    def runs(self, service: str) -> bool:
        """Tell whether the service has processes."""
        return f"{service}-api" in self._children

    def migrate_to(self, tree: Path) -> None:
        """Run another version's migrations, while what runs goes on."""
        self.tree = tree
        self._processes = processes_of(tree)
        self._migrate()

    def start_beside(self, service: str, tree: Path) -> list[Child]:
        """Start a new replica of each process of a service; return the old ones, still at work."""
        self.tree = tree
        self._listening[service] = free_port()
        old = []
        for kind in PROCESSES[service]:
            name = f"{service}-{kind}"
            if before := self._children.get(name):
                old.append(before)
                self._replaced.append(before)
            self.ports[ops_port_name(name)] = free_port()
            self._spawn(name)
            self._wait(name)
        self._balancers[service].targets.append(self._listening[service])
        return old

    def retire(self, service: str, old: Sequence[Child]) -> None:
        """Let the old replicas finish what they have in hand, and end."""
        self._balancers[service].targets = [self._listening[service]]
        for child in old:
            child.stop(grace_seconds=GRACE_SECONDS)

    def withdraw(self, service: str) -> None:
        """End a service that the version to come doesn't have; its database and queues stay."""
        self._balancers[service].targets = []
        for kind in PROCESSES[service]:
            self._children.pop(f"{service}-{kind}").stop(grace_seconds=GRACE_SECONDS)

    def _balance(self) -> None:
        for service, balancer in self._balancers.items():
            balancer.targets = [self._listening[service]]
            balancer.start()

    def ready(self, name: str) -> bool:
        """Tell whether the newest replica of a process says that it does its work."""
        if self._has_ops_ports():
            return super().ready(name)
        service, _, kind = name.partition("-")
        if kind == "api":
            return is_open(self._listening[service])
        return any(line in self._children[name].said() for line in _SAYS_WHEN_READY[kind])

    def _has_ops_ports(self) -> bool:
        return "ops_port" in (self.tree / "shared" / "settings.py").read_text(encoding="utf-8")
