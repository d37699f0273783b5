from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.programs.adapters.report import TypstReportPrinter
from services.programs.adapters.work import make_work
from services.programs.api_path import max_body_bytes
from services.programs.routers import routers
from shared.files import LocalFiles
from shared.provision.databases import ServiceDatabase
from tests.support.apis import Api, api_of
from tests.support.servers import TestPostgres


@pytest.fixture
def database(postgres: TestPostgres) -> ServiceDatabase:
    return postgres.service_database("programs")


@contextmanager
def programs_api_at(url: str, files_dir: Path) -> Iterator[Api]:
    """Yield the API of programs over the database at this URL."""
    with api_of("programs", routers(), make_work, url, max_body_bytes=max_body_bytes) as api:
        api.client.app.state.file_store = LocalFiles(files_dir)  # type: ignore[attr-defined]
        api.client.app.state.report_printer = TypstReportPrinter()  # type: ignore[attr-defined]
        yield api


@pytest.fixture
def api(database: ServiceDatabase, tmp_path: Path) -> Iterator[Api]:
    with programs_api_at(database.url, tmp_path / "files") as api:
        yield api
