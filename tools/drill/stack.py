"""A stack that loses its servers, and is built up again step by step on new ones."""

import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from shared.messaging import archive
from shared.messaging.archive import Pace, Progress, Selection
from tools.drill.backups import WalArchive
from tools.services import PROCESSES
from tools.stack import Stack

TELL: Final = tuple(service for service, kinds in PROCESSES.items() if "relay" in kinds)
# Events per second; as many as one machine's consumers take beside its other work.
REPLAY_RATE: Final = 1_000.0
# What isn't ours and goes on: the processor, and who takes our mail.
_OUTSIDE: Final = ("stripe", "smtp")


class DrillStack(Stack):
    """A stack with an archive of its WAL, whose servers can be lost."""

    def __init__(self, run_dir: Path) -> None:
        super().__init__(run_dir, fresh=True)
        self._archives: list[WalArchive] = []

    def stop(self) -> None:
        """Stop all."""
        super().stop()
        for wal in self._archives:
            wal.end()

    def new_archive(self) -> WalArchive:
        """Begin to receive the WAL of the server that runs now."""
        wal = WalArchive(self.folder.path / f"wal-{len(self._archives)}", self.folder.spawn)
        self._archives.append(wal)
        wal.start(self.postgres)
        return wal

    def lose_servers(self) -> None:
        """Kill the database, the broker and all processes of services at once; their data goes."""
        gone = [name for name in self._children if name not in _OUTSIDE]
        self.postgres.kill()
        self.broker.kill()
        for name in gone:
            self.kill(name)
        for wal in self._archives:
            wal.end()
        for folder in (self.postgres.folder, self.broker.folder):
            shutil.rmtree(folder)
        self.postgres.folder.mkdir()

    def start_all(self, kind: str) -> None:
        """Start the processes of one kind; return when each is ready."""
        names = self._names(kind)
        for name in names:
            self._spawn(name)
        with ThreadPoolExecutor() as pool:
            for _ in pool.map(self._wait, names):
                pass

    def replay(self, services: Iterable[str] = TELL) -> int:
        """Tell all that was ever published once more; return how many events."""
        with ThreadPoolExecutor() as pool:
            return sum(each.published for each in pool.map(self._replay_one, services))

    def _replay_one(self, service: str) -> Progress:
        env = self.env(service)
        return archive.replay(
            service, env["DATABASE_URL"], env["AMQP_URL"], Selection(), Pace(REPLAY_RATE)
        )

    def waiting(self) -> dict[str, int]:
        """Return the queues in which messages wait, dead letters aside."""
        return {
            queue: length
            for queue, length in self.broker.queue_lengths().items()
            if length and not queue.endswith(".dead")
        }

    def dead(self) -> dict[str, int]:
        """Return the queues of dead letters that hold some."""
        lengths = self.broker.queue_lengths().items()
        return {queue: length for queue, length in lengths if length and queue.endswith(".dead")}
