"""`python -m services.notify api|events|migrate`: wiring only."""

from shared.process import main, migrations_of, waiting_for  # isort: skip  (see shared.process)

from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import FilePath

from shared import tls
from shared.settings import Secret, Settings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy import Connection

    from services.notify.ports import Work
    from shared.clock import Clock


class NotifySettings(Settings):
    """What notify reads beside what every process does.

    Where mail goes and whom it is from, what seals the links that end mail (none: mail has no such
    links), what the relay shows when mail came back, the channel at LINE (none: no LINE), what
    seals the secrets of webhooks, and whether they may call addresses inside: never in production.
    """

    smtp_url: Secret = "smtp://127.0.0.1:25"
    smtp_ca_file: FilePath | None = None
    mail_from: str = "Tasuki <no-reply@localhost>"
    link_keys: Secret = ""
    bounce_secret: Secret = ""
    line_channel_token: Secret = ""
    line_channel_secret: Secret = ""
    line_api_base: str = "https://api.line.me"
    webhook_keys: Secret
    webhooks_allow_inside: bool = False

    def in_clear(self) -> list[str]:
        """Return what would be said without TLS; mail, too, even to a relay inside."""
        faults = super().in_clear()
        if not tls.is_private(self.smtp_url):
            faults.append("SMTP_URL must begin with smtps:// or smtp+starttls://")
        return faults


def make_app(settings: NotifySettings) -> "FastAPI":
    """Return the app of the HTTP API."""
    from services.notify import (  # noqa: PLC0415  (see shared.process)
        api,
        api_live,
        api_operators,
        api_webhooks,
    )
    from services.notify.adapters import gauges  # noqa: PLC0415
    from services.notify.adapters.traffic import make_traffic_work  # noqa: PLC0415
    from shared.http.app import create_app  # noqa: PLC0415
    from shared.http.edge import Edge  # noqa: PLC0415
    from shared.http.export import export_router  # noqa: PLC0415
    from shared.http.live import Hub  # noqa: PLC0415
    from shared.messaging.trial import Trials  # noqa: PLC0415

    make_work = _work(settings)
    app = create_app(
        "notify",
        [
            export_router("notify"),
            api.router,
            api_live.router,
            api_webhooks.router,
            api_operators.router,
        ],
        Edge.of(settings, make_work),
        unmetered=("/api/v1/notify/bounces", "/api/v1/notify/line/webhook"),
        gauges=gauges.read,
        trials=Trials.of("notify"),
    )
    app.state.live = Hub(settings.database_url)
    app.state.traffic = make_traffic_work
    return app


def serve_api() -> None:
    """Serve the HTTP API."""
    from shared.http.app import serve  # noqa: PLC0415

    settings = NotifySettings()
    serve(make_app(settings), settings)


def run_events() -> None:
    """Hear what others tell, and send the mail."""
    from services.notify.events import Events  # noqa: PLC0415
    from shared.messaging import bootstrap  # noqa: PLC0415

    settings = NotifySettings()
    bootstrap.run_events(Events, bootstrap.config_of(settings, _work(settings)))


def _work(settings: NotifySettings) -> "Callable[[Connection, Clock], Work]":
    from services.notify.adapters.letters import TemplateLetters  # noqa: PLC0415
    from services.notify.adapters.line_api import LineApi  # noqa: PLC0415
    from services.notify.adapters.links import NoLinks, SealedLinks  # noqa: PLC0415
    from services.notify.adapters.outside import HttpSender  # noqa: PLC0415
    from services.notify.adapters.smtp import Composer, SmtpMailer, SmtpServer  # noqa: PLC0415
    from services.notify.adapters.work import Outside, work_with  # noqa: PLC0415
    from shared.sealed import Seal  # noqa: PLC0415

    public_url = settings.public_url.rstrip("/")
    letters = TemplateLetters(public_url)
    keys = settings.link_keys
    links = SealedLinks(public_url, Seal(keys)) if keys else NoLinks()
    mailer = SmtpMailer(
        SmtpServer.of(settings.smtp_url, settings.smtp_ca_file),
        Composer(settings.mail_from, letters, links),
    )
    line = LineApi(
        letters,
        settings.line_channel_token,
        settings.line_channel_secret,
        settings.line_api_base,
    )
    outside = Outside(
        letters,
        links,
        mailer,
        line,
        HttpSender(allow_inside=settings.webhooks_allow_inside),
        Seal(settings.webhook_keys),
        settings.bounce_secret,
    )
    return work_with(outside)


if __name__ == "__main__":
    main(
        "notify",
        {
            "api": serve_api,
            "events": run_events,
            "migrate": migrations_of("notify"),
            "wait": waiting_for("notify"),
        },
    )
