"""`python -m services.jobs api|events|relay|migrate|reindex`: wiring only."""

from shared.process import main, migrations_of, relay_of, waiting_for  # isort: skip  (see shared.process)

from pathlib import Path
from typing import TYPE_CHECKING

from shared.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI


class JobsSettings(Settings):
    """What jobs reads beside what every process does."""

    files_dir: Path = Path("files")


def make_app(settings: JobsSettings) -> "FastAPI":
    """Return the app of the HTTP API."""
    from services.jobs import api, api_profiles, api_proposals, api_search  # noqa: PLC0415
    from services.jobs.adapters import gauges  # noqa: PLC0415
    from services.jobs.adapters.work import make_work  # noqa: PLC0415
    from shared.files import LocalFiles  # noqa: PLC0415
    from shared.http.app import create_app  # noqa: PLC0415
    from shared.http.edge import Edge  # noqa: PLC0415
    from shared.http.export import export_router  # noqa: PLC0415
    from shared.messaging.trial import Trials  # noqa: PLC0415

    routers = [
        export_router("jobs"),
        api_search.router,
        api_profiles.router,
        api_proposals.router,
        api.router,
    ]
    edge = Edge.of(settings, make_work)
    app = create_app(
        "jobs",
        routers,
        edge,
        max_body_bytes=api.max_body_bytes,
        gauges=gauges.read,
        trials=Trials.of("jobs"),
    )
    app.state.file_store = LocalFiles(settings.files_dir)
    return app


def serve_api() -> None:
    """Serve the HTTP API."""
    from shared.http.app import serve  # noqa: PLC0415

    settings = JobsSettings()
    serve(make_app(settings), settings)


def run_events() -> None:
    """Hear what others tell."""
    from services.jobs.adapters.work import make_work  # noqa: PLC0415
    from services.jobs.events import Events  # noqa: PLC0415
    from shared.messaging import bootstrap  # noqa: PLC0415

    bootstrap.run_events(Events, bootstrap.config_of(JobsSettings(), make_work))


def reindex() -> None:
    """Take in anew what all jobs say: after an upgrade of the dictionary, say."""
    from services.jobs.adapters.search import SqlIndex  # noqa: PLC0415

    SqlIndex.rebuild(JobsSettings().database())


if __name__ == "__main__":
    main(
        "jobs",
        {
            "api": serve_api,
            "events": run_events,
            "relay": relay_of("jobs"),
            "migrate": migrations_of("jobs"),
            "wait": waiting_for("jobs"),
            "reindex": reindex,
        },
    )
