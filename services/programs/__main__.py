"""`python -m services.programs api|events|relay|migrate|rebuild`: wiring only."""

from shared.process import main, migrations_of, relay_of, waiting_for  # isort: skip  (see shared.process)

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from shared.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

# It reads all that was ever told.
REBUILD_MS = 3_600_000


class ProgramsSettings(Settings):
    """What programs reads beside what every process does."""

    files_dir: Path = Path("files")


def make_app(settings: ProgramsSettings) -> "FastAPI":
    """Return the app of the HTTP API."""
    from services.programs.adapters import gauges  # noqa: PLC0415  (see shared.process)
    from services.programs.adapters.report import TypstReportPrinter  # noqa: PLC0415
    from services.programs.adapters.work import make_work  # noqa: PLC0415
    from services.programs.api_path import max_body_bytes  # noqa: PLC0415
    from services.programs.routers import routers  # noqa: PLC0415
    from shared.files import LocalFiles  # noqa: PLC0415
    from shared.http.app import create_app  # noqa: PLC0415
    from shared.http.edge import Edge  # noqa: PLC0415
    from shared.messaging.trial import Trials  # noqa: PLC0415

    app = create_app(
        "programs",
        routers(),
        Edge.of(settings, make_work),
        gauges=gauges.read,
        trials=Trials.of("programs"),
        max_body_bytes=max_body_bytes,
    )
    app.state.file_store = LocalFiles(settings.files_dir)
    app.state.report_printer = TypstReportPrinter()
    return app


def serve_api() -> None:
    """Serve the HTTP API."""
    from shared.http.app import serve  # noqa: PLC0415

    settings = ProgramsSettings()
    serve(make_app(settings), settings)


def run_events() -> None:
    """Hear what others tell, and fire the clocks."""
    from services.programs.adapters.work import make_work  # noqa: PLC0415
    from services.programs.events import Events  # noqa: PLC0415
    from shared.files import LocalFiles  # noqa: PLC0415
    from shared.messaging import bootstrap  # noqa: PLC0415

    settings = ProgramsSettings()
    Events.file_store = LocalFiles(settings.files_dir)
    bootstrap.run_events(Events, bootstrap.config_of(settings, make_work))


def rebuild() -> None:
    """Make what figures are made of anew, of all that programs ever told; say how much it was."""
    from services.programs.adapters.outcomes import SqlOutcomes  # noqa: PLC0415
    from shared.db import Database  # noqa: PLC0415

    database = Database(ProgramsSettings().database_url, statement_timeout_ms=REBUILD_MS)
    with database.transaction() as connection:
        made = SqlOutcomes(connection).rebuild()
    sys.stdout.write(f"facts: {made}\n")


if __name__ == "__main__":
    main(
        "programs",
        {
            "api": serve_api,
            "events": run_events,
            "relay": relay_of("programs"),
            "rebuild": rebuild,
            "migrate": migrations_of("programs"),
            "wait": waiting_for("programs"),
        },
    )
