"""What people take along of notify."""

from services.notify.domain import examples
from services.notify.domain.examples import ASSISTANT, CLIENT
from services.notify.use_cases import hearing, telling
from shared.http.export import export_router
from shared.messages.deletion import PersonDeleted
from tests.support.apis import Api

PATH = "/api/v1/notify/people/me/export"


def test_people_take_along_what_they_were_told_and_nobody_elses(api: Api) -> None:
    api.client.app.include_router(export_router("notify"))  # type: ignore[attr-defined]
    with api.begin() as work:
        telling.tell(examples.EXAMPLES, work)
    for person_id in (ASSISTANT, CLIENT):
        data = api.person(person_id=person_id).get(PATH).json()["data"]
        [person] = data["people"]
        assert person["person_id"] == str(person_id)
        assert data["notifications"]
        rows = [*data["notifications"], *data["mails"]]
        assert {each["person_id"] for each in rows} == {str(person_id)}
        assert all("secret" not in each for each in data["webhooks"])
    assert api.client.get(PATH).status_code == 401


def test_a_company_that_went_with_its_last_member_is_forgotten_too(api: Api) -> None:
    with api.begin() as work:
        hearing.forget_people([PersonDeleted(person_id=ASSISTANT, companies=(CLIENT,))], work)
        found = work.people.find({ASSISTANT, CLIENT})
    assert [each.email for each in found.values()] == ["", ""]
