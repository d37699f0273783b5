"""`python -m services.web api`: wiring only."""

from shared.process import main  # isort: skip  (see shared.process)

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from shared.settings import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

Address = Annotated[str, Field(pattern=r"^https?://[^/]+$", description="http://host:port")]


class WebSettings(Settings):
    """What web reads beside what every process does: where the services are."""

    accounts_url: Address
    jobs_url: Address
    contracts_url: Address
    payments_url: Address
    notify_url: Address
    gateway_timeout_seconds: Annotated[float, Field(gt=0, le=300)] = 60

    def addresses(self) -> dict[str, str]:
        """Return where the services are, by name."""
        return {
            "accounts": self.accounts_url,
            "jobs": self.jobs_url,
            "contracts": self.contracts_url,
            "payments": self.payments_url,
            "notify": self.notify_url,
        }


def make_app(settings: WebSettings) -> "Starlette":
    """Return the app."""
    from services.web.api import create_app  # noqa: PLC0415  (see shared.process)

    return create_app(
        settings.addresses(),
        public_url=settings.public_url.rstrip("/"),
        timeout_seconds=settings.gateway_timeout_seconds,
    )


def serve_api() -> None:
    """Serve the pages and the way to the services."""
    from shared.http.app import serve  # noqa: PLC0415

    settings = WebSettings()
    serve(make_app(settings), settings.http_host, settings.http_port)


if __name__ == "__main__":
    main("web", {"api": serve_api})
