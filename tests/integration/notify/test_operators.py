"""What operators see of webhooks to customers."""

from services.notify.adapters.traffic import make_traffic_work
from services.notify.domain.examples import CLIENT
from shared.ids import new_id
from tests.integration.notify.test_webhooks import ENDPOINTS, happen
from tests.support.apis import Api

TRAFFIC = "/api/v1/notify/operations/webhooks"


def test_operators_see_how_messages_fare_and_not_where_exactly_they_go(api: Api) -> None:
    api.client.app.state.traffic = make_traffic_work  # type: ignore[attr-defined]  # FastAPI's
    client = api.person("client", person_id=CLIENT)
    added = client.post(ENDPOINTS, {"url": "https://hooks.example/a-secret-path"}).json()
    happen(api)
    operator = api.person("operator")
    assert operator.get(TRAFFIC).json() == {
        "items": [
            {
                "endpoint_id": added["endpoint_id"],
                "account_id": str(CLIENT),
                "host": "hooks.example",
                "enabled": True,
                "disabled_because": "",
                "failing_since": None,
                "delivered": 0,
                "failed": 0,
                "pending": 1,
            }
        ]
    }
    api.clock.forward(days=8)
    assert operator.get(TRAFFIC).json()["items"][0]["pending"] == 0
    refused = api.person("client", person_id=new_id()).get(TRAFFIC)
    assert (refused.status_code, refused.json()["code"]) == (403, "role_required")
