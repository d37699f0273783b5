"""The story of moved dates: an assistant needs some days, and doesn't have to say why.

All that waits for the assistant moves, the client sees new dates and nothing else, and the work is
not late.
"""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from shared.calendar import day_in_japan, end_of_day_in_japan
from tools.story import acts
from tools.story.acts import Agreed, Stage
from tools.story.member import JsonObject
from tools.story.money_acts import refused
from tools.story.proofs import Proof, prove
from tools.story.tale import expect

PRICES: Final = (50_000, 30_000)
ALLOWED: Final = 7
DAYS: Final = 3
# What may differ for the client, of the contract and of a milestone.
SEEN: Final = {"milestones", "timeline"}
DATES: Final = {"due_on", "deadlines"}
# None of this is for anybody else to read.
UNTOLD: Final = ("care", "pause", "reason", "left_days", "health", "family")


@dataclass
class CareTale:
    """A story under way; `contracts` are the ones made so far."""

    stage: Stage
    contracts: list[Agreed] = field(default_factory=list)

    def tell(self) -> list[Proof]:
        """Play all acts; return what was proved at the end."""
        agreed = self.working()
        shown = self.dates_move(agreed)
        self.an_answer_waits(agreed)
        self.in_time(agreed)
        return self.at_the_end(agreed, shown)

    def working(self) -> Agreed:
        """Act 1: two milestones are paid for; it is the last day before the first is due."""
        stage = self.stage
        stage.narrator.act("1  Two milestones are in escrow, and the first is due tomorrow")
        client = acts.register(stage, stage.member("Hanako", "client"))
        assistant = acts.register(stage, stage.member("Misaki", "assistant"))
        acts.become_payee(stage, assistant)
        agreed = acts.agree(stage, client, assistant, "在宅ワーク講座の案内文", PRICES)
        self.contracts.append(agreed)
        for each in agreed.milestone_ids:
            acts.fund(stage, agreed, each)
        due_on = date.fromisoformat(acts.milestone_of(agreed, agreed.milestone_ids[0])["due_on"])
        days = (due_on - day_in_japan(stage.now())).days - 1
        stage.turn_clock(timedelta(days=days))
        stage.narrator.says("clock", f"{days} days go by")
        stage.told()
        return agreed

    def dates_move(self, agreed: Agreed) -> JsonObject:
        """Act 2: all dates move by three days; the client sees them, and nothing else."""
        stage, client, assistant = self.stage, agreed.client, agreed.assistant
        stage.narrator.act("2  The dates move, and nobody is told why")
        path = f"/contracts/{agreed.contract_id}"
        before = client.get(path)
        with refused("other_party_required"):
            client.post(f"{path}/date-moves", {"days": DAYS})
        with refused("validation_failed"):
            assistant.post(f"{path}/date-moves", {"days": DAYS, "reason": "…"})
        left = assistant.post(f"{path}/date-moves", {"days": DAYS})
        expect("days", left, {"agreed_days": ALLOWED, "left_days": ALLOWED - DAYS})
        stage.narrator.says(assistant.name, f"moves all dates by {DAYS} days; no reason is asked")
        after: JsonObject = client.get(path)
        expect("what is new", {name for name in after if after[name] != before[name]}, SEEN)
        for was, now in zip(before["milestones"], after["milestones"], strict=True):
            expect("what is new", {name for name in now if now[name] != was[name]}, DATES)
            moved = date.fromisoformat(now["due_on"]) - date.fromisoformat(was["due_on"])
            expect("later by", moved, timedelta(days=DAYS))
        acts.wait_for_mail(stage, client, "新しい日程")
        with refused("date_days_used_up"):
            assistant.post(f"{path}/date-moves", {"days": ALLOWED})
        stage.told()
        return {"before": before, "after": after}

    def an_answer_waits(self, agreed: Agreed) -> None:
        """Act 3: the client wants to end the second milestone; the answer may come later, too."""
        stage, assistant = self.stage, agreed.assistant
        stage.narrator.act("3  An answer waits as well")
        second = agreed.milestone_ids[1]
        agreed.client.post(agreed.path(second, "/ending"), {"reason": "計画が変わりました。"})
        until = _answer_until(agreed, second)
        assistant.post(f"/contracts/{agreed.contract_id}/date-moves", {"days": 1})
        expect("answer", _answer_until(agreed, second), until + timedelta(days=1))
        stage.narrator.says(assistant.name, "has a day more to answer")
        assistant.post(agreed.path(second, "/ending/agreement"))
        acts.wait_for_status(stage, agreed, second, "refunded")
        stage.told()

    def in_time(self, agreed: Agreed) -> None:
        """Act 4: the day that was agreed first passes; what comes by the new one isn't late."""
        stage, client = self.stage, agreed.client
        stage.narrator.act("4  By the new date it is in time")
        first = agreed.milestone_ids[0]
        due_on = date.fromisoformat(acts.milestone_of(agreed, first)["due_on"])
        ahead = end_of_day_in_japan(due_on) - timedelta(hours=1) - stage.now()
        stage.turn_clock(ahead)
        stage.narrator.says("clock", f"it is the evening of {due_on}, the new date")
        acts.wait_for_mail(stage, agreed.assistant, "期日が近づいています")
        expect("overdue", acts.milestone_of(agreed, first)["overdue"], expected=False)
        acts.deliver(stage, agreed, first)
        acts.accept(stage, agreed, first)
        acts.wait_for_release(stage, agreed, first)
        overdue = [each for each in stage.mails_to(client.email) if "過ぎ" in each]
        expect("mails about lateness", overdue, [])
        acts.wait_for_payday(stage, agreed.assistant)
        stage.told()

    def at_the_end(self, agreed: Agreed, shown: JsonObject) -> list[Proof]:
        """Return the final proofs: of what others could read, and of the books."""
        stage = self.stage
        stage.narrator.act("What others could read, and the books at the end")
        words = _words_that_are_new(shown)
        subjects = stage.mails_to(agreed.client.email)
        told = [each for each in UNTOLD if any(each in text for text in (words, *subjects))]
        return [
            Proof("nobody else reads why", not told, ", ".join(told) or "new dates only"),
            *prove(stage.operator, stage.pages, self.contracts),
        ]


def _answer_until(agreed: Agreed, milestone_id: str) -> datetime:
    [deadline] = acts.milestone_of(agreed, milestone_id)["deadlines"]
    return datetime.fromisoformat(deadline["due_at"])


def _words_that_are_new(shown: JsonObject) -> str:
    """Return what the client sees that wasn't there before."""
    before, after = shown["before"], shown["after"]
    entries = after["timeline"][len(before["timeline"]) :]
    dates = [
        {name: now[name] for name in now if now[name] != was[name]}
        for was, now in zip(before["milestones"], after["milestones"], strict=True)
    ]
    return json.dumps([entries, dates])
