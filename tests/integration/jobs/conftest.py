from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.jobs import api as jobs_api
from services.jobs import api_profiles, api_proposals, api_search
from services.jobs.adapters.work import make_work
from shared.files import LocalFiles
from shared.http.export import export_router
from shared.provision.databases import ServiceDatabase
from tests.support.apis import Api, api_of
from tests.support.servers import TestPostgres


@pytest.fixture
def database(postgres: TestPostgres) -> ServiceDatabase:
    return postgres.service_database("jobs")


@contextmanager
def jobs_api_at(url: str, files_dir: Path) -> Iterator[Api]:
    """Yield the API of jobs over the database at this URL."""
    routers = [
        export_router("jobs"),
        api_search.router,
        api_profiles.router,
        api_proposals.router,
        jobs_api.router,
    ]
    with api_of("jobs", routers, make_work, url, max_body_bytes=jobs_api.max_body_bytes) as api:
        api.client.app.state.file_store = LocalFiles(files_dir)  # type: ignore[attr-defined]
        yield api


@pytest.fixture
def api(database: ServiceDatabase, tmp_path: Path) -> Iterator[Api]:
    with jobs_api_at(database.url, tmp_path / "files") as api:
        yield api
