"""The story of money: every way in, every way back, and every way out, to the yen.

One client, one assistant, three contracts: the first is paid at a konbini, divided in a dispute,
and paid out on a payday; the second is paid by bank transfer and from credit; the third has the
platform between the two (principal mode), and its payments are taken back by the client's bank.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from shared.calendar import day_in_japan
from tools.story import acts, money_acts, money_papers
from tools.story.acts import Agreed, Stage
from tools.story.member import JsonObject, Member
from tools.story.money_acts import Figures
from tools.story.money_papers import Papers
from tools.story.proofs import Proof, prove
from tools.story.tale import expect

BANK: Final = "楽天"

# Prices without tax. The client withholds in the first two contracts, the platform in the third.
GUIDE: Final = (50_000, 60_000)
LEAFLET: Final = (45_000, 20_000)
MANUAL: Final = (32_000, 25_000)
BONUS: Final = 5_000
ACCEPTED_PART, AWARD, GIVEN_BACK = 25_000, 20_000, 10_000
FIRST_TRANSFER, SECOND_TRANSFER = 20_000, 50_000

VOUCHER: Final = 49_895 + 59_874
MISSING: Final = 44_906 - FIRST_TRANSFER
SURPLUS: Final = SECOND_TRANSFER - MISSING
REST_OF_CREDIT: Final = SURPLUS - 19_958

# What becomes of each price. Fees are marginal over a contract: 20 % of the first 100,000 yen with
# tax, then 10 %; so the part that the operator awards has some of both.
RELEASED: Final[dict[str, Figures]] = {
    "guide 1": {"platform_fee": 11_000, "platform_fee_tax": 1_100, "net": 37_795},
    "guide 2": {
        "platform_fee": 5_500 + 3_950,
        "platform_fee_tax": 550 + 395,
        "net": 18_897 + 15_613,
    },
    "bonus": {"platform_fee": 550, "platform_fee_tax": 55, "net": 4_385},
    "leaflet 1": {"platform_fee": 9_900, "platform_fee_tax": 990, "net": 34_016},
    "leaflet 2": {"platform_fee": 4_400, "platform_fee_tax": 440, "net": 15_118},
    "manual 1": {"platform_fee": 7_040, "platform_fee_tax": 704, "net": 24_189},
    "manual 2": {"platform_fee": 5_500, "platform_fee_tax": 550, "net": 18_898},
}
BACK_OF_DISPUTE: Final = 14_969
BACK_AFTER_RELEASE: Final = 9_979
OWED_BACK: Final = 7_559
WITHHELD: Final = 3_267 + 2_552
FIRST_PAYOUT: Final = 37_795 + 18_897 + 15_613 + 4_385
SECOND_PAYOUT: Final = 34_016 - OWED_BACK + 15_118
THIRD_PAYOUT: Final = 24_189 + 18_898
ANY_BANKS_FEE, THIS_BANKS_FEE = 500, 100


@dataclass
class MoneyTale:
    """A story under way; `contracts` are the ones made so far, `papers` what it left behind."""

    stage: Stage
    contracts: list[Agreed] = field(default_factory=list)
    papers: Papers = field(default_factory=Papers)
    preview: JsonObject = field(default_factory=dict)
    voucher: JsonObject = field(default_factory=dict)

    def tell(self) -> list[Proof]:
        """Play all acts; return what was proved at the end."""
        client, assistant = self.people()
        guide = self.paid_at_a_konbini(client, assistant)
        leaflet = self.paid_by_transfer_and_credit(client, assistant)
        guide = self.divided_and_a_bonus(guide)
        self.returned_by_the_bank(assistant)
        self.refunded_after_the_payout(guide, leaflet)
        manual = self.charged_back(client, assistant)
        self.documented(manual)
        return self.books_at_the_end(client, assistant)

    def people(self) -> tuple[Member, Member]:
        """Who takes part: a market with a name, a client, an assistant who can be paid."""
        stage = self.stage
        stage.narrator.act("0  The market has a name, a client and an assistant")
        self.papers.since = day_in_japan(stage.now())
        money_papers.name_market(stage)
        client = acts.register(stage, stage.member("Hanako", "client"))
        assistant = acts.register(stage, stage.member("Misaki", "assistant"))
        acts.become_payee(stage, assistant)
        stage.told()
        return client, assistant

    def paid_at_a_konbini(self, client: Member, assistant: Member) -> Agreed:
        """Act 1: two milestones, one voucher."""
        stage = self.stage
        stage.narrator.act("1  Two milestones are paid for at once, at a konbini")
        guide = self._agree(client, assistant, "在宅ワークの手引き", GUIDE)
        self.voucher = money_acts.pay_at_the_counter(stage, guide, *guide.milestone_ids)
        expect("voucher", self.voucher["amount"]["amount"], VOUCHER)
        held = [self._in_escrow(guide, each) for each in guide.milestone_ids]
        expect("escrows", held, [49_895, 59_874])
        stage.told()
        return guide

    def paid_by_transfer_and_credit(self, client: Member, assistant: Member) -> Agreed:
        """Act 2: a transfer with too little, then too much; the surplus pays for more."""
        stage = self.stage
        stage.narrator.act("2  A bank transfer: too little, then too much; the rest is credit")
        leaflet = self._agree(client, assistant, "講座のちらし", LEAFLET)
        first, second = leaflet.milestone_ids
        page = acts.start_checkout(stage, leaflet, first, method="bank_transfer")
        money_acts.transfer(stage, client, page, FIRST_TRANSFER)
        money_acts.wait_until_missing(stage, leaflet, first, MISSING)
        acts.wait_for_mail(stage, client, f"あと {MISSING:,}円 足りません")
        expect("escrow meanwhile", self._in_escrow(leaflet, first), 0)
        money_acts.transfer(stage, client, page, SECOND_TRANSFER)
        acts.wait_for_status(stage, leaflet, first, "funded")
        money_acts.wait_for_credit(stage, client, SURPLUS)
        acts.wait_for_mail(stage, client, f"{SURPLUS:,}円 をお預かりしています")
        money_acts.pay_from_credit(stage, leaflet, second)
        expect("paid back", money_acts.take_credit_back(stage, client), REST_OF_CREDIT)
        expect("credit", money_acts.credit_of(client), 0)
        stage.told()
        return leaflet

    def divided_and_a_bonus(self, guide: Agreed) -> Agreed:
        """Act 3: accepted, accepted in part, disputed and divided; and a bonus."""
        stage = self.stage
        stage.narrator.act("3  Accepted in part, the rest divided by an operator, and a bonus")
        first, second = guide.milestone_ids
        self._work(guide, first)
        self._released("guide 1", guide, first)
        acts.deliver(stage, guide, second)
        money_acts.accept_part(stage, guide, second, ACCEPTED_PART)
        expect("left", money_acts.money_of(guide, second)["left"]["amount"], 35_000)
        acts.deliver(stage, guide, second, version=2)
        money_acts.dispute(stage, guide, second, to_assistant=AWARD)
        [refund] = money_acts.money_of(guide, second)["refunds"]
        expect("the client's part", refund["amount"]["amount"], BACK_OF_DISPUTE)
        self._released("guide 2", guide, second)
        acts.wait_for_status(stage, guide, second, "resolved")
        bonus = money_acts.give_bonus(stage, guide, BONUS)
        self._released("bonus", guide, bonus)
        with_bonus = replace(guide, milestone_ids=(first, second, bonus))
        self.contracts[self.contracts.index(guide)] = with_bonus
        stage.told()
        return with_bonus

    def returned_by_the_bank(self, assistant: Member) -> None:
        """Act 4: one payout for three milestones comes back, and goes to the right account."""
        stage = self.stage
        stage.narrator.act("4  A payday for three milestones; the bank returns it")
        payout = acts.wait_for_payday(stage, assistant)
        expect("payout", payout["gross"]["amount"], FIRST_PAYOUT)
        expect("transfer fee", payout["transfer_fee"]["amount"], ANY_BANKS_FEE)
        money_acts.return_payout(stage, assistant, payout)
        acts.wait_for_mail(stage, assistant, "銀行から戻ってきました")
        money_acts.correct_bank_account(stage, assistant, BANK)
        again = money_acts.ask_again(stage, assistant, payout)
        expect("transfer fee", again["transfer_fee"]["amount"], THIS_BANKS_FEE)
        stage.told()

    def refunded_after_the_payout(self, guide: Agreed, leaflet: Agreed) -> None:
        """Act 5: money goes back that the assistant has; it is set off at the next release."""
        stage, assistant = self.stage, guide.assistant
        stage.narrator.act("5  A refund after the payout, set off at the next release")
        first, second = leaflet.milestone_ids
        back = money_acts.refund_after(stage, guide, guide.milestone_ids[0], GIVEN_BACK)
        expect("back to the client", back, BACK_AFTER_RELEASE)
        expect("owed back", money_acts.payable_of(assistant)["receivable"], OWED_BACK)
        self._work(leaflet, first)
        self._released("leaflet 1", leaflet, first)
        payable = {"payable": 34_016 - OWED_BACK, "frozen": 0, "receivable": 0}
        expect("set off", money_acts.payable_of(assistant), payable)
        stage.narrator.says("payments", f"sets {OWED_BACK:,} yen off")
        self._work(leaflet, second)
        self._released("leaflet 2", leaflet, second)
        stage.told()

    def charged_back(self, client: Member, assistant: Member) -> Agreed:
        """Act 6: the client's bank takes two payments back; one comes back, one is lost."""
        stage = self.stage
        stage.narrator.act("6  Chargebacks: one is won, one is lost after the release")
        self.preview = money_papers.preview(stage, assistant, MANUAL, THIRD_PAYOUT - THIS_BANKS_FEE)
        manual = self._agree(client, assistant, "窓口の手順書", MANUAL, mode="principal")
        won, lost = manual.milestone_ids
        acts.fund(stage, manual, won)
        acts.fund(stage, manual, lost)
        warning = money_acts.warn_of_fraud(stage, won)
        expect("warned of", warning["milestone_ids"], [won])
        self._win(manual, won)
        self._work(manual, lost)
        self._released("manual 2", manual, lost)
        self._decided(manual, lost, won=False)
        expect("payable", money_acts.payable_of(assistant)["payable"], THIRD_PAYOUT)
        self.papers.payout = acts.ask_for_payout(stage, assistant)
        expect("payout", self.papers.payout["gross"]["amount"], THIRD_PAYOUT)
        stage.told()
        return manual

    def documented(self, manual: Agreed) -> None:
        """Act 7: receipts, invoices, statements, withholding, and the way of the money."""
        stage = self.stage
        stage.narrator.act("7  Documents, taxes withheld, and the way of every yen")
        money_papers.compare_with_preview(self.preview, manual, self.papers.payout)
        money_papers.gather(stage, self.papers, self.contracts[0], self.voucher)
        money_acts.turn_to_next_month(stage)
        stage.told()

    def books_at_the_end(self, client: Member, assistant: Member) -> list[Proof]:
        """Return the final proofs."""
        stage = self.stage
        stage.narrator.act("The books at the end")
        money_papers.wait_until_all_arrived(stage)
        months = money_papers.months_between(self.papers.since, day_in_japan(stage.now()))
        withheld = money_papers.remit(stage, months)
        expect("withheld", withheld, WITHHELD)
        return [
            *prove(stage.operator, stage.pages, self.contracts),
            *money_papers.prove(stage, self.papers, client, assistant, months),
        ]

    def _win(self, manual: Agreed, milestone_id: str) -> None:
        """Charged back while the work is in review: accepted meanwhile, it waits for the bank."""
        stage, assistant = self.stage, manual.assistant
        acts.deliver(stage, manual, milestone_id)
        case = money_acts.charge_back(stage, manual, milestone_id)
        money_acts.refuse_refund(stage, milestone_id, 1_000, "chargeback_open")
        acts.accept(stage, manual, milestone_id)
        self._released("manual 1", manual, milestone_id)
        expect("frozen", money_acts.payable_of(assistant)["frozen"], 24_189)
        payout = acts.ask_for_payout(stage, assistant)
        expect("payout without what is frozen", payout["gross"]["amount"], SECOND_PAYOUT)
        self._decided(manual, milestone_id, case, won=True)
        expect("frozen", money_acts.payable_of(assistant)["frozen"], 0)

    def _decided(
        self, agreed: Agreed, milestone_id: str, case: JsonObject | None = None, *, won: bool
    ) -> None:
        case = case or money_acts.charge_back(self.stage, agreed, milestone_id)
        decided = money_acts.decide(self.stage, agreed, milestone_id, case, won=won)
        expect("decided", decided["status"], "won" if won else "lost")
        expect("answers to the bank", decided["evidence_details"]["submission_count"], 1)
        sent = {name: text for name, text in decided["evidence"].items() if text}
        expect("evidence", sent, case["evidence"])

    def _agree(
        self,
        client: Member,
        assistant: Member,
        title: str,
        prices: tuple[int, ...],
        mode: str = "brokered",
    ) -> Agreed:
        agreed = acts.agree(self.stage, client, assistant, title, prices, mode=mode)
        self.contracts.append(agreed)
        return agreed

    def _work(self, agreed: Agreed, milestone_id: str) -> None:
        acts.deliver(self.stage, agreed, milestone_id)
        acts.accept(self.stage, agreed, milestone_id)
        acts.wait_for_release(self.stage, agreed, milestone_id)

    def _released(self, what: str, agreed: Agreed, milestone_id: str) -> None:
        """See to the yen what the parts of a milestone are; wait until all of it is released."""
        stage = self.stage
        stage.wait("it is released", lambda: self._in_escrow(agreed, milestone_id) == 0)
        money = money_acts.money_of(agreed, milestone_id)
        for part, expected in RELEASED[what].items():
            expect(f"{part} of {what}", money[part]["amount"], expected)

    def _in_escrow(self, agreed: Agreed, milestone_id: str) -> int:
        amount: int = money_acts.money_of(agreed, milestone_id)["in_escrow"]["amount"]
        return amount
