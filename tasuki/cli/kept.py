"""What the command keeps between one run and the next: at which market, and by which session."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from tasuki.client.sessions import Tokens

FILE = "market.json"


class Kept(BaseModel):
    """The market that was signed in to last, and the tokens of the session there."""

    url: str
    tokens: Tokens


@dataclass(frozen=True)
class Keeper:
    """Keeps it in a file that only its owner can read."""

    folder: Path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Keeper":
        """Return the keeper of this user: below XDG_CONFIG_HOME, as desktops have it."""
        base = environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
        return cls(Path(base) / "tasuki")

    def load(self) -> Kept | None:
        """Return what is kept; None when there is nothing that can be read."""
        try:
            return Kept.model_validate_json((self.folder / FILE).read_bytes())
        except (OSError, ValidationError):
            return None

    def keep(self, kept: Kept) -> None:
        """Keep this in place of what was kept: all of it or, after a crash, the old one."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self.folder / f".{FILE}.{os.getpid()}"
        new.touch(mode=0o600)
        new.write_text(kept.model_dump_json(), encoding="utf-8")
        new.replace(self.folder / FILE)

    def forget(self) -> None:
        """Forget the session."""
        (self.folder / FILE).unlink(missing_ok=True)
