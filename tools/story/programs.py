"""The story of a program: a town trains a beginner, whose protected first job it stands by."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, Final

from shared.calendar import day_in_japan
from tools.story import acts
from tools.story.acts import Agreed, Stage
from tools.story.member import Member
from tools.story.money_acts import refused, yen
from tools.story.proofs import Proof, prove
from tools.story.tale import expect

PRICE: Final = 30_000
TOPPED_UP: Final = 100_000
ALL_RIGHTS: Final = ["post", "fund", "accept", "see_money"]
CHIYODA: Final = "131016"
CRITERIA: Final = ("2,000 字ある", "申込みの締切が冒頭にある")
UNIT: Final = {
    "title": "納品のしかた",
    "text": "納品する前に、検収の基準を一つずつ確かめます。",
    "hours": 2,
    "questions": [
        {"text": "納品の前に確かめるものはどれですか", "choices": ["天気", "基準"], "right": 1}
    ],
    "pass_mark": 1,
}
PRACTICE: Final = {
    "title": "練習の案内文",
    "description": "講座の案内文を 400 字で書く。",
    "criteria": ["400 字ある"],
    "price": yen(3_000),
}
WALLET: Final = {
    "total_cap": yen(TOPPED_UP),
    "person_cap": yen(40_000),
    "pays_fees": True,
    "fee_months": 3,
}


@dataclass(frozen=True)
class Staff:
    """Whoever runs the program: members with all rights, and a supporter."""

    town: Member
    town_id: str
    partner: Member
    partner_id: str
    supporter: Member


@dataclass
class ProgramTale:
    """A story under way; `contracts` are the ones made so far."""

    stage: Stage
    contracts: list[Agreed] = field(default_factory=list)
    program_id: str = ""
    person: str = ""
    """The path of who takes part, in programs."""

    def tell(self) -> list[Proof]:
        """Play all acts; return what was proved at the end."""
        staff = self.staff()
        self.open_program(staff)
        assistant = self.joined(staff)
        self.trained(staff, assistant)
        agreed = self.protected(assistant)
        self.looked_at(staff, agreed)
        self.paid(staff, agreed)
        return [
            *prove(self.stage.operator, self.stage.pages, self.contracts),
            self.statement(staff.town),
        ]

    def staff(self) -> Staff:
        """Act 1: a town and its partner; an operator confirms the town."""
        stage = self.stage
        stage.narrator.act("1  A town, its partner, and somebody who stands by people")
        town, town_id = self.office("Chiyoda", "千代田区")
        partner, partner_id = self.office("Kaede", "NPO法人かえで")
        supporter = acts.register(stage, stage.member("Sachiko", "assistant"))
        register_town(stage, town, town_id)
        stage.operator.post(f"/programs/sponsors/{town_id}/decision", {"confirmed": True})
        stage.narrator.says("operator", "confirms that the account is the municipality's")
        stage.told()
        return Staff(town, town_id, partner, partner_id, supporter)

    def office(self, name: str, company: str) -> tuple[Member, str]:
        """Return a member with all rights in a new company, and the company's id."""
        member = acts.register(self.stage, self.stage.member(name, "client"))
        return member, found(member, company)

    def open_program(self, staff: Staff) -> None:
        """Act 2: the program with its curriculum and its wallet is opened."""
        stage = self.stage
        stage.narrator.act("2  A program, its curriculum, and the town's wallet")
        described = {
            "sponsor_id": staff.town_id,
            "partner_id": staff.partner_id,
            "title": "はじめての在宅ワーク",
            "about": "はじめての人が、最初の仕事を終えるまで。",
            "wallet": WALLET,
        }
        self.program_id = staff.town.post("/programs", described)["program_id"]
        curriculum = {"units": [UNIT], "practice": PRACTICE}
        staff.partner.put(f"/programs/{self.program_id}/curriculum", curriculum)
        staff.town.post(f"/programs/{self.program_id}/opening")
        wallet = f"/payments/wallets/{self.program_id}"
        stage.wait("payments knows the wallet", partial(staff.town.find, wallet))
        checkout = staff.town.post(f"{wallet}/top-ups", {"amount": yen(TOPPED_UP)})
        stage.pages.pay(checkout["url"])
        stage.wait(
            "the wallet is funded",
            lambda: staff.town.get(wallet)["available"]["amount"] == TOPPED_UP,
        )
        stage.narrator.says(staff.town.name, f"pays {TOPPED_UP:,} yen into the wallet")
        stage.told()

    def joined(self, staff: Staff) -> Member:
        """Act 3: somebody applies, is accepted, and has a supporter. The town sees no names."""
        stage, partner = self.stage, staff.partner
        stage.narrator.act("3  Somebody applies, and takes part")
        today = day_in_japan(stage.now())
        dates = {"apply_until": today, "starts_on": today, "ends_on": today + timedelta(days=60)}
        cohort = {"name": "春の組", "capacity": 10} | {k: v.isoformat() for k, v in dates.items()}
        cohort_id = partner.post(f"/programs/{self.program_id}/cohorts", cohort)["cohort_id"]
        helper = {"email": staff.supporter.email, "limit": 5}
        partner.post(f"/programs/{self.program_id}/supporters", helper)
        assistant = acts.register(stage, stage.member("Misaki", "assistant"))
        acts.become_payee(stage, assistant)
        wanted = {
            "lives_in": CHIYODA,
            "adult": True,
            "weekly_hours": 10,
            "motivation": "家にいながら働きたいです。",
            "outcomes_consent": True,
        }
        path = f"/programs/cohorts/{cohort_id}/applications"
        applied = assistant.post(path, wanted)
        partner.post(f"/programs/applications/{applied['application_id']}/acceptance")
        participant_id = assistant.get("/programs/participants/mine")["participant_id"]
        self.person = f"/programs/participants/{participant_id}"
        partner.put(f"{self.person}/supporter", {"supporter_id": staff.supporter.person_id})
        with refused("participant_not_found"):
            staff.town.get(self.person)
        stage.narrator.says(assistant.name, "is accepted, and has somebody to ask")
        stage.told()
        return assistant

    def trained(self, staff: Staff, assistant: Member) -> None:
        """Act 4: orientation, the unit, the practice job; then the first job is protected."""
        stage = self.stage
        stage.narrator.act("4  The path: orientation, units, practice")
        assistant.post(f"{self.person}/orientation")
        check = assistant.post(f"{self.person}/units/1/check", {"answers": [1]})
        expect("right answers", check["right"], [True])
        assistant.post(f"{self.person}/practice/deliveries", {"text": "案内文です。"})
        review = {"accepted": True, "comment": "とてもよくできています。"}
        staff.supporter.post(f"{self.person}/practice/review", review)
        shown = assistant.get(self.person)
        expect("the step", shown["step"], "protected_job")
        stage.wait(
            "jobs knows that the next job is protected",
            lambda: assistant.get("/jobs/search")["protected"],
        )
        stage.told()

    def protected(self, assistant: Member) -> Agreed:
        """Act 5: only a job with the promise is taken; changes are capped in its terms."""
        stage = self.stage
        stage.narrator.act("5  A protected first job")
        client = acts.register(stage, stage.member("Hanako", "client"))
        job = {
            "title": "講座の案内文",
            "description": "町の講座の案内文を書く。Webページとちらしに使う。" * 5,
            "category": "writing",
            "budget": yen(PRICE),
            "weekly_hours": 5,
            "criteria": CRITERIA,
        }
        due_on = (day_in_japan(stage.now()) + timedelta(days=14)).isoformat()
        milestone = {"title": "本文", "description": "2,000 字", "price": yen(PRICE)}
        offer = {"cover": "書きます。", "milestones": [milestone | {"due_on": due_on}]}
        other = client.post("/jobs", job)["job_id"]
        with refused("beginner_promise_needed"):
            assistant.post(f"/jobs/{other}/proposals", offer)
        promised = job | {"beginner_friendly": True}
        agreed = acts.agree_on(stage, client, assistant, promised, offer)
        self.contracts.append(agreed)
        contract = client.get(f"/contracts/{agreed.contract_id}")
        capped = contract["protected"], contract["terms"]["max_revisions"]
        expect("whether it is protected, and changes at most", capped, (True, 2))
        stage.told()
        return agreed

    def looked_at(self, staff: Staff, agreed: Agreed) -> None:
        """Act 6: the supporter looks at the draft, and only then it can be delivered."""
        stage = self.stage
        stage.narrator.act("6  A draft, a look, a delivery")
        [milestone_id] = agreed.milestone_ids
        acts.fund(stage, agreed, milestone_id)
        deliveries = agreed.path(milestone_id, "/deliveries")
        with refused("draft_not_looked_at"):
            agreed.assistant.post(deliveries, {"text": "案内文です。"})
        draft = {"milestone_id": milestone_id, "text": "案内文の下書きです。"}
        shown = acts.as_soon_as_known(
            stage,
            partial(agreed.assistant.post, f"{self.person}/drafts", draft),
            "milestone_not_found",
        )
        look = {"comment": "締切も冒頭にありますね。"}
        staff.supporter.post(f"/programs/drafts/{shown['draft_id']}/look", look)
        stage.narrator.says(staff.supporter.name, "looks at the draft")
        deliver = partial(acts.deliver, stage, agreed, milestone_id)
        acts.as_soon_as_known(stage, deliver, "draft_not_looked_at")
        stage.told()

    def paid(self, staff: Staff, agreed: Agreed) -> None:
        """Act 7: accepted and paid out; the town pays the fee, and the person works freely."""
        stage = self.stage
        stage.narrator.act("7  Accepted: the fee is the town's")
        [milestone_id] = agreed.milestone_ids
        acts.accept(stage, agreed, milestone_id)
        money = acts.wait_for_release(stage, agreed, milestone_id)
        fee = money["platform_fee"]["amount"] + money["platform_fee_tax"]["amount"]
        wallet = f"/payments/wallets/{self.program_id}"
        stage.wait("the fee is paid", lambda: staff.town.get(wallet)["paid"]["amount"] == fee)
        stage.narrator.says("payments", f"{fee:,} yen of the fee come from the wallet")
        stage.wait(
            "the path has come to free work",
            lambda: agreed.assistant.get(self.person)["step"] == "free_work",
        )
        acts.ask_for_payout(stage, agreed.assistant)
        stage.told()

    def statement(self, town: Member) -> Proof:
        """Return whether the town's statement reconciles with the ledger, to the yen."""
        month = f"{day_in_japan(self.stage.now()):%Y-%m}"
        path = f"/payments/wallets/{self.program_id}/statement"
        shown: Any = town.get(path, month=month)
        left = shown["closing_available"]["amount"] + shown["closing_reserved"]["amount"]
        figures = f"{len(shown['lines'])} lines, {left:,} yen left"
        return Proof("the town's statement reconciles", shown["reconciles"], figures)


def found(member: Member, company: str) -> str:
    """Let a member found a company, with all rights in it; return its id."""
    office = {"name": company, "email": f"office.{member.email}"}
    company_id: str = member.post("/accounts/companies", office)["company_id"]
    own = {"rights": ALL_RIGHTS, "administrator": True}
    member.put(f"/accounts/companies/{company_id}/members/{member.person_id}", own)
    member.sign_in()
    return company_id


def register_town(stage: Stage, town: Member, town_id: str) -> None:
    """Say that a company is a municipality's."""
    said = {"account_id": town_id, "municipality_code": CHIYODA, "note": "代表電話へ"}
    acts.as_soon_as_known(stage, partial(town.post, "/programs/sponsors", said), "company_needed")
