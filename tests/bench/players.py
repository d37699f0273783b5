"""Contestants in processes of their own, which play when they are told to.

A player says "ready", then reads a count from its standard input, does that many, and answers with
when it began and ended (seconds since 1970, which is also what PostgreSQL's commit times are in).
"""

import cProfile
import json
import os
import pstats
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from tools.processes import Child, environment, spawn, tail

ROOT = Path(__file__).parents[2]
PROFILE = "BENCH_PROFILE"
PROFILED_LINES = 25


@dataclass(frozen=True)
class Played:
    """From when to when."""

    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.began


def serve(play: Callable[[int], None]) -> None:
    """Play as often as we are asked to. With BENCH_PROFILE set, log where the time went."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    profile = cProfile.Profile() if os.environ.get(PROFILE) else None
    for line in sys.stdin:
        began = time.time()
        if profile:
            profile.runcall(play, int(line))
        else:
            play(int(line))
        sys.stdout.write(json.dumps([began, time.time()]) + "\n")
        sys.stdout.flush()
    if profile:
        pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(PROFILED_LINES)


class Player:
    """The bench's side of a player."""

    def __init__(self, module: str, *arguments: str, logs: Path) -> None:
        """Start `python -m tests.bench.<module>`; return when it is ready."""
        self._log = logs / f"{module}.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as errors:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", f"tests.bench.{module}", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=_environment(),
                cwd=ROOT,
                text=True,
            )
        self._answer()

    def play(self, count: int) -> Played:
        """Let it play and return when it is done."""
        self.begin(count)
        return self.finish()

    def begin(self, count: int) -> None:
        """Let it play."""
        channel = _pipe(self._popen.stdin)
        channel.write(f"{count}\n")
        channel.flush()

    def finish(self) -> Played:
        """Return when it is done."""
        return Played(*json.loads(self._answer()))

    def close(self) -> None:
        """End it."""
        _pipe(self._popen.stdin).close()
        self._popen.wait(30)
        _pipe(self._popen.stdout).close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(self) -> str:
        line = _pipe(self._popen.stdout).readline()
        if not line:
            raise RuntimeError(f"a player is gone.\n{tail(self._log)}")
        return line


def play_together(players: Sequence[Player], count: int) -> float:
    """Let all of them play at once; return how many they did per second, together."""
    for player in players:
        player.begin(count)
    played = [player.finish() for player in players]
    seconds = max(each.ended for each in played) - min(each.began for each in played)
    return count * len(players) / seconds


class Background:
    """A process that runs all the while: a consumer, a relay. It can be frozen."""

    def __init__(self, module: str, *arguments: str, logs: Path) -> None:
        command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
        self.child: Child = spawn(
            module, command, env=_environment(), log=logs / f"{module}.log", cwd=ROOT
        )

    def freeze(self) -> None:
        """Let it do nothing."""
        self.child.popen.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.child.popen.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.thaw()
        self.child.stop()


def _environment() -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in (PROFILE,) if name in os.environ}
    return environment(**passed_on, PYTHONWARNINGS="ignore")


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("a player has pipes")
    return pipe
