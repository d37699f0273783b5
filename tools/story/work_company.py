"""The story of a company: one member posts, one pays, one reviews, and none does another's part."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, Final

from shared.calendar import day_in_japan
from tools.story import acts
from tools.story.acts import Agreed, Stage
from tools.story.member import JsonObject, Member
from tools.story.money_acts import refused, yen
from tools.story.proofs import Proof, prove
from tools.story.tale import expect

COMPANY: Final = "株式会社みどり園芸"
PRICE: Final = 50_000
FUNDED: Final = 49_895
NET: Final = 37_795
# What each member is for, and the right that it takes.
RIGHTS: Final = {
    "Aoi": ["post"],
    "Kenta": ["fund", "see_money"],
    "Yui": ["accept"],
}


@dataclass
class CompanyTale:
    """A story under way; `contracts` are the ones made so far."""

    stage: Stage
    contracts: list[Agreed] = field(default_factory=list)
    company_id: str = ""

    def tell(self) -> list[Proof]:
        """Play all acts; return what was proved at the end."""
        founder, poster, funder, reviewer = self.company()
        agreed = self.posted(poster, (funder, reviewer))
        self.paid(replace(agreed, client=funder), (poster, reviewer))
        self.reviewed(replace(agreed, client=reviewer), (poster, funder))
        self.papers(funder, (poster, reviewer))
        proofs = prove(self.stage.operator, self.stage.pages, self.contracts)
        self.removed(founder, funder)
        return proofs

    def company(self) -> tuple[Member, ...]:
        """Act 1: a company is founded; three are invited, and accept."""
        stage = self.stage
        stage.narrator.act("1  A company, and three members with one part each")
        founder = acts.register(stage, stage.member("Hanako", "client"))
        office = {"name": COMPANY, "email": f"office.{stage.run}@example.org"}
        self.company_id = founder.post("/accounts/companies", office)["company_id"]
        stage.narrator.says(founder.name, f"founds {COMPANY}")
        members = [self.member(founder, name, rights) for name, rights in RIGHTS.items()]
        with refused("administrator_required"):
            members[0].post(self.path("/members"), {"email": founder.email})
        stage.told()
        return founder, *members

    def member(self, founder: Member, name: str, rights: list[str]) -> Member:
        """Return somebody who was invited, has accepted and has signed in since.

        The first is invited before there is an account: the letter has them register.
        """
        stage = self.stage
        member = stage.member(name, "client")
        newcomer = name == next(iter(RIGHTS))
        if not newcomer:
            acts.register(stage, member)
        founder.post(self.path("/members"), {"email": member.email, "rights": rights})
        acts.wait_for_mail(stage, member, f"{COMPANY}のメンバーに招かれています")
        if newcomer:
            acts.register(stage, member)
        member.post(self.path("/membership"))
        member.sign_in()
        stage.narrator.says(member.name, f"accepts: may {', '.join(rights)}")
        return member

    def posted(self, poster: Member, others: tuple[Member, ...]) -> Agreed:
        """Act 2: who may post does, in the company's name; the terms name the company."""
        stage = self.stage
        stage.narrator.act("2  Posted and agreed in the company's name")
        assistant = acts.register(stage, stage.member("Misaki", "assistant"))
        acts.become_payee(stage, assistant)
        job = {
            "title": "家庭菜園の手引き",
            "description": "はじめての人のために、春の家庭菜園の手引きを書く。",
            "category": "writing",
            "budget": yen(PRICE),
            "client_id": self.company_id,
        }
        for other in others:
            with refused("right_required"):
                other.post("/jobs", job)
        due_on = (day_in_japan(stage.now()) + timedelta(days=14)).isoformat()
        milestone = {"title": "本文", "description": "2,000 字", "price": yen(PRICE)}
        offer = {"cover": "毎日4時間書きます。", "milestones": [milestone | {"due_on": due_on}]}
        agreed = acts.agree_on(stage, poster, assistant, job, offer)
        self.contracts.append(agreed)
        terms = poster.get(f"/contracts/{agreed.contract_id}/terms")
        expect("the client in the terms", terms["client_name"], COMPANY)
        acts.wait_for_mail(stage, poster, "に提案が届きました")
        stage.told()
        return agreed

    def paid(self, agreed: Agreed, others: tuple[Member, ...]) -> None:
        """Act 3: who may fund pays, and sees the money."""
        stage = self.stage
        stage.narrator.act("3  Paid for by whoever may fund")
        [milestone_id] = agreed.milestone_ids
        money = f"/payments/milestones/{milestone_id}"
        stage.wait("payments knows the milestone", partial(agreed.client.find, money))
        for other in others:
            with refused("right_required"):
                other.post("/payments/checkouts", {"milestone_ids": [milestone_id]})
            with refused("right_required"):
                other.get(money)
        expect("funded", acts.fund(stage, agreed, milestone_id)["funded"]["amount"], FUNDED)
        # At the end the escrow is looked at by somebody who may see the money.
        self.contracts[-1] = agreed
        stage.told()

    def reviewed(self, agreed: Agreed, others: tuple[Member, ...]) -> None:
        """Act 4: who may accept is told, and accepts."""
        stage = self.stage
        stage.narrator.act("4  Reviewed by whoever may accept")
        [milestone_id] = agreed.milestone_ids
        acts.deliver(stage, agreed, milestone_id)
        acts.wait_for_mail(stage, agreed.client, "が納品されました")
        for other in others:
            with refused("right_required"):
                other.post(agreed.path(milestone_id, "/acceptance"))
            told = [each for each in stage.mails_to(other.email) if "納品" in each]
            expect(f"what {other.name} was told of the delivery", told, [])
        acts.accept(stage, agreed, milestone_id)
        money = acts.wait_for_release(stage, agreed, milestone_id)
        expect("net", money["net"]["amount"], NET)
        stage.told()

    def papers(self, funder: Member, others: tuple[Member, ...]) -> None:
        """Act 5: the receipt is the company's; who may see the money has it."""
        stage = self.stage
        stage.narrator.act("5  The company's papers")
        month = f"{day_in_japan(stage.now()):%Y-%m}"
        asked: dict[str, Any] = {"month": month, "person_id": self.company_id}
        listed = funder.get("/payments/documents", **asked)["documents"]
        receipts = [each for each in listed if each["kind"] == "receipt"]
        expect("receipts", [each["total"] for each in receipts], [FUNDED])
        path = f"/payments/documents/receipt/{receipts[0]['id']}"
        receipt: JsonObject = funder.get(path)
        expect("to whom the receipt is", receipt["recipient"]["name"], COMPANY)
        expect("credit", funder.get("/payments/credit", client_id=self.company_id), _NOTHING)
        for other in others:
            with refused("right_required"):
                other.get(path)
        stage.narrator.says(funder.name, f"has a receipt over {receipt['total']:,} yen")
        stage.told()

    def removed(self, founder: Member, funder: Member) -> None:
        """Act 6: a member is taken out, and from the next sign-in on sees nothing any more."""
        stage = self.stage
        stage.narrator.act("6  A member goes")
        founder.post(self.path(f"/members/{funder.person_id}/removal"))
        acts.wait_for_mail(stage, funder, f"{COMPANY}のメンバーではなくなりました")
        funder.sign_in()
        [milestone_id] = self.contracts[-1].milestone_ids
        with refused("milestone_not_found"):
            funder.get(f"/payments/milestones/{milestone_id}")
        stage.narrator.says(funder.name, "no longer acts for the company")
        stage.told()

    def path(self, rest: str) -> str:
        """Return the path of something of the company's in accounts."""
        return f"/accounts/companies/{self.company_id}{rest}"


_NOTHING: Final = {"balance": yen(0)}
