"""A typed client of Tasuki's API.

    with Tasuki("https://market.example.jp", token=os.environ["TASUKI_TOKEN"]) as market:
        for job in market.pages(market.jobs.list_jobs, mine=True):
            print(job.title)
        market.contracts.accept(contract_id, milestone_id)

Views and commands are those of `shared.messages`. A refusal raises `Refused`, which has the
problem's `code`, `detail` and facts (RFC 9457; docs/errors.md); what can't be reached after some
tries raises `Unreachable`. Every command carries an Idempotency-Key, so that a try that was lost on
its way is repeated without happening twice.
"""

from tasuki.client.market import Tasuki
from tasuki.client.sessions import Session
from tasuki.client.transport import Refused, Unreachable

__all__ = ["Refused", "Session", "Tasuki", "Unreachable"]
