"""Files: taken in pieces, kept under their hash, given to the parties only and never shown."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.errors import Transient
from shared.files import ABANDONED_SECONDS, LocalFiles
from shared.http.files import MAX_FILE_BYTES
from shared.ids import new_id
from tests.integration.contracts.conftest import Agreed
from tests.support.apis import Caller

PAGE = b"<script>steal()</script>"


def upload(
    agreed: Agreed, by: Caller, content: Any = PAGE, name: str = "p.html", media_type: str = ""
) -> Any:
    headers = {"Content-Type": media_type} if media_type else {}
    return by.post(f"{agreed.path}/files", params={"name": name}, content=content, headers=headers)


def test_a_file_comes_back_as_it_went_and_is_only_for_saving(agreed: Agreed) -> None:
    answer = upload(agreed, agreed.assistant, name="報告 1.html", media_type="text/html; a=b")
    assert answer.status_code == 201
    file = answer.json()
    assert file["sha256"] == hashlib.sha256(PAGE).hexdigest()
    assert (file["size"], file["media_type"]) == (len(PAGE), "text/html")

    got = agreed.client.get(f"{agreed.path}/files/{file['file_id']}")
    assert got.content == PAGE
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"

    agreed.fund()
    delivery = {"text": "x", "file_ids": [file["file_id"]]}
    delivered = agreed.assistant.post(f"{agreed.milestone_path}/deliveries", delivery)
    assert delivered.json()["deliveries"][0]["files"] == [file]


def test_the_same_file_twice_is_one(agreed: Agreed) -> None:
    first, again = upload(agreed, agreed.client).json(), upload(agreed, agreed.client).json()
    assert again == first
    other = upload(agreed, agreed.client, name="q.html").json()
    assert other["file_id"] != first["file_id"]
    assert other["sha256"] == first["sha256"]


def test_a_file_of_one_contract_is_not_found_in_another(agreed: Agreed) -> None:
    file_id = upload(agreed, agreed.client).json()["file_id"]
    other = Agreed(agreed.api)
    answer = other.client.get(f"{other.path}/files/{file_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "file_not_found")
    other.fund()
    delivery = {"text": "x", "file_ids": [file_id]}
    answer = other.assistant.post(f"{other.milestone_path}/deliveries", delivery)
    assert (answer.status_code, answer.json()["code"]) == (422, "file_not_in_contract")
    stranger = agreed.api.person("client")
    for answer in (
        stranger.get(f"{agreed.path}/files/{file_id}"),
        upload(agreed, stranger),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "contract_not_found")
    answer = agreed.api.client.post(f"{agreed.path}/files", params={"name": "a"}, content=PAGE)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "name", ["", "../etc/passwd", "a\\b", "a\x00b", "a\nb", "exe\u202etxt", "x" * 201]
)
def test_a_name_that_could_mislead_is_refused(agreed: Agreed, name: str) -> None:
    answer = upload(agreed, agreed.client, name=name)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/name"


def test_an_empty_file_is_refused(agreed: Agreed) -> None:
    answer = upload(agreed, agreed.client, content=b"")
    assert (answer.status_code, answer.json()["code"]) == (422, "file_empty")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("invoice.pdf.exe", b"%PDF-1.7"),
        ("INVOICE.Scr. ", b"%PDF-1.7"),
        ("invoice.pdf", b"MZ\x90\x00\x03\x00\x00\x00"),
        ("invoice.pdf", b"\x7fELF\x02\x01\x01"),
        ("invoice.pdf", b"\xcf\xfa\xed\xfe\x07"),
    ],
)
def test_a_program_is_refused_and_nothing_is_left(
    agreed: Agreed, files_dir: Path, name: str, content: bytes
) -> None:
    def byte_by_byte() -> Iterator[bytes]:
        yield from (content[at : at + 1] for at in range(len(content)))

    for body in (content, byte_by_byte()):
        answer = upload(agreed, agreed.client, name=name, content=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "file_type_refused")
    assert [path for path in files_dir.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("name", "content"),
    [("MZ.txt", b"MZ is where this begins"), ("exe", b"x"), ("site.zip", b"PK\x03\x04")],
)
def test_what_only_looks_like_a_program_is_taken(agreed: Agreed, name: str, content: bytes) -> None:
    assert upload(agreed, agreed.client, name=name, content=content).status_code == 201


def test_a_file_that_is_too_large_is_refused_and_nothing_is_left(
    agreed: Agreed, files_dir: Path
) -> None:
    piece = bytes(1024 * 1024)

    def without_length() -> Iterator[bytes]:
        for _ in range(MAX_FILE_BYTES // len(piece) + 1):
            yield piece

    answer = upload(agreed, agreed.client, content=without_length())
    assert answer.status_code == 413
    answer = agreed.client.post(
        f"{agreed.path}/files",
        params={"name": "a"},
        content=PAGE,
        headers={"Content-Length": str(MAX_FILE_BYTES + 1)},
    )
    assert answer.status_code == 413
    assert [path for path in files_dir.rglob("*") if path.is_file()] == []
    assert "file_added" not in [entry["what"] for entry in agreed.view()["timeline"]]


def test_bytes_that_are_gone_are_a_passing_failure(agreed: Agreed, files_dir: Path) -> None:
    file = upload(agreed, agreed.client).json()
    (files_dir / file["sha256"][:2] / file["sha256"]).unlink()
    answer = agreed.client.get(f"{agreed.path}/files/{file['file_id']}")
    assert (answer.status_code, answer.json()["code"]) == (503, "file_unavailable")
    assert agreed.client.get(f"{agreed.path}/files/{new_id()}").status_code == 404


def test_what_a_crash_left_is_cleared_once_it_is_old(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)
    for name in ("old", "new"):
        (tmp_path / "incoming" / name).write_bytes(b"half")
    before = (tmp_path / "incoming" / "old").stat().st_mtime - ABANDONED_SECONDS - 1
    os.utime(tmp_path / "incoming" / "old", (before, before))
    LocalFiles(tmp_path)
    assert [path.name for path in (tmp_path / "incoming").iterdir()] == ["new"]
    with pytest.raises(Transient, match="file_unavailable"):
        store.read("0" * 64)
