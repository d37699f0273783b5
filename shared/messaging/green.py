"""What we use of eventlet and nameko, imported in one place."""

from shared.messaging.quiet import eventlet  # isort: skip  (before nameko imports it, loudly)

from eventlet.event import Event as Signal
from eventlet.green import select
from eventlet.hubs import trampoline
from eventlet.queue import LightQueue
from eventlet.semaphore import Semaphore
from nameko.containers import ServiceContainer, WorkerContext
from nameko.extensions import (
    ENTRYPOINT_EXTENSIONS_ATTR,
    DependencyProvider,
    Entrypoint,
    SharedExtension,
)

__all__ = [
    "ENTRYPOINT_EXTENSIONS_ATTR",
    "DependencyProvider",
    "Entrypoint",
    "LightQueue",
    "Semaphore",
    "ServiceContainer",
    "SharedExtension",
    "Signal",
    "WorkerContext",
    "eventlet",
    "select",
    "trampoline",
]
