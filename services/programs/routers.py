"""All routers of programs' API, in the order in which their paths are tried."""

from fastapi import APIRouter

from services.programs import (
    api,
    api_applications,
    api_care,
    api_cohorts,
    api_outcomes,
    api_participants,
    api_path,
    api_practice,
    api_sponsors,
    api_supporters,
    api_wallets,
)
from shared.http.export import export_router


def routers() -> list[APIRouter]:
    """Return them: what has a word at its place comes before what takes any program's id there."""
    return [
        export_router("programs"),
        api_sponsors.router,
        api_applications.router,
        api_participants.router,
        api_supporters.router,
        api_path.router,
        api_practice.router,
        api_care.router,
        api_cohorts.router,
        api_wallets.router,
        api_outcomes.router,
        api.router,
    ]
