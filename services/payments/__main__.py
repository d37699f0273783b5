"""`python -m services.payments api|events|relay|migrate`, the books, catch-up: wiring only."""

from shared.process import main, migrations_of, relay_of, waiting_for  # isort: skip  (see shared.process)

import sys
from typing import TYPE_CHECKING

from pydantic import SecretStr

from shared.observability.logs import log_to_stderr
from shared.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from services.payments.adapters.stripe_client import StripeApi
    from services.payments.adapters.stripe_gateway import StripeGateway
    from services.payments.ports_books import Wired
    from shared.clock import Clock
    from shared.db import Database


BOOKS = ("reconcile", "close", "seal", "verify", "export")
CATCH_UP = "catch-up"


class PaymentsSettings(Settings):
    """What payments reads beside what every process does.

    `stripe_api_base` is empty for Stripe itself. `stripe_webhook_secrets` are separated by commas:
    while a secret is being changed, both hold. Where `reconcile` and `seal` are called by others
    (CronJobs), `books_by_clock` is false, or they would be done twice.
    """

    stripe_api_base: str = ""
    stripe_api_key: SecretStr = SecretStr("")
    stripe_webhook_secrets: SecretStr = SecretStr("")
    books_by_clock: bool = True


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
    from services.payments.ports_books import Wired  # noqa: PLC0415

    transactions = work_books.SqlBooksTransactions(database, clock)
    return Wired(work_books.make_books_work, transactions, StripeStatements(connect(settings)))


def make_app(settings: PaymentsSettings) -> "FastAPI":
    """Return the app of the HTTP API."""
    from services.payments.adapters import trials  # noqa: PLC0415
    from services.payments.adapters.banks import ZenginBanks  # noqa: PLC0415
    from services.payments.adapters.documents.printing import TypstPrinter  # noqa: PLC0415
    from services.payments.adapters.documents.work import make_documents_work  # noqa: PLC0415
    from services.payments.adapters.gauges import Gauges  # noqa: PLC0415
    from services.payments.adapters.stripe_webhooks import StripeWebhooks  # noqa: PLC0415
    from services.payments.adapters.work import make_work  # noqa: PLC0415
    from services.payments.api import router  # noqa: PLC0415
    from services.payments.api_banks import router as banks  # noqa: PLC0415
    from services.payments.api_books import router as books  # noqa: PLC0415
    from services.payments.api_documents import Documented  # noqa: PLC0415
    from services.payments.api_documents import router as documents  # noqa: PLC0415
    from services.payments.api_operators import approvals  # noqa: PLC0415
    from services.payments.api_operators import router as operators  # noqa: PLC0415
    from services.payments.api_wallets import router as wallets  # noqa: PLC0415
    from shared.http.app import create_app  # noqa: PLC0415
    from shared.http.edge import Edge  # noqa: PLC0415
    from shared.http.export import export_router  # noqa: PLC0415
    from shared.messaging.trial import Trials  # noqa: PLC0415

    edge = Edge.of(settings, make_work)
    app = create_app(
        "payments",
        [export_router("payments"), router, operators, approvals, banks, books, documents, wallets],
        edge,
        unmetered=("/api/v1/payments/webhooks/",),
        gauges=Gauges(),
        trials=Trials.of("payments", trials.watch),
    )
    secrets = settings.stripe_webhook_secrets.get_secret_value().split(",")
    app.state.webhooks = StripeWebhooks(tuple(filter(None, map(str.strip, secrets))))
    app.state.gateway = make_gateway(settings, edge.clock)
    app.state.books = make_books(edge.database, edge.clock, settings)
    app.state.banks = ZenginBanks.installed()
    app.state.documents = Documented(make_documents_work, TypstPrinter())
    return app


def serve_api() -> None:
    """Serve the HTTP API."""
    from shared.http.app import serve  # noqa: PLC0415

    settings = PaymentsSettings()
    serve(make_app(settings), settings)


def run() -> None:
    """Hear the other services, and call the processor."""
    from services.payments.adapters.work import make_work  # noqa: PLC0415
    from services.payments.events import Events  # noqa: PLC0415
    from shared.messaging import bootstrap  # noqa: PLC0415

    settings = PaymentsSettings()

    class WiredEvents(Events):
        books_by_clock = settings.books_by_clock
        gateway = make_gateway(settings, settings.clock())
        books = make_books(settings.database(), settings.clock(), settings)

    bootstrap.run_events(WiredEvents, bootstrap.config_of(settings, make_work))


def keep_books(arguments: list[str]) -> None:
    """Prove, close or export the books at the command line."""
    from services.payments.cli_books import run as run_command  # noqa: PLC0415

    settings = PaymentsSettings()
    log_to_stderr(settings.log_level)
    run_command(arguments, make_books(settings.database(), settings.clock(), settings))


def catch_up(arguments: list[str]) -> None:
    """Get the processor's events that its webhooks didn't bring, at the command line."""
    from services.payments.adapters.stripe_events import StripeEvents  # noqa: PLC0415
    from services.payments.adapters.work import SqlTransactions  # noqa: PLC0415
    from services.payments.cli_catch_up import run as run_command  # noqa: PLC0415

    settings = PaymentsSettings()
    log_to_stderr(settings.log_level)
    database, clock = settings.database(), settings.clock()
    books = make_books(database, clock, settings).transactions
    log = StripeEvents(connect(settings), clock)
    run_command(arguments, log, SqlTransactions(database, clock), books)


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in BOOKS:
        keep_books(sys.argv[1:])
    elif sys.argv[1:2] == [CATCH_UP]:
        catch_up(sys.argv[2:])
    else:
        main(
            "payments",
            {
                "api": serve_api,
                "events": run,
                "relay": relay_of("payments"),
                "migrate": migrations_of("payments"),
                "wait": waiting_for("payments"),
            },
        )
