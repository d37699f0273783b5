"""Mail over SMTP (smtplib)."""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from opentelemetry.trace import SpanKind

from services.notify.domain.letters import Mail
from services.notify.ports import Letters, Links, Outcome
from shared.observability import traces
from shared.observability.metrics import call_to

TIMEOUT_SECONDS = 10
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over, and how."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""
    ca_file: Path | None = None

    @classmethod
    def of(cls, url: str, ca_file: Path | None = None) -> Self:
        """Read `smtp://[user:password@]host[:port]`; smtp+starttls:// and smtps:// encrypt.

        `ca_file` has the certificates that the server's has to fit; the system's unless given.
        """
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError(f"SMTP_URL must be {'|'.join(_PORTS)}://host:port")
        return cls(
            parts.scheme,
            parts.hostname,
            parts.port or _PORTS[parts.scheme],
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            ca_file,
        )

    def connect(self) -> smtplib.SMTP:
        """Return a connection; OSError or SMTPException when there is none."""
        if self.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT_SECONDS, context=self._verifying()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            if self.scheme == "smtp+starttls":
                server.starttls(context=self._verifying())
            if self.user:
                server.login(self.user, self.password)
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server

    def _verifying(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file)


@dataclass(frozen=True)
class Composer:
    """Makes messages of mails: as text and as HTML, from one sender."""

    sender: str
    letters: Letters
    links: Links

    def compose(self, mail: Mail) -> EmailMessage:
        """Return the mail as a message.

        Its Message-ID is made of the mail's id, so that a mail that was sent twice after a crash
        can be recognised, and a report of a mail server tells which mail it is about. From,
        Message-ID and the envelope's sender share a domain, as the relay's DKIM signature and DMARC
        want it. ValueError when an address can't be one.
        """
        message = EmailMessage()
        message["From"] = self.sender
        addressee = mail.addressee
        name = " ".join(addressee.display_name.split())  # a line break would begin another header
        message["To"] = Address(name, addr_spec=addressee.email)
        message["Subject"] = mail.letter.subject
        message["Date"] = format_datetime(mail.told_at)
        domain = parseaddr(self.sender)[1].rpartition("@")[2]
        message["Message-ID"] = f"<{mail.mail_id}@{domain}>"
        message["Content-Language"] = addressee.locale
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies, please
        stop = self.links.stop(addressee.person_id, mail.kinds) if mail.kinds else ""
        if stop:
            # RFC 8058: the reader's mail program ends such mail with one click.
            message["List-Unsubscribe"] = f"<{stop}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(mail.letter.body)
        html = self.letters.html(mail.letter, addressee.locale, stop)
        message.add_alternative(html, subtype="html")
        return message


class SmtpMailer:
    """Sends mail, several on one connection."""

    def __init__(self, server: SmtpServer, composer: Composer) -> None:
        self._server = server
        self._composer = composer

    def send(self, mails: Sequence[Mail]) -> Iterator[Outcome]:
        """Send them one after another, and tell of each what became of it.

        When the connection fails, it fails for all that are left: each of them would otherwise wait
        for its own time-out.
        """
        waiting = list(mails)
        try:
            with self._connected() as connection:
                while waiting:
                    mail = waiting[0]
                    error = self._send_one(connection, mail)
                    waiting.pop(0)
                    yield Outcome(mail, error)
        except (OSError, smtplib.SMTPException) as error:
            for mail in waiting:
                yield Outcome(mail, describe(error))

    def _connected(self) -> smtplib.SMTP:
        with call_to("smtp", "connect"):
            return self._server.connect()

    def _send_one(self, connection: smtplib.SMTP, mail: Mail) -> str | None:
        """Return why this mail was refused, if it was; raise when the connection is lost."""
        known = {"peer.service": "smtp", "tasuki.mail.id": str(mail.mail_id)}
        with (
            traces.continued(mail.traceparent, "send mail", SpanKind.CLIENT, known) as span,
            call_to("smtp", "send") as call,
        ):
            try:
                connection.send_message(self._composer.compose(mail))
            except smtplib.SMTPServerDisconnected:
                raise
            except (smtplib.SMTPException, MessageError, ValueError) as error:
                call.outcome = "declined"
                traces.failed(span, error)
                return describe(error)
        return None


def describe(error: Exception) -> str:
    """Name the fault without the address that libraries put into their messages."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    return f"{type(error).__name__} {code}" if code else type(error).__name__
