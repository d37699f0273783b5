"""The HTTP server: Stripe's API, the hosted pages, and the simulator's own interface."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from tools.stripe_simulator.api import Api
from tools.stripe_simulator.clock import SimulatorClock
from tools.stripe_simulator.config import Config
from tools.stripe_simulator.control import Control
from tools.stripe_simulator.faults import Faults
from tools.stripe_simulator.pages import Pages
from tools.stripe_simulator.recorder import Recorder
from tools.stripe_simulator.resources.table import ROUTES
from tools.stripe_simulator.simulator import Simulator
from tools.stripe_simulator.store import Store
from tools.stripe_simulator.timers import run_due
from tools.stripe_simulator.transport import Protocol
from tools.stripe_simulator.webhooks import Deliverer, Disorder

DATABASE = "stripe.sqlite3"
METHODS = ["GET", "POST", "DELETE"]


def serve(config: Config, listener: socket.socket) -> None:
    """Serve on a socket until SIGTERM or SIGINT; the process then exits with 0."""
    store = Store(config.data / DATABASE)
    recorder = Recorder(config.record)
    simulator = Simulator(config, store, SimulatorClock(config.clock_file))
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn ends its work first and raises the signal again: then this ends the process.
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        server = uvicorn.Server(
            uvicorn.Config(
                application(simulator, recorder),
                http=Protocol,
                loop="uvloop",
                lifespan="on",
                log_level="warning",
                access_log=False,
                # Requests that hang on purpose must not hold up the end.
                timeout_graceful_shutdown=1,
            )
        )
        server.run(sockets=[listener])
    finally:
        recorder.close()
        store.close()


def application(simulator: Simulator, recorder: Recorder) -> Starlette:
    """Return the ASGI application; its lifespan runs the deliveries and the timers."""
    faults = Faults()
    disorder = Disorder()
    api = Api(simulator, ROUTES, faults, recorder)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        deliverer = Deliverer(simulator, recorder, disorder, lambda: run_due(simulator))
        task = asyncio.create_task(deliverer.run())
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    return Starlette(
        routes=[
            Route("/v1/{path:path}", api.__call__, methods=METHODS),
            Route("/v2/{path:path}", api.__call__, methods=METHODS),
            *Pages(simulator).routes(),
            *Control(simulator, faults, disorder).routes(),
        ],
        lifespan=lifespan,
    )
