"""`python -m services.notify api|events|migrate`: wiring only."""

from shared.process import main, migrations_of  # isort: skip  (see shared.process)

from collections.abc import Callable
from typing import TYPE_CHECKING

from shared.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy import Connection

    from services.notify.ports import Work
    from shared.clock import Clock


class NotifySettings(Settings):
    """What notify reads beside what every process does: where mail goes, and whom it is from."""

    smtp_url: str = "smtp://127.0.0.1:25"
    mail_from: str = "Tasuki <no-reply@localhost>"


def make_app(settings: NotifySettings) -> "FastAPI":
    """Return the app of the HTTP API."""
    from services.notify import api  # noqa: PLC0415  (see shared.process)
    from shared.http.app import create_app  # noqa: PLC0415
    from shared.http.edge import Edge  # noqa: PLC0415

    return create_app("notify", [api.router], Edge.of(settings, _work(settings)))


def serve_api() -> None:
    """Serve the HTTP API."""
    from shared.http.app import serve  # noqa: PLC0415

    settings = NotifySettings()
    serve(make_app(settings), settings.http_host, settings.http_port)


def run_events() -> None:
    """Hear what others tell, and send the mail."""
    from services.notify.events import Events  # noqa: PLC0415
    from shared.messaging import bootstrap  # noqa: PLC0415

    settings = NotifySettings()
    bootstrap.run_events(Events, bootstrap.config_of(settings, _work(settings)))


def _work(settings: NotifySettings) -> "Callable[[Connection, Clock], Work]":
    from services.notify.adapters.letters import TemplateLetters  # noqa: PLC0415
    from services.notify.adapters.smtp import SmtpMailer, SmtpServer  # noqa: PLC0415
    from services.notify.adapters.work import work_with  # noqa: PLC0415

    mailer = SmtpMailer(SmtpServer.of(settings.smtp_url), settings.mail_from)
    return work_with(TemplateLetters(settings.public_url), mailer)


if __name__ == "__main__":
    main("notify", {"api": serve_api, "events": run_events, "migrate": migrations_of("notify")})
