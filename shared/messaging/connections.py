"""Connections to the broker for green threads (py-amqp, which kombu and nameko use too)."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp

from shared.messaging.green import eventlet
from shared.tls import broker_certificates

HEARTBEAT_SECONDS = 10
CONNECT_SECONDS = 5
# How long a read or a write of the socket may take.
SOCKET_SECONDS = 5

# What ends a connection or a channel: the broker's word, or the network's.
BROKEN = (amqp.AMQPError, OSError)


def connect(url: str, name: str, *, confirms: bool = False, heartbeat: int = 0) -> Any:
    """Return an open amqp.Connection to the broker of an amqp:// or amqps:// URL.

    Raises one of BROKEN. `name` is what an operator sees in the broker's list of connections;
    `heartbeat` is in seconds, and somebody has to call `heartbeat_tick`.
    """
    parts = urlsplit(url)
    encrypted = parts.scheme == "amqps"
    connection = amqp.Connection(
        host=f"{parts.hostname}:{parts.port or (5671 if encrypted else 5672)}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        login_method="PLAIN",
        virtual_host=unquote(parts.path[1:]) or "/",
        ssl=_tls(url, parts.hostname),
        heartbeat=heartbeat,
        connect_timeout=CONNECT_SECONDS,
        confirm_publish=confirms,
        client_properties={"connection_name": name},
    )
    connection.connect()
    connection.sock.settimeout(SOCKET_SECONDS)
    return connection


def _tls(url: str, host: str | None) -> dict[str, Any] | None:
    """Return what py-amqp needs to hold the broker to its certificate; None without TLS."""
    certificates = broker_certificates(url)
    if not certificates:
        return None
    return {
        "ca_certs": certificates,
        "cert_reqs": ssl.CERT_REQUIRED,
        # Without a name py-amqp would take any certificate that the authority signed.
        "server_hostname": host,
    }


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block when it takes longer."""
    with eventlet.Timeout(seconds, TimeoutError(f"no answer within {seconds:g} s")):
        yield


def abandon(connection: Any) -> None:
    """Drop a connection that is broken, or may be: nobody waits for the broker's answer."""
    if connection is not None:
        connection.collect()


def close(connection: Any) -> None:
    """Close a connection that may be broken already."""
    try:
        if connection is not None:
            connection.close()
    except BROKEN:
        connection.collect()
