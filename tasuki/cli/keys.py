"""Turning the keys of a deployment: a new one comes first, the old one stays until nobody needs it.

Works on a folder of secrets, as processes find it in SECRETS_DIR and `deploy/make-secrets` makes
it: files named as the settings, in any folders below. Nothing here talks to the market: whoever
applies the folder to the deployment decides when.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Final, NoReturn, Protocol, TypeVar

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from rich.console import Console
from rich.table import Table

from shared.sealed import new_key

T = TypeVar("T")

FAULT: Final = 2
TOKEN_KEYS: Final = "token-keys"  # noqa: S105  (a folder's name)


@dataclass(frozen=True)
class Kind:
    """A kind of key, by the name of its file or folder.

    `lasts` is how long something that the old key made may be in use; None: for ever, as what it
    sealed lies in a database.
    """

    name: str
    makes: str
    lasts: timedelta | None
    after: str


# services/accounts: a token lives for 15 minutes; others keep the published keys for some more.
# services/web: a session ends after 90 days at most. services/notify: a mail may be read late.
KINDS: Final = (
    Kind(
        TOKEN_KEYS, "access tokens", timedelta(hours=1), "accounts reads the folder anew by itself"
    ),
    Kind("session_keys", "the cookies of sessions", timedelta(days=90), "restart web"),
    Kind("link_keys", "the links that end mail", timedelta(days=365), "restart notify"),
    Kind("factor_keys", "secrets of second factors", None, "restart accounts"),
    Kind("webhook_keys", "secrets of customers' webhooks", None, "restart notify"),
)
_BY_NAME: Final = {kind.name: kind for kind in KINDS}


class KeyFaultError(Exception):
    """Why keys can't be turned, and what to do."""


class Ring(Protocol):
    """The keys of one kind in a folder, the one in use first."""

    @property
    def kind(self) -> Kind:
        """Return what they are for."""
        ...

    @property
    def path(self) -> Path:
        """Return the file or folder that they are in."""
        ...

    def count(self) -> int:
        """Return how many there are."""
        ...

    def changed_at(self) -> float:
        """Return when one was added last, in seconds."""
        ...

    def turn(self) -> None:
        """Add a new one, which is used from now on."""
        ...

    def drop_old(self) -> None:
        """Keep the one in use alone."""
        ...


@dataclass(frozen=True)
class SealingKeys:
    """Keys separated by commas in one file: the first seals, all of them open."""

    kind: Kind
    path: Path

    def _keys(self) -> list[str]:
        return [key.strip() for key in self.path.read_text().split(",") if key.strip()]

    def count(self) -> int:
        """Return how many there are."""
        return len(self._keys())

    def changed_at(self) -> float:
        """Return when the file was written."""
        return self.path.stat().st_mtime

    def turn(self) -> None:
        """Put a new key first."""
        _write(self.path, ",".join((new_key(), *self._keys())) + "\n")

    def drop_old(self) -> None:
        """Keep the first."""
        _write(self.path, self._keys()[0] + "\n")


@dataclass(frozen=True)
class SigningKeys:
    """Ed25519 keys, each a `*.pem` file: the last by name signs, all of them are published."""

    kind: Kind
    path: Path

    def _files(self) -> list[Path]:
        return sorted(self.path.glob("*.pem"))

    def count(self) -> int:
        """Return how many there are."""
        return len(self._files())

    def changed_at(self) -> float:
        """Return when the newest file was written."""
        return self._files()[-1].stat().st_mtime

    def turn(self) -> None:
        """Add a key whose name comes last."""
        name = f"{datetime.now(UTC):%Y-%m-%dT%H%M%S}.pem"
        if self._files() and name <= self._files()[-1].name:
            raise KeyFaultError(
                f"{self._files()[-1]} would stay the last by name, and go on to sign: rename it."
            )
        pem = Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        _write(self.path / name, pem.decode())

    def drop_old(self) -> None:
        """Keep the last."""
        for file in self._files()[:-1]:
            file.unlink()


def rings(folder: Path) -> list[Ring]:
    """Return the keys below a folder; raise KeyFaultError when there are none."""
    found = [ring for path in sorted(folder.rglob("*")) for ring in _ring(path)]
    if not found:
        names = ", ".join(kind.name for kind in KINDS)
        raise KeyFaultError(f"{folder} has none of {names}. Is it the folder of the secrets?")
    return found


