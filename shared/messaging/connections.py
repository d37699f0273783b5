"""Connections to the broker for green threads (py-amqp, which kombu and nameko use too)."""

from typing import Any
from urllib.parse import unquote, urlsplit

import amqp

HEARTBEAT_SECONDS = 10
CONNECT_SECONDS = 5
# However long we wait for an answer or for room to write, a frozen broker ends it.
ANSWER_SECONDS = 10

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
        ssl=encrypted,
        heartbeat=heartbeat,
        connect_timeout=CONNECT_SECONDS,
        confirm_publish=confirms,
        client_properties={"connection_name": name},
    )
    connection.connect()
    connection.sock.settimeout(ANSWER_SECONDS)
    return connection


def close_quietly(connection: Any) -> None:
    """Close a connection that may be broken already."""
    if connection is not None:
        try:
            connection.close()
        except BROKEN:
            connection.collect()
