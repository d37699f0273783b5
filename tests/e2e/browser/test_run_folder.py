"""The sample market as `make run` keeps it."""

import json
from datetime import UTC, datetime

import httpx

from tools.run_folder import RunFolder
from tools.sample.fill import Sample
from tools.stack import Stack

# Six payouts in five months.
PAYOUTS_OF_MISAKI = 6


def test_the_folder_of_a_filled_market_knows_all_that_was_started(market: Stack) -> None:
    state = RunFolder(market.folder.path).state()
    assert set(market.names) <= {each.name for each in state.started}
    assert "people to sign in as" in state.addresses


def test_a_market_is_filled_once(market: Stack) -> None:
    again = Sample(market.folder, wanted=True)
    again.begin()
    assert not again.filling


def test_who_is_shown_in_the_folder_can_sign_in_and_has_a_past(market: Stack) -> None:
    people = json.loads(market.folder.demo_people.read_text(encoding="utf-8"))
    assert {each["role"] for each in people} == {"client", "assistant", "program", "operator"}
    misaki = next(each for each in people if each["name"] == "佐藤 美咲")
    with httpx.Client(base_url=f"{market.url('web')}/api/v1", timeout=30) as http:
        credentials = {name: misaki[name] for name in ("email", "password")}
        token = http.post("/accounts/sessions", json=credentials).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        payouts = http.get("/payments/payouts", params={"limit": 100}, headers=bearer).json()
    # Other tests pay her, too: what was paid when the folder was filled is the sample's.
    filled_at = datetime.fromtimestamp(market.folder.demo_people.stat().st_mtime, UTC)
    paid = [each["paid_at"] for each in payouts["items"] if each["status"] == "paid"]
    assert sum(datetime.fromisoformat(at) < filled_at for at in paid) == PAYOUTS_OF_MISAKI
