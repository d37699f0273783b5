"""Mail goes out encrypted, to a server that proves its name, or not at all."""

import smtplib
import ssl
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

from services.notify.adapters.smtp import SmtpServer
from tests.integration.security.conftest import Authorities, mail_server
from tools.mail import caught
from tools.stack import ROOT

BOTH = pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
MESSAGE = EmailMessage()
MESSAGE["From"], MESSAGE["To"], MESSAGE["Subject"] = "no-reply@t.example", "h@t.example", "?"


@BOTH
def test_mail_is_handed_over_encrypted(
    authorities: Authorities, tmp_path: Path, scheme: str
) -> None:
    mails = tmp_path / "mails.jsonl"
    with mail_server(authorities.server, mails, scheme) as port:
        server = SmtpServer.of(f"{scheme}://localhost:{port}", authorities.ours.file)
        with server.connect() as connection:
            assert isinstance(connection.sock, ssl.SSLSocket)
            connection.send_message(MESSAGE)
    assert [mail.recipients for mail in caught(mails)] == [["h@t.example"]]


@BOTH
def test_a_server_that_proves_nothing_gets_no_mail(
    authorities: Authorities, tmp_path: Path, scheme: str
) -> None:
    unknown = "unable to get local issuer certificate"
    with mail_server(authorities.server, tmp_path / "mails", scheme) as port:
        for host, known, why in (
            ("127.0.0.1", authorities.ours.file, "IP address mismatch"),
            ("localhost", authorities.other.file, unknown),
            ("localhost", None, unknown),  # the system's
        ):
            server = SmtpServer.of(f"{scheme}://{host}:{port}", known)
            with pytest.raises(ssl.SSLCertVerificationError, match=why):
                server.connect()


def test_a_server_without_starttls_gets_no_mail_in_clear(
    authorities: Authorities, tmp_path: Path
) -> None:
    with mail_server(authorities.server, tmp_path / "mails", "smtp") as port:
        server = SmtpServer.of(f"smtp+starttls://localhost:{port}", authorities.ours.file)
        with pytest.raises(smtplib.SMTPNotSupportedError, match="STARTTLS"):
            server.connect()


def test_green_threads_speak_tls_with_the_mail_server_too(
    authorities: Authorities, tmp_path: Path
) -> None:
    """An events process is patched for eventlet, sockets and ssl too."""
    said = []
    for known in (authorities.ours, authorities.other):
        with mail_server(authorities.server, tmp_path / "mails", "smtps") as port:
            code = (
                "import shared.messaging.bootstrap, sys; from pathlib import Path\n"
                "from services.notify.adapters.smtp import SmtpServer\n"
                "with SmtpServer.of(sys.argv[1], Path(sys.argv[2])).connect() as connection:\n"
                "    print(connection.noop()[0])"
            )
            command = [sys.executable, "-c", code, f"smtps://localhost:{port}", str(known.file)]
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
            )
            said.append(done.stdout.strip() or done.stderr.splitlines()[-1])
    assert said[0] == "250"
    assert "certificate verify failed" in said[1]
