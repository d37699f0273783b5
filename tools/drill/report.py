"""What a drill tells on a terminal: steps with their times, and what was proved."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from tools.story.proofs import Proof


@dataclass
class Report:
    """A drill as it is told."""

    console: Console
    steps: list[tuple[str, float]] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)

    def headline(self, text: str) -> None:
        """Begin a part."""
        self.console.print(f"\n[bold]{text}[/]")

    def says(self, text: str) -> None:
        """Print one line."""
        self.console.print(f"  {text}", markup=False)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Time what is done inside, and tell it."""
        began = time.monotonic()
        yield
        seconds = time.monotonic() - began
        self.steps.append((what, seconds))
        self.says(f"{seconds:6.1f} s  {what}")

    def prove(self, proofs: Iterable[Proof]) -> None:
        """Keep and print what was proved."""
        found = list(proofs)
        self.proofs += found
        table = Table(box=None, show_header=False)
        for proof in found:
            table.add_row("✓" if proof.holds else "✗", proof.claim, proof.figures)
        self.console.print(table)

    @property
    def holds(self) -> bool:
        """Whether everything that was to be proved holds."""
        return bool(self.proofs) and all(proof.holds for proof in self.proofs)
