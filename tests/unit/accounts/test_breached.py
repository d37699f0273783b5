import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from services.accounts.adapters.breached import KnownPasswords

LEAKED = "a password that somebody has lost"
PADDED = "a password of which there is padding only"


@dataclass
class RangeApi:
    """A range API as that of Have I Been Pwned, which knows one password."""

    url: str
    asked: list[tuple[str, str]] = field(default_factory=list)
    status: int = 200


@pytest.fixture
def api() -> Iterator[RangeApi]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.asked.append((self.path, self.headers["Add-Padding"]))
            self.send_response(known.status)
            self.end_headers()
            lines = (f"{digits(LEAKED)[5:]}:3", f"{digits(PADDED)[5:]}:0", f"{'0' * 35}:1")
            self.wfile.write("\r\n".join(lines).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known = RangeApi(f"http://127.0.0.1:{server.server_port}/range/")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield known
    server.shutdown()
    server.server_close()
    thread.join()


def digits(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password 1234",
        "qwertyuiop123",
        "aaaaaaaaaaaaaa",
        "abcabcabcabc",
        "あいうあいうあいうあいう",
        "123456789012",
    ],
)
def test_what_everybody_chooses_is_known_without_asking_anybody(password: str) -> None:
    assert KnownPasswords().has(password)


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "とても長い合言葉です2026", "x" * 11 + "y"]
)
def test_what_is_nobodys_habit_is_not(password: str) -> None:
    assert not KnownPasswords().has(password)


def test_a_leaked_password_is_found_and_only_five_digits_are_told(api: RangeApi) -> None:
    known = KnownPasswords(api.url)
    assert known.has(LEAKED)
    assert not known.has("a password that nobody has lost")
    assert api.asked[0] == (f"/range/{digits(LEAKED)[:5]}", "true")
    assert all(len(path) == len("/range/") + 5 for path, _ in api.asked)


def test_padding_is_no_leak(api: RangeApi) -> None:
    assert not KnownPasswords(api.url).has(PADDED)


def test_nobody_is_kept_out_because_the_list_is_away(
    api: RangeApi, caplog: pytest.LogCaptureFixture
) -> None:
    api.status = 503
    assert not KnownPasswords(api.url).has(LEAKED)
    assert not KnownPasswords("http://127.0.0.1:1/range/").has(LEAKED)
    assert [record.message for record in caplog.records].count("breached passwords not asked") == 2
    assert LEAKED not in caplog.text
