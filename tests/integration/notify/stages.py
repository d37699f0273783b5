"""Somebody who was told something, and who has it told to a program, too."""

from dataclasses import replace

from services.notify.domain import examples
from services.notify.domain.examples import CLIENT
from services.notify.use_cases import telling, webhooks
from shared.people import Right
from tests.integration.notify.rights import HOOK, MATRIX, MEMBERS
from tests.integration.notify.test_webhooks import ENDPOINTS
from tests.support.apis import Api
from tests.support.matrix import Stage


def stage_of_notify(api: Api) -> Stage:
    """Let something be told, with people in every relation to it."""
    client = api.person("client", person_id=CLIENT)
    endpoint_id = client.post(ENDPOINTS, HOOK).json()["endpoint_id"]
    with api.begin() as work:
        telling.tell([examples.contract_agreed], work)
        webhooks.enqueue([examples.milestone_delivered], work.webhooks)
    [notice] = client.get(f"{MATRIX.base}/notifications").json()["items"]
    [delivery] = client.get(f"{ENDPOINTS}/{endpoint_id}/deliveries").json()["items"]
    callers = {
        "client": client,
        **{each: api.person(companies={CLIENT: [Right(each)]}) for each in MEMBERS},
        "other": api.person("client"),
        "operator": api.person("operator"),
        "nobody": replace(client, headers={}),
    }
    ids = {
        "client_id": str(CLIENT),
        "notification_id": notice["notification_id"],
        "endpoint_id": endpoint_id,
        "delivery_id": delivery["delivery_id"],
        "event": "milestone_funded",
        "template": "milestone_funded",
        "letter_id": "0",
    }
    return Stage(MATRIX, callers, ids)
