"""A folder of bytes: what is erased from it, and what never is."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from shared.errors import Transient
from shared.files import LATELY_SECONDS, LocalFiles

LONG_AGO = time.time() - LATELY_SECONDS - 60


def kept(store: LocalFiles, content: bytes) -> str:
    """Keep these bytes; return their SHA-256."""
    upload = store.receive()
    upload.write(content)
    return upload.finish().sha256


def aged(folder: Path, sha256: str) -> str:
    """Make bytes look as if they came long ago."""
    os.utime(folder / sha256[:2] / sha256, (LONG_AGO, LONG_AGO))
    return sha256


def test_what_nobody_wants_is_erased_and_all_else_stays(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)
    unwanted, wanted = (aged(tmp_path, kept(store, each)) for each in (b"gone", b"wanted"))
    new = kept(store, b"came lately: the file may be about to be noted")

    assert store.sweep(lambda contents: {wanted} & set(contents)) == 1

    assert [b"".join(store.read(each)) for each in (wanted, new)] == [
        b"wanted",
        b"came lately: the file may be about to be noted",
    ]
    with pytest.raises(Transient, match="file_unavailable"):
        store.read(unwanted)
    assert store.sweep(lambda contents: {wanted} & set(contents)) == 0
    assert not list((tmp_path / "incoming").iterdir())


def test_what_comes_again_while_it_is_erased_is_there(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)
    for _ in range(50):
        sha256 = aged(tmp_path, kept(store, b"the same"))
        start = Barrier(3)

        def sweep(start: Barrier = start) -> None:
            start.wait()
            store.sweep(lambda _: ())

        def send(start: Barrier = start) -> None:
            start.wait()
            kept(store, b"the same")

        with ThreadPoolExecutor(3) as threads:
            list(threads.map(lambda do: do(), (sweep, sweep, send)))
        assert b"".join(store.read(sha256)) == b"the same"
