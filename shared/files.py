"""The bytes of files: what a store of them is, and one in a folder, under their SHA-256."""

import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from shared.errors import Invalid, Transient
from shared.ids import new_id
from shared.messages.files import FileView

PIECE_BYTES = 256 * 1024
# An upload that nobody has written to for so long was cut off by a crash.
ABANDONED_SECONDS = 24 * 3600
# Bytes that came lately may be of a file that is only about to be noted.
LATELY_SECONDS = 3600


@dataclass(frozen=True)
class Content:
    """What a file holds, as the store knows it: its SHA-256 in hexadecimal, its size in bytes."""

    sha256: str
    size: int


def new_file(content: Content, *, name: str, media_type: str) -> FileView:
    """Return what is known of a file whose bytes a store has; raise Invalid (`file_empty`)."""
    if not content.size:
        raise Invalid("file_empty", "The file has no bytes. Send it as the body of the request.")
    return FileView(
        file_id=new_id(),
        name=name,
        media_type=media_type,
        size=content.size,
        sha256=content.sha256,
    )


class Upload(Protocol):
    """A file on its way into a store."""

    def write(self, chunk: bytes) -> None:
        """Add bytes."""
        ...

    def finish(self) -> Content:
        """Keep the file for good, and tell what came."""
        ...

    def discard(self) -> None:
        """Forget what came. Does nothing after finish()."""
        ...


class FileStore(Protocol):
    """Keeps the bytes of files under their SHA-256; used outside of any transaction."""

    def receive(self) -> Upload:
        """Begin to take a file."""
        ...

    def read(self, sha256: str) -> Iterator[bytes]:
        """Return the bytes in pieces; raise Transient (`file_unavailable`) without them."""
        ...

    def sweep(self, wanted: Callable[[Collection[str]], Collection[str]]) -> int:
        """Erase all bytes but those that are wanted of them, or came lately; return how many."""
        ...


class LocalFiles:
    """Implements the port FileStore. The folder may be shared by any number of processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._clear_abandoned()

    def receive(self) -> Upload:
        """Begin to take a file."""
        return LocalUpload(self._incoming / str(new_id()), self._folder)

    def read(self, sha256: str) -> Iterator[bytes]:
        """Return the bytes in pieces; raise Transient (`file_unavailable`) without them."""
        try:
            file = _path(self._folder, sha256).open("rb")
        except OSError as error:
            raise Transient("file_unavailable", "The file's bytes are out of reach.") from error
        return _pieces(file)

    def sweep(self, wanted: Callable[[Collection[str]], Collection[str]]) -> int:
        """Erase all bytes but those that are wanted of them, or came lately; return how many."""
        return sum(self._sweep(each, wanted) for each in sorted(self._folder.glob("??")))

    def _sweep(self, folder: Path, wanted: Callable[[Collection[str]], Collection[str]]) -> int:
        settled = {path.name for path in folder.iterdir() if not _came_lately(path)}
        unwanted = settled - set(wanted(settled)) if settled else set()
        return sum(self._erase(folder / each) for each in unwanted)

    def _erase(self, path: Path) -> bool:
        """Erase a file; False when the same bytes came again meanwhile."""
        aside = self._incoming / str(new_id())
        try:
            # Whoever sends the same bytes from here on makes a file of their own.
            path.replace(aside)
            if _came_lately(aside):
                aside.replace(path)
                return False
        except FileNotFoundError:
            return False  # another process was quicker
        aside.unlink(missing_ok=True)
        return True

    def _clear_abandoned(self) -> None:
        for path in self._incoming.iterdir():
            try:
                if _age(path) > ABANDONED_SECONDS:
                    path.unlink()
            except FileNotFoundError:
                continue  # another process was quicker


class LocalUpload:
    """Implements the port Upload."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._path = path
        self._folder = folder
        self._file = path.open("xb")
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, chunk: bytes) -> None:
        """Add bytes."""
        self._file.write(chunk)
        self._digest.update(chunk)
        self._size += len(chunk)

    def finish(self) -> Content:
        """Keep the file for good: its bytes are on the disk before its name is, and that too."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        sha256 = self._digest.hexdigest()
        target = _path(self._folder, sha256)
        target.parent.mkdir(exist_ok=True)
        self._path.replace(target)
        for folder in (target.parent, self._folder):
            _sync(folder)
        return Content(sha256, self._size)

    def discard(self) -> None:
        """Forget what came. Does nothing after finish()."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    # The machine's own time: it is held against what the file system noted.
    return time.time() - path.stat().st_mtime


def _came_lately(path: Path) -> bool:
    try:
        return _age(path) <= LATELY_SECONDS
    except FileNotFoundError:
        return True  # another process was quicker


def _path(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / sha256


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
