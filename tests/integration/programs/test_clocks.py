from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from services.programs.use_cases import minding
from tests.integration.programs.town import PROGRAMS, done, town_in
from tests.support.apis import Api

ASKED = 6


def test_clocks_of_two_replicas_go_off_once_each(api: Api) -> None:
    person, participant_id = town_in(api).joined()
    for _ in range(ASKED):
        done(person.post(f"{PROGRAMS}/participants/{participant_id}/helps", {"text": "How?"}))
    with api.begin() as work:
        for asked in work.care.helps.of(UUID(participant_id)):
            work.care.helps.save(replace(asked, due_at=work.clock.now() - timedelta(hours=1)))
        someone = work.participants.lock(UUID(participant_id))
        long_ago = work.clock.now() - timedelta(days=99)
        work.participants.save(replace(someone, last_sign_at=long_ago))

    with ThreadPoolExecutor(2) as replicas:
        list(replicas.map(minding.fire_clocks, [api, api]))

    with api.database.transaction() as connection:
        query = text("SELECT routing_key, count(*) FROM outbox GROUP BY routing_key")
        told = {row[0].split(".")[0]: row[1] for row in connection.execute(query)}
    assert told["help_escalated"] == ASKED
    assert told["check_in_asked"] == 1
