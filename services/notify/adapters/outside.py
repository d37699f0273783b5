"""Sends webhooks to addresses that customers name, and to nowhere inside.

The name is resolved once, every address that comes of it is looked at, and the connection goes to
just that address: a name that means something else a moment later leads nowhere. Redirects are not
followed, and no proxy of our environment is used.
"""

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

import httpx
from opentelemetry.trace import SpanKind
from standardwebhooks import Webhook

from services.notify.domain.webhooks import ANSWER_CHARACTERS, Attempt, Due
from shared.observability import traces
from shared.observability.metrics import call_to

TIMEOUT_SECONDS = 10.0
MAX_ANSWER_BYTES = 4_096
USER_AGENT = "Tasuki-Webhooks/1"

Resolve = Callable[[str, int], Iterable[str]]
# Of IPv6 that carries IPv4 inside: NAT64's well-known prefix (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class InsideError(Exception):
    """The address is none that customers may have us call."""


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a name; OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def is_outside(address: str) -> bool:
    """Tell whether an address is one of the public Internet (IANA's registries, by ipaddress)."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        carried = ip.ipv4_mapped or ip.sixtofour or _nat64(ip)
        if carried is not None:
            return is_outside(str(carried))
        if ip.teredo is not None:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _nat64(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in _NAT64 else None


@dataclass(frozen=True)
class HttpSender:
    """Sends signed messages.

    Args:
        allow_inside: let addresses inside be called, and http: for a development machine only.
        resolve: how names become addresses.
    """

    allow_inside: bool = False
    resolve: Resolve = field(default=resolved)

    def refusal(self, url: str) -> str | None:
        """Return why nothing may be sent there, judged by its looks alone."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        faults = {
            "the address has no host": not host,
            "the address must have no name or password in it": parts.username or parts.password,
        }
        if not self.allow_inside:
            faults |= {
                "the address must begin with https://": parts.scheme != "https",
                "the address is not one of the public Internet": _is_ip(host)
                and not is_outside(host),
                "the host's name must be a full one": "." not in host.strip(".")
                and not _is_ip(host),
            }
        return next((reason for reason, true in faults.items() if true), None)

    def send(self, due: Due, at: datetime) -> Attempt:
        """Send a message and return what came of it; never raises.

        What a broken or hostile server may do, ends here: a certificate that doesn't hold, an
        answer that never ends.
        """
        with call_to("webhook", "deliver") as call:
            attempt = self._attempt(due, at)
            if attempt.error:
                call.outcome = "failed"
            elif not attempt.delivered:
                call.outcome = "declined"
        return attempt

    def _attempt(self, due: Due, at: datetime) -> Attempt:
        begun = time.monotonic()
        status, error, answer = None, "", ""
        known = {"http.request.method": "POST", "tasuki.event.type": due.message.event_type}
        with traces.continued(
            due.message.traceparent, "POST customer's webhook", SpanKind.CLIENT, known
        ) as span:
            try:
                status, answer = self._post(due, at, begun + TIMEOUT_SECONDS)
                span.set_attribute("http.response.status_code", status)
            except InsideError as refused:
                error = str(refused)
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as fault:
                error = type(fault).__name__
            if error:
                traces.failed(span, error)
        spent = round((time.monotonic() - begun) * 1_000)
        return Attempt(at, status, spent, error, answer)

    def _post(self, due: Due, at: datetime, ends_at: float) -> tuple[int, str]:
        parts = urlsplit(due.url)
        if reason := self.refusal(due.url):
            raise InsideError(reason)
        host = parts.hostname or ""
        address = self._checked_address(host, parts.port or _port(parts.scheme))
        place = f"[{address}]" if ":" in address else address
        pinned = parts._replace(netloc=f"{place}:{parts.port}" if parts.port else place)
        request = httpx.Request(
            "POST",
            urlunsplit(pinned),
            headers=self._headers(due, at) | {"Host": parts.netloc},
            content=due.message.payload.encode(),
            extensions={"sni_hostname": host, "timeout": httpx.Timeout(TIMEOUT_SECONDS).as_dict()},
        )
        with httpx.Client(trust_env=False, follow_redirects=False) as client:
            answer = client.send(request, stream=True)
            try:
                return answer.status_code, _beginning(answer, ends_at)
            finally:
                answer.close()

    def _checked_address(self, host: str, port: int) -> str:
        addresses = list(self.resolve(host, port))
        if not addresses:
            raise InsideError("the host has no address")
        if not self.allow_inside and not all(is_outside(each) for each in addresses):
            raise InsideError("the host is not one of the public Internet")
        return addresses[0]

    @staticmethod
    def _headers(due: Due, at: datetime) -> dict[str, str]:
        message_id = f"msg_{due.message.delivery_id}"
        signatures = [
            Webhook(secret).sign(message_id, at, due.message.payload) for secret in due.secrets
        ]
        return {
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
            "traceparent": traces.current_traceparent() or "",
        }


def _beginning(answer: httpx.Response, ends_at: float) -> str:
    read = b""
    for chunk in answer.iter_bytes(MAX_ANSWER_BYTES):
        read += chunk
        if len(read) >= MAX_ANSWER_BYTES or time.monotonic() > ends_at:
            break
    text = read[:MAX_ANSWER_BYTES].decode("utf-8", errors="replace")
    return "".join(each if each.isprintable() else " " for each in text)[:ANSWER_CHARACTERS]


def _port(scheme: str) -> int:
    return 80 if scheme == "http" else 443


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
