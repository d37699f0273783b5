"""`python -m services.payments api|events|relay|migrate`: wiring only."""

from shared.process import main, migrations_of, relay_of  # isort: skip  (see shared.process)

from typing import TYPE_CHECKING

from pydantic import SecretStr

from shared.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from services.payments.adapters.stripe_client import StripeApi
    from services.payments.adapters.stripe_gateway import StripeGateway
    from services.payments.api_books import Wired
    from shared.clock import Clock
    from shared.db import Database


class PaymentsSettings(Settings):
    """What payments reads beside what every process does.

    `stripe_api_base` is empty for Stripe itself. `stripe_webhook_secrets` are separated by commas:
    while a secret is being changed, both hold.
    """

    stripe_api_base: str = ""
    stripe_api_key: SecretStr = SecretStr("")
    stripe_webhook_secrets: SecretStr = SecretStr("")


def connect(settings: PaymentsSettings) -> "StripeApi":
    """Return a client of Stripe, or of what stands in its place."""
    from services.payments.adapters.stripe_client import StripeApi  # noqa: PLC0415

    key = settings.stripe_api_key.get_secret_value()
    return StripeApi.connect(key, settings.stripe_api_base)


def make_gateway(settings: PaymentsSettings, clock: "Clock") -> "StripeGateway":
    """Return the payment processor."""
    from services.payments.adapters.stripe_gateway import StripeGateway  # noqa: PLC0415

    return StripeGateway(connect(settings), clock, settings.public_url)


def make_books(database: "Database", clock: "Clock", settings: PaymentsSettings) -> "Wired":
    """Return what proves, closes and exports the books."""
    from services.payments.adapters import work_books  # noqa: PLC0415
    from services.payments.adapters.stripe_statements import StripeStatements  # noqa: PLC0415
    from services.payments.api_books import Wired  # noqa: PLC0415

    transactions = work_books.SqlBooksTransactions(database, clock)
    return Wired(work_books.make_books_work, transactions, StripeStatements(connect(settings)))


def make_app(settings: PaymentsSettings) -> "FastAPI":
    """Return the app of the HTTP API."""
    from services.payments.adapters.banks import ZenginBanks  # noqa: PLC0415
    from services.payments.adapters.stripe_webhooks import StripeWebhooks  # noqa: PLC0415
    from services.payments.adapters.work import make_work  # noqa: PLC0415
    from services.payments.api import router  # noqa: PLC0415
    from services.payments.api_banks import router as banks  # noqa: PLC0415
    from services.payments.api_books import router as books  # noqa: PLC0415
    from shared.http.app import create_app  # noqa: PLC0415
    from shared.http.edge import Edge  # noqa: PLC0415

    edge = Edge.of(settings, make_work)
    app = create_app("payments", [router, banks, books], edge)
    secrets = settings.stripe_webhook_secrets.get_secret_value().split(",")
    app.state.webhooks = StripeWebhooks(tuple(filter(None, map(str.strip, secrets))))
    app.state.gateway = make_gateway(settings, edge.clock)
    app.state.books = make_books(edge.database, edge.clock, settings)
    app.state.banks = ZenginBanks.installed()
    return app


def serve_api() -> None:
    """Serve the HTTP API."""
    from shared.http.app import serve  # noqa: PLC0415

    settings = PaymentsSettings()
    serve(make_app(settings), settings.http_host, settings.http_port)


def run() -> None:
    """Hear the other services, and call the processor."""
    from services.payments.adapters.work import make_work  # noqa: PLC0415
    from services.payments.events import Events  # noqa: PLC0415
    from shared.messaging import bootstrap  # noqa: PLC0415

    settings = PaymentsSettings()

    class Wired(Events):
        gateway = make_gateway(settings, settings.clock())

    bootstrap.run_events(Wired, bootstrap.config_of(settings, make_work))


if __name__ == "__main__":
    main(
        "payments",
        {
            "api": serve_api,
            "events": run,
            "relay": relay_of("payments"),
            "migrate": migrations_of("payments"),
        },
    )
