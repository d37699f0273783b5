"""The story of a hand-over: an assistant can't go on, and somebody else does.

The work so far is paid for, the rest of the escrow goes along to the yen, and nothing moves before
client, assistant and substitute have all consented.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Final

from tools.story import acts
from tools.story.acts import Agreed, Stage
from tools.story.member import JsonObject, Member
from tools.story.money_acts import money_of, refused, yen
from tools.story.proofs import Proof, prove
from tools.story.tale import expect

PRICE: Final = 50_000
SO_FAR: Final = 20_000
# Of 49,895 yen in escrow: what is for the work so far, and what goes along.
HELD: Final = 49_895
RELEASED: Final = {"platform_fee": 4_400, "platform_fee_tax": 440, "net": 15_118}
WENT_ALONG: Final = {"price": 30_000, "tax": 3_000, "withholding": 3_063, "funded": 29_937}
THEIRS: Final = {"platform_fee": 6_600, "platform_fee_tax": 660, "net": 22_677}
HAPPENED: Final = (
    "hand_over_proposed",
    "hand_over_consented",
    "handed_over",
    "completed",
)


@dataclass
class HandOverTale:
    """A story under way; `contracts` are the ones made so far."""

    stage: Stage
    contracts: list[Agreed] = field(default_factory=list)

    def tell(self) -> list[Proof]:
        """Play all acts; return what was proved at the end."""
        agreed = self.half_done()
        substitute, offered = self.proposed(agreed)
        theirs = self.handed_over(agreed, substitute, offered)
        self.finished(agreed, theirs)
        return self.at_the_end(agreed, theirs)

    def half_done(self) -> Agreed:
        """Act 1: the work is paid for, delivered once, and changes are asked for."""
        stage = self.stage
        stage.narrator.act("1  A first version is there, and changes are asked for")
        client = acts.register(stage, stage.member("Hanako", "client"))
        assistant = acts.register(stage, stage.member("Misaki", "assistant"))
        acts.become_payee(stage, assistant)
        agreed = acts.agree(stage, client, assistant, "在宅ワーク講座の案内文", (PRICE,))
        self.contracts.append(agreed)
        [milestone_id] = agreed.milestone_ids
        expect("escrow", acts.fund(stage, agreed, milestone_id)["in_escrow"]["amount"], HELD)
        acts.deliver(stage, agreed, milestone_id)
        acts.request_changes(stage, agreed, milestone_id)
        stage.told()
        return agreed

    def proposed(self, agreed: Agreed) -> tuple[Member, JsonObject]:
        """Act 2: the assistant names somebody, who sees what is offered and nothing else."""
        stage, assistant = self.stage, agreed.assistant
        [milestone_id] = agreed.milestone_ids
        stage.narrator.act("2  Somebody else could go on")
        substitute = acts.register(stage, stage.member("Jun", "assistant"))
        acts.become_payee(stage, substitute)
        asked = {
            "substitute_id": substitute.person_id,
            "to_assistant": yen(SO_FAR),
            "note": "書き出しまでできています。",
            "share_deliveries": True,
        }
        path = agreed.path(milestone_id, "/hand-overs")
        proposed: JsonObject = assistant.post(path, asked)
        told = f"proposes {substitute.name}: {SO_FAR:,} yen are for the work so far"
        stage.narrator.says(assistant.name, told)
        acts.wait_for_mail(stage, substitute, "引き継いでもらえませんか")
        acts.wait_for_mail(stage, agreed.client, "引き継ぐ提案です")
        [offered] = substitute.get("/contracts/hand-overs")["items"]
        [milestone] = offered["terms"]["milestones"]
        expect("offered", milestone["price"]["amount"], PRICE - SO_FAR)
        shared = offered["files"][0]["file_id"]
        substitute.download(f"/contracts/hand-overs/{proposed['hand_over_id']}/files/{shared}")
        with refused("contract_not_found"):
            substitute.get(f"/contracts/{agreed.contract_id}")
        stage.narrator.says(substitute.name, "reads the terms and the draft, and no contract")
        stage.told()
        return substitute, offered

    def handed_over(self, agreed: Agreed, substitute: Member, offered: JsonObject) -> Agreed:
        """Act 3: with the third consent there is a contract, and the money is there."""
        stage, client = self.stage, agreed.client
        [milestone_id] = agreed.milestone_ids
        stage.narrator.act("3  All three consent, and the money goes along")
        hand_over_id = offered["hand_over_id"]
        substitute.post(f"/contracts/hand-overs/{hand_over_id}/consent")
        stage.narrator.says(substitute.name, "consents")
        status = acts.milestone_of(agreed, milestone_id)["status"]
        expect("before the client's consent", status, "changes_requested")
        client.post(f"/contracts/{agreed.contract_id}/hand-overs/{hand_over_id}/consent", {})
        stage.narrator.says(client.name, "consents")
        mine = substitute.get(f"/contracts/hand-overs/{hand_over_id}")
        contract = substitute.get(f"/contracts/{mine['contract_id']}")
        expect("terms", contract["terms"]["sha256"], offered["terms"]["sha256"])
        [new_id] = [each["milestone_id"] for each in contract["milestones"]]
        theirs = Agreed(client, substitute, contract["contract_id"], (new_id,))
        self.contracts.append(theirs)
        acts.wait_for_status(stage, theirs, new_id, "funded")
        money = money_of(theirs, new_id)
        for part, expected in WENT_ALONG.items():
            expect(f"{part} that went along", money[part]["amount"], expected)
        money = money_of(agreed, milestone_id)
        expect("status", money["status"], "handed_over")
        expect("left in escrow", money["in_escrow"]["amount"], 0)
        for part, expected in RELEASED.items():
            expect(part, money[part]["amount"], expected)
        stage.narrator.says("payments", f"{WENT_ALONG['funded']:,} of {HELD:,} yen went along")
        stage.told()
        return theirs

    def finished(self, agreed: Agreed, theirs: Agreed) -> None:
        """Act 4: the substitute delivers, and both assistants are paid."""
        stage = self.stage
        stage.narrator.act("4  The substitute delivers, and both are paid")
        [milestone_id] = theirs.milestone_ids
        with refused("milestone_step_not_allowed"):
            agreed.assistant.post(
                agreed.path(agreed.milestone_ids[0], "/deliveries"), {"text": "まだあります。"}
            )
        acts.deliver(stage, theirs, milestone_id, version=2)
        acts.accept(stage, theirs, milestone_id)
        money = acts.wait_for_release(stage, theirs, milestone_id)
        for part, expected in THEIRS.items():
            expect(part, money[part]["amount"], expected)
        payout = acts.wait_for_payday(stage, agreed.assistant)
        expect("for the work so far", payout["gross"]["amount"], RELEASED["net"])
        payout = acts.wait_for_payout(stage, theirs.assistant, lambda _: True)
        expect("for the rest", payout["gross"]["amount"], THEIRS["net"])
        stage.told()

    def at_the_end(self, agreed: Agreed, theirs: Agreed) -> list[Proof]:
        """Return the final proofs: of both contracts, their traces, and the books."""
        stage = self.stage
        stage.narrator.act("The contracts and the books at the end")
        for each in (agreed, theirs):
            stage.wait("the contract is complete", partial(_is_complete, each))
        told = [each["what"] for each in _contract(agreed)["timeline"]]
        missing = [each for each in HAPPENED if each not in told]
        return [
            Proof("the timeline tells everything", not missing, ", ".join(missing) or "all of it"),
            *(_trace(each) for each in (agreed, theirs)),
            *prove(stage.operator, stage.pages, self.contracts),
        ]


def _contract(agreed: Agreed) -> JsonObject:
    contract: JsonObject = agreed.client.get(f"/contracts/{agreed.contract_id}")
    return contract


def _is_complete(agreed: Agreed) -> bool:
    return bool(_contract(agreed)["completed_at"])


def _trace(agreed: Agreed) -> Proof:
    """An assistant follows the milestone's money: what came to the escrow has left it."""
    [milestone_id] = agreed.milestone_ids
    found = agreed.assistant.get(f"/payments/traces/{milestone_id}", format="json")
    escrows = {
        each["owner"]: each["there"]
        for each in found["nodes"]
        if each["account"] == "liability:escrow"
    }
    return Proof(
        f"{agreed.assistant.name}'s trace adds up, and shows no other milestone",
        escrows == {milestone_id: 0},
        f"{len(found['rows'])} flows",
    )
