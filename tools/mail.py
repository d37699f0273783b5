"""A catcher of mails: takes every mail by SMTP, delivers none, and keeps them in a file.

`python -m tools.mail --port 8025 --file mails.jsonl`
"""

import asyncio
import json
import signal
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Lock
from typing import Annotated

import typer
from aiosmtpd.smtp import SMTP, Envelope, Session

from tools.ports import LOOPBACK


@dataclass(frozen=True)
class Mail:
    """A caught mail. `text` is its plain part; `caught_at` is the machine's time, ISO 8601."""

    sender: str
    recipients: list[str]
    subject: str
    text: str
    message_id: str
    caught_at: str


@dataclass(frozen=True)
class Catcher:
    """aiosmtpd's handler: appends each mail to a file, one JSON object per line."""

    file: Path

    async def handle_DATA(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail; the answer of the server."""
        line = json.dumps(asdict(parsed(envelope)), ensure_ascii=False)
        with self.file.open("a", encoding="utf-8") as output:
            output.write(f"{line}\n")
        return "250 Caught"


def parsed(envelope: Envelope) -> Mail:
    """Return what was sent, decoded."""
    content = envelope.original_content or b""
    message = message_from_bytes(content, policy=policy.default)
    body = message.get_body(("plain", "html")) if isinstance(message, EmailMessage) else None
    return Mail(
        sender=envelope.mail_from or "",
        recipients=[str(address) for address in envelope.rcpt_tos],
        subject=str(message["Subject"] or ""),
        text=body.get_content() if body else "",
        message_id=str(message["Message-ID"] or ""),
        caught_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
    )


def parsed_lines(text: str) -> list[Mail]:
    """Return the mails of what a catcher wrote."""
    # The last line may be half written: the catcher ends every line with a line feed.
    return [Mail(**json.loads(line)) for line in text.split("\n")[:-1]]


@dataclass
class Mailbox:
    """What a catcher has written to a file: each look reads only what is new."""

    file: Path
    _mails: list[Mail] = field(default_factory=list)
    _read: int = 0
    _reading: Lock = field(default_factory=Lock)

    def mails(self) -> list[Mail]:
        """Return all mails that were caught, in the order in which they came."""
        with self._reading:
            if self.file.exists():
                with self.file.open("rb") as file:
                    file.seek(self._read)
                    whole_lines = b"".join(file.read().rpartition(b"\n")[:2])
                self._read += len(whole_lines)
                self._mails += parsed_lines(whole_lines.decode())
            return list(self._mails)


def caught(file: Path) -> list[Mail]:
    """Return the mails that a catcher wrote to the file, in the order in which they came."""
    return Mailbox(file).mails()


async def serve(host: str, port: int, file: Path) -> None:
    """Catch mails until SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    catcher = Catcher(file)
    server = await loop.create_server(
        lambda: SMTP(catcher, hostname="localhost", enable_SMTPUTF8=True, loop=loop),
        host,
        port,
    )
    async with server:
        await stopped.wait()


def main(
    port: Annotated[int, typer.Option(help="port to listen on")],
    file: Annotated[Path, typer.Option(help="where to keep the mails")],
    host: Annotated[str, typer.Option(help="address to listen on")] = LOOPBACK,
) -> None:
    """Catch mails until SIGTERM."""
    asyncio.run(serve(host, port, file))


if __name__ == "__main__":
    typer.run(main)
