"""`python -m services.web api`: wiring only."""

from shared.process import main  # isort: skip  (see shared.process)

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from pydantic import Field

from shared.settings import Secret, Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

Address = Annotated[str, Field(pattern=r"^https?://[^/]+$", description="http://host:port")]


class WebSettings(Settings):
    """What web reads beside what every process does: where the services are."""

    accounts_url: Address
    jobs_url: Address
    contracts_url: Address
    payments_url: Address
    programs_url: Address
    notify_url: Address
    gateway_timeout_seconds: Annotated[float, Field(gt=0, le=300)] = 60
    # Seals the cookies of sessions: see shared/sealed.py.
    session_keys: Annotated[Secret, Field(min_length=1)]
    checkout_origins: Annotated[
        str, Field(description="Where forms may lead on to, separated by commas")
    ] = "https://checkout.stripe.com,https://connect.stripe.com"
    demo_people_file: Path | None = None

    def on_loopback(self) -> bool:
        """Tell whether nobody but the people at this machine can reach us."""
        return urlsplit(self.public_url).hostname in {"127.0.0.1", "localhost", "::1"}

    def addresses(self) -> dict[str, str]:
        """Return where the services are, by name."""
        return {
            "accounts": self.accounts_url,
            "jobs": self.jobs_url,
            "contracts": self.contracts_url,
            "payments": self.payments_url,
            "programs": self.programs_url,
            "notify": self.notify_url,
        }


def make_app(settings: WebSettings) -> "Starlette":
    """Return the app."""
    from services.web.api import Web, create_app  # noqa: PLC0415  (see shared.process)
    from shared.sealed import Seal  # noqa: PLC0415  (likewise)

    origins = (origin.strip() for origin in settings.checkout_origins.split(","))
    return create_app(
        Web(
            addresses=settings.addresses(),
            public_url=settings.public_url.rstrip("/"),
            timeout_seconds=settings.gateway_timeout_seconds,
            seal=Seal(settings.session_keys),
            clock=settings.clock(),
            checkout_origins=tuple(origin for origin in origins if origin),
            demo_people=settings.demo_people_file if settings.on_loopback() else None,
        )
    )


def serve_api() -> None:
    """Serve the pages and the way to the services."""
    from shared.http.app import serve  # noqa: PLC0415

    settings = WebSettings()
    serve(make_app(settings), settings)


if __name__ == "__main__":
    main("web", {"api": serve_api})
