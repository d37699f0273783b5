"""The story of a dispute: criteria, a cap on changes, both sides heard, and a split with reasons.

One client and one assistant agree on a milestone with two criteria and one revision. The second
version still doesn't satisfy the client; an operator, who could not look before, reads everything
and divides the price.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from shared.calendar import day_in_japan
from tools.story import acts
from tools.story.acts import REVIEW_DAYS, Agreed, Stage
from tools.story.member import JsonObject, Member
from tools.story.money_acts import money_of, refused, yen
from tools.story.proofs import Proof, prove
from tools.story.tale import expect

PRICE: Final = 50_000
AWARD: Final = 30_000
CRITERIA: Final = ("本文は2,000字以上", "申込みの締切が冒頭にある")
# Of 49,895 yen in escrow, 19,958 go back; fees and the tax withheld are those of 30,000.
RELEASED: Final = {"platform_fee": 6_600, "platform_fee_tax": 660, "net": 22_677}
BACK: Final = 19_958
# What a party and an operator read in the timeline afterwards, each thing at least once.
HAPPENED: Final = (
    "agreed",
    "funded",
    "delivered",
    "delivery_commented",
    "changes_requested",
    "dispute_opened",
    "dispute_answered",
    "statement_made",
    "dispute_resolved",
    "completed",
    "paid_out",
)


@dataclass
class DisputeTale:
    """A story under way; `contracts` are the ones made so far."""

    stage: Stage
    contracts: list[Agreed] = field(default_factory=list)

    def tell(self) -> list[Proof]:
        """Play all acts; return what was proved at the end."""
        agreed = self.agreed()
        self.changed_as_often_as_agreed(agreed)
        dispute = self.disputed(agreed)
        self.both_are_heard(agreed, dispute)
        self.divided(agreed, dispute)
        return self.at_the_end(agreed, dispute)

    def agreed(self) -> Agreed:
        """Act 1: criteria and a cap on changes stand in the terms; the money is in escrow."""
        stage = self.stage
        stage.narrator.act("1  Criteria and one revision are agreed, and the money is in escrow")
        client = acts.register(stage, stage.member("Hanako", "client"))
        assistant = acts.register(stage, stage.member("Misaki", "assistant"))
        acts.become_payee(stage, assistant)
        agreed = acts.agree_on(stage, client, assistant, _job(), _offer(stage))
        self.contracts.append(agreed)
        terms = client.get(f"/contracts/{agreed.contract_id}/terms")
        expect("criteria", tuple(terms["milestones"][0]["criteria"]), CRITERIA)
        expect("changes at most", terms["max_revisions"], 1)
        acts.fund(stage, agreed, agreed.milestone_ids[0])
        stage.told()
        return agreed

    def changed_as_often_as_agreed(self, agreed: Agreed) -> None:
        """Act 2: a change names a criterion; a second one is beyond what was agreed."""
        stage, client = self.stage, agreed.client
        [milestone_id] = agreed.milestone_ids
        stage.narrator.act("2  Delivered, commented, changed once, and no more")
        ask = partial(client.post, agreed.path(milestone_id, "/change-requests"))
        acts.deliver(stage, agreed, milestone_id)
        [first] = acts.milestone_of(agreed, milestone_id)["deliveries"]
        comments = f"/deliveries/{first['delivery_id']}/comments"
        client.post(agreed.path(milestone_id, comments), {"text": "書き出しがいいですね。"})
        acts.wait_for_mail(stage, agreed.assistant, "納品にコメントがあります")
        with refused("criterion_required"):
            ask({"comment": "なんとなく違います。"})
        ask({"comment": "締切が見あたりません。", "criterion": 2})
        stage.narrator.says(client.name, f"asks for a change: {CRITERIA[1]}")
        acts.deliver(stage, agreed, milestone_id, version=2)
        with refused("revisions_used_up"):
            ask({"comment": "まだ見あたりません。", "criterion": 2})
        stage.narrator.says("contracts", "refuses a second change: one was agreed")
        stage.told()

    def disputed(self, agreed: Agreed) -> JsonObject:
        """Act 3: a dispute is opened, and silence is about to decide it."""
        stage, client = self.stage, agreed.client
        [milestone_id] = agreed.milestone_ids
        stage.narrator.act("3  A dispute is opened; the other side is reminded")
        self._unseen_by(stage.operator, agreed)
        reason = {"reason": "締切が、まだ冒頭にありません。"}
        opened = client.post(agreed.path(milestone_id, "/disputes"), reason)
        dispute: JsonObject = opened["dispute"]
        stage.narrator.says(client.name, f"opens a dispute about {PRICE:,} yen")
        until = datetime.fromisoformat(dispute["answer_until"])
        ahead = until - timedelta(days=1) - stage.now() + timedelta(minutes=1)
        stage.turn_clock(ahead)
        stage.narrator.says("clock", "it is the last day to answer")
        acts.wait_for_mail(stage, agreed.assistant, "まだお返事がありません")
        stage.told()
        return dispute

    def both_are_heard(self, agreed: Agreed, dispute: JsonObject) -> None:
        """Act 4: an answer, statements with a file, and an operator who reads all of it."""
        stage, client, assistant = self.stage, agreed.client, agreed.assistant
        stage.narrator.act("4  Both state their case, and an operator reads everything")
        path = _path(agreed, dispute)
        assistant.post(f"{path}/answers", {"text": "締切は2行目に書きました。"})
        stage.narrator.says(assistant.name, "answers")
        shot = "締切は2行目です。\n".encode()
        files = f"/contracts/{agreed.contract_id}/files"
        file = assistant.upload(files, "画面の写し.txt", shot, "text/plain")
        said = {"text": "画面の写しをつけます。", "file_ids": [file["file_id"]]}
        assistant.post(f"{path}/statements", said)
        client.post(f"{path}/statements", {"text": "ちらしでは、冒頭とは1行目のことです。"})
        stage.narrator.says("contracts", "keeps a statement of each, one with a file")
        waiting = stage.operator.get("/contracts/disputes", limit=100)["items"]
        open_ones = {each["dispute_id"] for each in waiting}
        expect(
            "waiting for an operator", open_ones & {dispute["dispute_id"]}, {dispute["dispute_id"]}
        )
        seen = stage.operator.get(f"/contracts/{agreed.contract_id}")["milestones"][0]
        expect("versions", [each["version"] for each in seen["deliveries"]], [1, 2])
        expect("criterion", seen["deliveries"][0]["criterion"], CRITERIA[1])
        by = [each["by_id"] for each in seen["dispute"]["statements"]]
        expect("statements", by, [assistant.person_id, client.person_id])
        kept = stage.operator.download(f"{files}/{file['file_id']}")
        expect("the file that the operator reads", kept, shot)
        stage.narrator.says("Operator", "reads the contract, both versions and the file")
        self._unseen_by(acts.register(stage, stage.member("Yuki", "assistant")), agreed)
        stage.told()

    def divided(self, agreed: Agreed, dispute: JsonObject) -> None:
        """Act 5: the operator divides the price and says why; both parts go their ways."""
        stage, client, assistant = self.stage, agreed.client, agreed.assistant
        [milestone_id] = agreed.milestone_ids
        stage.narrator.act("5  The price is divided, with reasons")
        decision = {"to_assistant": yen(AWARD), "reason": "締切はありますが、1行目にありません。"}
        with refused("role_required"):
            assistant.post(f"{_path(agreed, dispute)}/decision", decision)
        stage.operator.post(f"{_path(agreed, dispute)}/decision", decision)
        told = f"{AWARD:,} yen to {assistant.name}, the rest back to {client.name}"
        stage.narrator.says("Operator", f"decides: {told}")
        stage.wait("the rest is divided", lambda: _is_divided(agreed, milestone_id))
        money = money_of(agreed, milestone_id)
        for part, expected in RELEASED.items():
            expect(part, money[part]["amount"], expected)
        expect("back to the client", money["refunds"][0]["amount"]["amount"], BACK)
        for member in (client, assistant):
            acts.wait_for_mail(stage, member, "申し立てが解決しました")
        with refused("milestone_step_not_allowed"):
            client.post(f"{_path(agreed, dispute)}/statements", {"text": "もうひとつ。"})
        payout = acts.wait_for_payday(stage, assistant)
        expect("payout", payout["gross"]["amount"], RELEASED["net"])
        stage.told()

    def at_the_end(self, agreed: Agreed, dispute: JsonObject) -> list[Proof]:
        """Return the final proofs: of the contract, and of the books."""
        stage = self.stage
        stage.narrator.act("The contract and the books at the end")
        path = f"/contracts/{agreed.contract_id}"
        stage.wait("the timeline tells everything", partial(_is_told, agreed.client, path))
        views = [each.get(path) for each in (agreed.client, agreed.assistant, stage.operator)]
        divided = views[0]["milestones"][0]["dispute"]
        sum_ = divided["to_assistant"]["amount"] + divided["to_client"]["amount"]
        return [
            Proof(
                "parties and operator read the same of a contract that is complete",
                bool(views[0]["completed_at"]) and all(each == views[0] for each in views),
                dispute["dispute_id"],
            ),
            Proof("the split adds up to the price", sum_ == PRICE, f"{sum_:,} yen"),
            *prove(stage.operator, stage.pages, self.contracts),
        ]

    def _unseen_by(self, member: Member, agreed: Agreed) -> None:
        """See that to somebody the contract isn't there at all."""
        with refused("contract_not_found"):
            member.get(f"/contracts/{agreed.contract_id}")
        self.stage.narrator.says(member.name, "finds no such contract")


