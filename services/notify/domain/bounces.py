"""Reports of mail servers that a mail did not arrive (RFC 3464), and what they mean."""

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage, Message
from enum import StrEnum
from typing import Final
from uuid import UUID

_STATUS: Final = re.compile(r"^([245])\.(\d{1,3})\.(\d{1,3})$")
# RFC 3463. What is wrong with an address lasts; a full mailbox, a message that is too large, a
# server or its rules may change their mind.
_LASTING: Final = frozenset({"1"})
_LASTING_DETAILS: Final = frozenset({("2", "0"), ("2", "1")})
_MESSAGE_ID: Final = re.compile(r"<([0-9a-fA-F-]{36})@")


class Meaning(StrEnum):
    """What a report means for its address."""

    GONE = "gone"
    PASSING = "passing"
    NONE = "none"


@dataclass(frozen=True)
class Report:
    """What a mail server says of one recipient of one of our mails."""

    mail_id: UUID
    recipient: str
    status: str
    action: str

    @property
    def meaning(self) -> Meaning:
        """Return what it means for the address."""
        match = _STATUS.match(self.status)
        if match is None or match[1] == "2" or self.action in {"delivered", "relayed", "expanded"}:
            return Meaning.NONE
        lasting = match[2] in _LASTING or (match[2], match[3]) in _LASTING_DETAILS
        if match[1] == "5" and self.action == "failed" and lasting:
            return Meaning.GONE
        return Meaning.PASSING


def reports(source: bytes) -> list[Report]:
    """Return what is in a delivery status notification, for each recipient; nothing if it is none.

    The mail is known by the Message-ID in what the server sent back of it.
    """
    message = email.message_from_bytes(source, policy=email.policy.default)
    if message.get_content_type() != "multipart/report":
        return []
    parts = list(message.walk())
    mail_id = next((found for part in parts if (found := _returned_id(part))), None)
    if mail_id is None:
        return []
    status = next((p for p in parts if p.get_content_type() == "message/delivery-status"), None)
    blocks = status.get_payload() if status else ()
    return [
        report
        for block in (blocks if isinstance(blocks, list) else ())
        if isinstance(block, Message) and (report := _report(mail_id, block))
    ]


def _report(mail_id: UUID, block: Message) -> Report | None:
    """Return what a block says; the first one is about the server, and about no recipient."""
    recipient = block.get("Original-Recipient") or block.get("Final-Recipient")
    status = str(block.get("Status", "")).split()
    if not recipient or not status:
        return None
    address = str(recipient).rpartition(";")[2].strip().strip("<>")
    action = str(block.get("Action", "")).strip().lower()
    return Report(mail_id, address.lower(), status[0], action)


def _returned_id(part: Message) -> UUID | None:
    kind = part.get_content_type()
    if kind == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        original = first if isinstance(first, Message) else None
    elif kind == "text/rfc822-headers" and isinstance(part, EmailMessage):
        original = email.message_from_string(str(part.get_content()))
    else:
        return None
    found = _MESSAGE_ID.search(str(original.get("Message-ID", ""))) if original else None
    try:
        return UUID(found[1]) if found else None
    except ValueError:
        return None
