"""What two may edit: nobody overwrites what they have not read."""

import pytest

from services.notify.domain.examples import CLIENT
from tests.integration.notify.rights import HOOK
from tests.integration.notify.test_webhooks import ENDPOINTS
from tests.support.apis import Api, Caller

PREFERENCES = "/api/v1/notify/preferences"


def endpoint(client: Caller) -> str:
    return f"{ENDPOINTS}/{client.post(ENDPOINTS, HOOK).json()['endpoint_id']}"


@pytest.mark.parametrize("what", ["preferences", "endpoint"])
def test_of_two_windows_the_second_is_told_that_it_shows_the_past(api: Api, what: str) -> None:
    client = api.person("client", person_id=CLIENT)
    path = PREFERENCES if what == "preferences" else endpoint(client)
    first, second = (
        ({"quiet_hours": {"start": "22:00", "until": "07:00"}}, {"quiet_hours": None})
        if what == "preferences"
        else (HOOK | {"description": "first"}, HOOK | {"description": "second"})
    )
    read = client.get(path)
    headers = client.headers | {"If-Match": read.headers["ETag"]}
    answers = [client.client.put(path, json=body, headers=headers) for body in (first, second)]
    assert [answer.status_code for answer in answers] == [200, 412]
    now = client.get(path)
    assert now.headers["ETag"] == answers[0].headers["ETag"] != read.headers["ETag"]
    assert now.json() == answers[0].json()