def _ring(path: Path) -> Iterator[Ring]:
    kind = _BY_NAME.get(path.name.replace("token_keys", TOKEN_KEYS))
    if kind and kind.name == TOKEN_KEYS and path.is_dir() and any(path.glob("*.pem")):
        yield SigningKeys(kind, path)
    elif kind and kind.name != TOKEN_KEYS and path.is_file():
        yield SealingKeys(kind, path)


def droppable(ring: Ring, now: float) -> None:
    """Raise KeyFaultError while something that an old key made may be in use."""
    if ring.count() == 1:
        raise KeyFaultError(f"{ring.path} has one key only, and that is in use.")
    if ring.kind.lasts is None:
        raise KeyFaultError(
            f"{ring.path} must keep its old keys: {ring.kind.makes} lie in the database under them."
        )
    from_now = ring.changed_at() + ring.kind.lasts.total_seconds()
    if now < from_now:
        until = f"{datetime.fromtimestamp(from_now, UTC):%Y-%m-%d %H:%M} UTC"
        raise KeyFaultError(
            f"{ring.path}: {ring.kind.makes} that the old keys made may be in use until {until}."
            " Drop them then, or now with --now, which ends what they made."
        )


def _write(path: Path, content: str) -> None:
    """Write a secret in one step, as readable as what it replaces."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    beside = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(content)
    beside.chmod(mode)
    beside.replace(path)


keys = typer.Typer(
    name="keys",
    help="Turn the keys in a folder of secrets: nobody is signed out by it, no link ends.",
    no_args_is_help=True,
)
Folder = Annotated[
    Path,
    typer.Argument(
        exists=True, file_okay=False, help="The secrets, as deploy/make-secrets makes them"
    ),
]
Name = Annotated[str, typer.Argument(help=", ".join(_BY_NAME))]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing")]


@keys.command("list")
def list_keys(folder: Folder) -> None:
    """Show which keys there are, and how old the newest is."""
    table = Table(box=None, pad_edge=False)
    table.add_column("key", no_wrap=True)
    for heading in ("makes", "keys", "turned", "old may go"):
        table.add_column(heading)
    for ring in _found(folder):
        turned = datetime.fromtimestamp(ring.changed_at(), UTC)
        table.add_row(
            str(ring.path.relative_to(folder)),
            ring.kind.makes,
            str(ring.count()),
            f"{turned:%Y-%m-%d}",
            _may_go(ring, turned),
        )
    Console().print(table)


def _may_go(ring: Ring, turned: datetime) -> str:
    if ring.count() == 1:
        return ""
    return f"{turned + ring.kind.lasts:%Y-%m-%d}" if ring.kind.lasts else "never"


@keys.command()
def turn(folder: Folder, name: Name, *, dry_run: DryRun = False) -> None:
    """Make a new key, which is used from now on; the old ones still open and prove."""
    for ring in _named(folder, name):
        if not dry_run:
            _or_fail(ring.turn)
        old = ring.count() - (not dry_run)
        _say(
            f"{ring.path} {'would get' if dry_run else 'has'} a new key; old ones that stay: {old}."
        )
        _say(f"Apply it to the deployment; {ring.kind.after}.")


@keys.command()
def drop_old(
    folder: Folder,
    name: Name,
    *,
    dry_run: DryRun = False,
    now: Annotated[
        bool, typer.Option("--now", help="At once: a key is in wrong hands, what it made shall end")
    ] = False,
) -> None:
    """Drop the old keys, once nothing that they made is in use."""
    for ring in _named(folder, name):
        if not (now and ring.kind.lasts):
            _or_fail(partial(droppable, ring, time.time()))
        if not dry_run:
            ring.drop_old()
        _say(f"{ring.path} {'would keep' if dry_run else 'keeps'} its newest key alone.")
        _say(f"Apply it to the deployment; {ring.kind.after}.")


def _found(folder: Path) -> list[Ring]:
    return _or_fail(lambda: rings(folder))


def _named(folder: Path, name: str) -> Sequence[Ring]:
    named = [ring for ring in _found(folder) if ring.kind.name == name]
    if not named:
        _fail(f"{folder} has no {name}. These keys are known: {', '.join(_BY_NAME)}.")
    return named


def _or_fail(act: Callable[[], T]) -> T:
    try:
        return act()
    except (KeyFaultError, OSError) as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    Console(stderr=True, style="red", highlight=False, soft_wrap=True).print(message, markup=False)
    raise typer.Exit(FAULT)


def _say(line: str) -> None:
    Console(highlight=False, soft_wrap=True).print(line, markup=False)
