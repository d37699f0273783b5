"""`python -m services.jobs api|relay|migrate`: wiring only."""

from shared.process import main, migrations_of, relay_of


def api() -> None:
    """Serve commands and queries until SIGTERM."""
    from services.jobs.adapters.work import make_work  # noqa: PLC0415  (see shared/process.py)
    from services.jobs.api import router  # noqa: PLC0415
    from shared.db import Database  # noqa: PLC0415
    from shared.http.app import create_app, serve  # noqa: PLC0415
    from shared.http.edge import Edge  # noqa: PLC0415
    from shared.http.tokens import JwksKeys, TokenVerifier  # noqa: PLC0415
    from shared.settings import Settings  # noqa: PLC0415

    settings = Settings()
    clock = settings.clock()
    tokens = TokenVerifier(JwksKeys(settings.jwks_url, clock), clock)
    database = Database(settings.database_url, pool_size=settings.database_pool_size)
    app = create_app("jobs", [router], Edge(database, make_work, clock, tokens))
    serve(app, settings.http_host, settings.http_port)


if __name__ == "__main__":
    main("jobs", {"api": api, "relay": relay_of("jobs"), "migrate": migrations_of("jobs")})
