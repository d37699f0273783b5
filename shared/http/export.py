"""`GET /api/v1/<service>/people/me/export`: what a service keeps of whoever asks."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from shared import account_data
from shared.http.edge import Query, query
from shared.messages.deletion import ExportView


def export_router(service: str) -> APIRouter:
    """Return the endpoint, for a service whose Work has a port People."""
    router = APIRouter(prefix=f"/api/v1/{service}/people/me", tags=[service])

    @router.get("/export")
    def export_my_data(query: Annotated[Query[Any], Depends(query)]) -> ExportView:
        """Return all that this service keeps of the caller. Its shape may change."""
        person = query.person
        return query.run(lambda work: account_data.export(service, person, work))

    return router
