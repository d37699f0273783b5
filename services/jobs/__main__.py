"""`python -m services.jobs api|relay|migrate`: wiring only."""

from shared.process import main, migrations_of, relay_of  # isort: skip  (see shared.process)

from typing import TYPE_CHECKING

from shared.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI


def make_app(settings: Settings) -> "FastAPI":
    """Return the app of the HTTP API."""
    from services.jobs.adapters.work import make_work  # noqa: PLC0415  (see shared.process)
    from services.jobs.api import router  # noqa: PLC0415
    from shared.http.app import create_app  # noqa: PLC0415
    from shared.http.edge import Edge  # noqa: PLC0415

    return create_app("jobs", [router], Edge.of(settings, make_work))


def serve_api() -> None:
    """Serve the HTTP API."""
    from shared.http.app import serve  # noqa: PLC0415

    settings = Settings()
    serve(make_app(settings), settings.http_host, settings.http_port)


if __name__ == "__main__":
    main("jobs", {"api": serve_api, "relay": relay_of("jobs"), "migrate": migrations_of("jobs")})