def _job() -> JsonObject:
    return {
        "title": "在宅ワーク講座のちらし",
        "description": "町の在宅ワーク講座のちらしの文章を書く。",
        "category": "writing",
        "budget": yen(PRICE),
        "review_days": REVIEW_DAYS,
        "max_revisions": 1,
    }


def _offer(stage: Stage) -> JsonObject:
    milestone = {
        "title": "ちらしの文章",
        "description": "申込みの締切をわかりやすく書く。",
        "price": yen(PRICE),
        "due_on": (day_in_japan(stage.now()) + timedelta(days=14)).isoformat(),
        "criteria": CRITERIA,
    }
    return {"cover": "ちらしは毎月書いています。", "milestones": [milestone]}


def _path(agreed: Agreed, dispute: JsonObject) -> str:
    return f"/contracts/{agreed.contract_id}/disputes/{dispute['dispute_id']}"


def _is_divided(agreed: Agreed, milestone_id: str) -> bool:
    money = money_of(agreed, milestone_id)
    made = [each["status"] for each in money["refunds"]]
    return money["in_escrow"]["amount"] == 0 and made == ["confirmed"]


def _is_told(member: Member, path: str) -> bool:
    return {each["what"] for each in member.get(path)["timeline"]} >= set(HAPPENED)
