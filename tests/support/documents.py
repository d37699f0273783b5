"""The OpenAPI documents of all services, as their apps give them; nothing has to run for it."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr

from services.accounts.__main__ import AccountsSettings
from services.accounts.__main__ import make_app as make_accounts
from services.contracts.__main__ import ContractsSettings
from services.contracts.__main__ import make_app as make_contracts
from services.jobs.__main__ import JobsSettings
from services.jobs.__main__ import make_app as make_jobs
from services.notify.__main__ import NotifySettings
from services.notify.__main__ import make_app as make_notify
from services.payments.__main__ import PaymentsSettings
from services.payments.__main__ import make_app as make_payments
from services.programs.__main__ import ProgramsSettings
from services.programs.__main__ import make_app as make_programs
from services.web.openapi import Document
from shared.sealed import new_key
from tests.unit.accounts.test_tokens import write_key

NOWHERE = "postgresql://nobody@nowhere.invalid/none"  # nothing is asked of it here


SERVICES = ("accounts", "jobs", "contracts", "payments", "programs", "notify")


@cache
def document_of(service: str) -> Document:
    """Return a service's document."""
    document: Document = app_of(service).openapi()
    return document


def documents() -> dict[str, Document]:
    """Return each service's document, by its name."""
    return {service: document_of(service) for service in SERVICES}


def app_of(service: str) -> Any:
    """Return a service's app, over a database that is nowhere."""
    if service == "jobs":
        return make_jobs(JobsSettings(database_url=NOWHERE))
    if service == "contracts":
        return make_contracts(ContractsSettings(database_url=NOWHERE))
    if service == "payments":
        key = SecretStr("sk_test_none")
        return make_payments(PaymentsSettings(database_url=NOWHERE, stripe_api_key=key))
    if service == "programs":
        return make_programs(ProgramsSettings(database_url=NOWHERE))
    if service == "notify":
        return make_notify(NotifySettings(database_url=NOWHERE, webhook_keys=new_key()))
    with TemporaryDirectory() as folder:
        keys = Path(folder)
        write_key(keys / "1.pem")
        return make_accounts(
            AccountsSettings(database_url=NOWHERE, token_keys_dir=keys, factor_keys=new_key())
        )


def operations(document: Document) -> list[tuple[str, str, Document]]:
    """Return the method, path and description of each operation of a document."""
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
