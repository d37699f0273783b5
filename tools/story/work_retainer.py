"""The story of a retainer over three months: one fully worked, one partly, one not paid for.

Each month is paid for ahead and settled by its hours; when the third isn't paid for, the work stops
with notice to both. Then the assistant gives notice, and the books agree.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Final

from shared.calendar import day_in_japan, end_of_day_in_japan
from tools.story import acts
from tools.story.acts import REVIEW_DAYS, Agreed, Stage
from tools.story.member import JsonObject
from tools.story.money_acts import money_of, refused, yen
from tools.story.proofs import Proof, prove
from tools.story.tale import expect

HOURLY: Final = 2_500
HOURS: Final = 20
PRICE: Final = HOURLY * HOURS
# Of 49,895 yen that are paid for a month: all for 20 hours; of 15, what is left goes back.
ALL_WORKED: Final = {"platform_fee": 11_000, "platform_fee_tax": 1_100, "net": 37_795}
PARTLY_HOURS: Final = 15
PARTLY: Final = {"platform_fee": 8_250, "platform_fee_tax": 825, "net": 28_346}
BACK: Final = 12_474
HAPPENED: Final = (
    "period_added",
    "delivered",
    "accepted",
    "settled",
    "work_stopped",
    "lapsed",
    "notice_given",
    "completed",
)


@dataclass
class RetainerTale:
    """A story under way; `contracts` are the ones made so far."""

    stage: Stage
    contracts: list[Agreed] = field(default_factory=list)

    def tell(self) -> list[Proof]:
        """Play all acts; return what was proved at the end."""
        agreed = self.agreed()
        self.fully_worked(agreed)
        self.partly_worked(agreed)
        self.not_paid_for(agreed)
        self.ended(agreed)
        return self.at_the_end(agreed)

    def agreed(self) -> Agreed:
        """Act 1: hours and an hourly price stand in the terms; the first month is paid for."""
        stage = self.stage
        stage.narrator.act("1  A retainer is agreed, and its first month is in escrow")
        client = acts.register(stage, stage.member("Hanako", "client"))
        assistant = acts.register(stage, stage.member("Misaki", "assistant"))
        acts.become_payee(stage, assistant)
        agreed = acts.agree_on(stage, client, assistant, _job(), _offer(stage))
        self.contracts.append(agreed)
        terms = client.get(f"/contracts/{agreed.contract_id}/terms")
        expect("hours", terms["retainer"]["hours_limit"], HOURS)
        expect("days of notice", terms["notice_days"], 30)
        acts.fund(stage, agreed, _newest(agreed)["milestone_id"])
        stage.told()
        return agreed

    def fully_worked(self, agreed: Agreed) -> None:
        """Act 2: all hours are logged and accepted; the next month can be paid for ahead."""
        stage = self.stage
        stage.narrator.act("2  The first month: all hours are worked, and accepted")
        first = _newest(agreed)
        milestone_id, starts_on = first["milestone_id"], date.fromisoformat(first["starts_on"])
        self._turn_to(date.fromisoformat(first["ends_on"]), hours=-24)
        acts.wait_for_mail(stage, agreed.client, "までにお支払いください")
        second = self._next_of(agreed, milestone_id)
        for week in range(4):
            self._log(agreed, milestone_id, starts_on + timedelta(days=7 * week), HOURS // 4)
        with refused("hours_over_limit"):
            self._log(agreed, milestone_id, starts_on + timedelta(days=1), 1)
        acts.fund(stage, agreed, second["milestone_id"])
        self._turn_to(date.fromisoformat(first["ends_on"]), hours=24)
        acts.wait_for_status(stage, agreed, milestone_id, "delivered")
        stage.narrator.says("clock", "the hours are delivered by themselves")
        acts.accept(stage, agreed, milestone_id)
        money = acts.wait_for_release(stage, agreed, milestone_id)
        for part, expected in ALL_WORKED.items():
            expect(part, money[part]["amount"], expected)
        stage.told()

    def partly_worked(self, agreed: Agreed) -> None:
        """Act 3: fewer hours are worked; nobody answers, and the rest goes back."""
        stage = self.stage
        stage.narrator.act("3  The second month: fewer hours, and the rest goes back")
        second = _newest(agreed)
        milestone_id, ends_on = second["milestone_id"], date.fromisoformat(second["ends_on"])
        starts_on = date.fromisoformat(second["starts_on"])
        self._turn_to(ends_on, hours=-24)
        self._next_of(agreed, milestone_id)
        for week in range(3):
            self._log(agreed, milestone_id, starts_on + timedelta(days=7 * week), PARTLY_HOURS // 3)
        self._turn_to(ends_on, hours=24)
        acts.wait_for_status(stage, agreed, milestone_id, "delivered")
        self._turn_to(ends_on, hours=24 * (REVIEW_DAYS + 1) + 1)
        acts.wait_for_status(stage, agreed, milestone_id, "settled")
        acts.wait_for_mail(stage, agreed.assistant, "精算が済みました")
        stage.wait("the rest is back", partial(_is_divided, agreed, milestone_id))
        money = money_of(agreed, milestone_id)
        [refund] = money["refunds"]
        expect("given back", refund["amount"]["amount"], BACK)
        for part, expected in PARTLY.items():
            expect(part, money[part]["amount"], expected)
        stage.narrator.says("payments", f"{PARTLY_HOURS} hours are paid, {BACK:,} yen went back")
        stage.told()

    def not_paid_for(self, agreed: Agreed) -> None:
        """Act 4: nobody pays for the third month; the work stops, and it lapses."""
        stage, assistant = self.stage, agreed.assistant
        stage.narrator.act("4  The third month: not paid for, so the work has stopped")
        third = _newest(agreed)
        acts.wait_for_mail(stage, assistant, "作業を止めてください")
        acts.wait_for_mail(stage, agreed.client, "作業が止まりました")
        with refused("period_not_logging"):
            self._log(agreed, third["milestone_id"], date.fromisoformat(third["starts_on"]), 1)
        self._turn_to(date.fromisoformat(third["ends_on"]), hours=1)
        acts.wait_for_status(stage, agreed, third["milestone_id"], "ended")
        expect("resumable", _retainer(agreed)["waits_for_resumption"], expected=True)
        stage.told()

    def ended(self, agreed: Agreed) -> None:
        """Act 5: the assistant gives notice; nothing goes on, so it ends at once."""
        stage, assistant = self.stage, agreed.assistant
        stage.narrator.act("5  The assistant gives notice, and is paid")
        ended = assistant.post(f"/contracts/{agreed.contract_id}/retainer/notice")
        expect("ended by", ended["ended_by"], assistant.person_id)
        acts.wait_for_mail(stage, agreed.client, "で終わります")
        with refused("retainer_not_waiting"):
            agreed.client.post(f"/contracts/{agreed.contract_id}/retainer/resumption")
        acts.wait_for_payout(stage, assistant, lambda _: True)
        stage.told()

    def at_the_end(self, agreed: Agreed) -> list[Proof]:
        """Return the final proofs: of the timeline, and of the books."""
        stage = self.stage
        stage.narrator.act("The contract and the books at the end")
        path = f"/contracts/{agreed.contract_id}"
        told = [each["what"] for each in agreed.client.get(path)["timeline"]]
        missing = [each for each in HAPPENED if each not in told]
        statuses = [each["status"] for each in _retainer(agreed)["periods"]]
        return [
            Proof("the timeline tells everything", not missing, ", ".join(missing) or "all of it"),
            Proof(
                "three periods came to their ends",
                statuses == ["ended", "settled", "released"],
                ", ".join(statuses),
            ),
            *prove(stage.operator, stage.pages, self.contracts),
        ]

    def _turn_to(self, day: date, *, hours: float) -> None:
        """Turn the clock to so many hours after a day is over."""
        to = end_of_day_in_japan(day) + timedelta(hours=hours)
        self.stage.turn_clock(to - self.stage.now() + timedelta(minutes=1))
        self.stage.narrator.says("clock", f"it is {day_in_japan(self.stage.now())}")

    def _log(self, agreed: Agreed, milestone_id: str, day: date, hours: int) -> None:
        entry = {"day": day.isoformat(), "minutes": hours * 60, "note": "お知らせの下書き"}
        agreed.assistant.post(agreed.path(milestone_id, "/hours"), entry)
        self.stage.narrator.says(agreed.assistant.name, f"logs {hours} hours on {day}")

    def _next_of(self, agreed: Agreed, milestone_id: str) -> JsonObject:
        def there() -> JsonObject | None:
            newest = _newest(agreed)
            return None if newest["milestone_id"] == milestone_id else newest

        return self.stage.wait("the next month is there", there)


def _job() -> JsonObject:
    return {
        "title": "園芸店のお知らせ",
        "description": "園芸店のお知らせの文章を、毎月20時間まで書く。",
        "category": "writing",
        "budget": yen(PRICE),
        "kind": "retainer",
        "period": "month",
        "review_days": REVIEW_DAYS,
    }


def _offer(stage: Stage) -> JsonObject:
    retainer = {
        "hourly_price": yen(HOURLY),
        "hours_limit": HOURS,
        "starts_on": day_in_japan(stage.now()).isoformat(),
    }
    return {"cover": "毎週5時間、書きます。", "retainer": retainer}


def _retainer(agreed: Agreed) -> JsonObject:
    retainer: JsonObject = agreed.client.get(f"/contracts/{agreed.contract_id}/retainer")
    return retainer


def _newest(agreed: Agreed) -> JsonObject:
    newest: JsonObject = _retainer(agreed)["periods"][0]
    return newest


def _is_divided(agreed: Agreed, milestone_id: str) -> bool:
    money = money_of(agreed, milestone_id)
    made = [each["status"] for each in money["refunds"]]
    return money["in_escrow"]["amount"] == 0 and made == ["confirmed"]
