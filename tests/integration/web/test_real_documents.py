import json
import re
from pathlib import Path

import pytest

from services.accounts.__main__ import AccountsSettings
from services.accounts.__main__ import make_app as make_accounts
from services.contracts.__main__ import ContractsSettings
from services.contracts.__main__ import make_app as make_contracts
from services.notify.__main__ import NotifySettings
from services.notify.__main__ import make_app as make_notify
from services.web.openapi import Document, merge
from shared.sealed import new_key
from tests.unit.accounts.test_tokens import write_key

NOWHERE = "postgresql://nobody@nowhere.invalid/none"  # nothing is asked of it here


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Document:
    keys = tmp_path_factory.mktemp("keys")
    write_key(keys / "1.pem")
    accounts = make_accounts(
        AccountsSettings(database_url=NOWHERE, token_keys_dir=Path(keys), factor_keys=new_key())
    )
    contracts = make_contracts(ContractsSettings(database_url=NOWHERE))
    notify = make_notify(NotifySettings(database_url=NOWHERE, webhook_keys=new_key()))
    return merge(
        {
            "accounts": accounts.openapi(),
            "contracts": contracts.openapi(),
            "notify": notify.openapi(),
        }
    )


def test_every_reference_of_the_merged_document_leads_somewhere(merged: Document) -> None:
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(merged)))
    assert references
    assert references <= set(merged["components"]["schemas"])


def test_operations_have_ids_of_their_own(merged: Document) -> None:
    ids = [
        operation["operationId"]
        for operations in merged["paths"].values()
        for operation in operations.values()
    ]
    assert len(ids) == len(set(ids))


def test_what_all_services_share_is_there_once(merged: Document) -> None:
    schemas = merged["components"]["schemas"]
    assert "Problem" in schemas
    assert not [name for name in schemas if name.endswith("Problem") and name != "Problem"]
    assert set(merged["components"]["securitySchemes"]) == {"HTTPBearer"}
