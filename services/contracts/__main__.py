"""`python -m services.contracts api|events|relay|migrate`: wiring only."""

from shared.process import main, migrations_of, relay_of, waiting_for  # isort: skip  (see shared.process)

from pathlib import Path
from typing import TYPE_CHECKING

from shared.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI


class ContractsSettings(Settings):
    """What contracts reads beside what every process does."""

    files_dir: Path = Path("files")


def make_app(settings: ContractsSettings) -> "FastAPI":
    """Return the app of the HTTP API."""
    from services.contracts import (  # noqa: PLC0415  (see shared.process)
        api,
        api_hand_overs,
        api_retainers,
        api_talk,
        api_terms,
    )
    from services.contracts.adapters import gauges  # noqa: PLC0415
    from services.contracts.adapters.terms.printing import TypstTermsPrinter  # noqa: PLC0415
    from services.contracts.adapters.work import make_work  # noqa: PLC0415
    from shared.files import LocalFiles  # noqa: PLC0415
    from shared.http.app import create_app  # noqa: PLC0415
    from shared.http.edge import Edge  # noqa: PLC0415
    from shared.http.export import export_router  # noqa: PLC0415
    from shared.messaging.trial import Trials  # noqa: PLC0415

    edge = Edge.of(settings, make_work)
    routers = [
        export_router("contracts"),
        api_talk.router,
        api_terms.router,
        api.approvals,
        api_hand_overs.router,
        api_retainers.router,
        api.router,
    ]
    app = create_app(
        "contracts",
        routers,
        edge,
        max_body_bytes=api.max_body_bytes,
        gauges=gauges.read,
        trials=Trials.of("contracts"),
    )
    app.state.file_store = LocalFiles(settings.files_dir)
    app.state.terms_printer = TypstTermsPrinter()
    return app


def serve_api() -> None:
    """Serve the HTTP API."""
    from shared.http.app import serve  # noqa: PLC0415

    settings = ContractsSettings()
    serve(make_app(settings), settings)


def run_events() -> None:
    """Hear what others tell, and fire the clocks."""
    from services.contracts.adapters.work import make_work  # noqa: PLC0415
    from services.contracts.events import Events  # noqa: PLC0415
    from shared.messaging import bootstrap  # noqa: PLC0415

    settings = ContractsSettings()
    bootstrap.run_events(Events, bootstrap.config_of(settings, make_work))


if __name__ == "__main__":
    main(
        "contracts",
        {
            "api": serve_api,
            "events": run_events,
            "relay": relay_of("contracts"),
            "migrate": migrations_of("contracts"),
            "wait": waiting_for("contracts"),
        },
    )
