"""What people do with money in the story of money, through the public API."""

from collections.abc import Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from shared.calendar import day_in_japan
from tools.story import acts
from tools.story.acts import Agreed, Stage
from tools.story.member import JsonObject, Member, RefusedError
from tools.story.tale import StoryBrokenError

Figures = Mapping[str, int]


def yen(amount: int) -> JsonObject:
    """Return so many yen as the API takes them."""
    return {"amount": amount, "currency": "JPY"}


def money_of(agreed: Agreed, milestone_id: str) -> JsonObject:
    """Return a milestone's money, as its client sees it."""
    money: JsonObject = agreed.client.get(f"/payments/milestones/{milestone_id}")
    return money


def credit_of(client: Member) -> int:
    """Return a client's credit, in yen."""
    amount: int = client.get("/payments/credit")["balance"]["amount"]
    return amount


def payable_of(assistant: Member) -> dict[str, int]:
    """Return what is owed to an assistant, what of it is frozen, and what they owe, in yen."""
    payable = assistant.get("/payments/payables/me")
    return {part: payable[part]["amount"] for part in ("payable", "frozen", "receivable")}


def charge_of(stage: Stage, milestone_id: str) -> str:
    """Return the processor's name for the payment that was made for just this milestone."""
    return _source(stage, milestone_id, "captured")


def pay_at_the_counter(stage: Stage, agreed: Agreed, *milestone_ids: str) -> JsonObject:
    """Pay for milestones with one voucher at a konbini; return the checkout."""
    checkout = acts.start_checkout(stage, agreed, *milestone_ids, method="konbini")
    client, url = agreed.client, checkout["url"]
    path = f"/payments/checkouts/{checkout['checkout_id']}"
    stage.pages.submit_konbini(url)
    stage.wait("the voucher is known", lambda: client.get(path)["status"] == "submitted")
    stage.narrator.says(client.name, f"gets one voucher for {len(milestone_ids)} milestones")
    stage.pages.pay_konbini(url)
    amount = checkout["amount"]["amount"]
    stage.narrator.says(client.name, f"pays {amount:,} yen at the counter of a konbini")
    for each in milestone_ids:
        acts.wait_for_status(stage, agreed, each, "funded")
    return checkout


def transfer(stage: Stage, client: Member, checkout: JsonObject, amount: int) -> None:
    """Send a bank transfer as the page of a checkout says."""
    stage.pages.transfer_in(checkout["url"], amount)
    stage.narrator.says(client.name, f"transfers {amount:,} yen")


def wait_until_missing(stage: Stage, agreed: Agreed, milestone_id: str, missing: int) -> None:
    """Wait until payments says how much of a transfer is missing."""

    def is_missing() -> bool:
        shown = money_of(agreed, milestone_id)["missing"]
        return bool(shown) and shown["amount"] == missing

    stage.wait("payments says what is missing", is_missing)
    stage.narrator.says("payments", f"{missing:,} yen are missing; the milestone waits")


def wait_for_credit(stage: Stage, client: Member, credit: int) -> None:
    """Wait until a client has this much credit."""
    stage.wait("the surplus is credit", lambda: credit_of(client) == credit)
    stage.narrator.says("payments", f"{credit:,} yen are {client.name}'s credit")


def pay_from_credit(stage: Stage, agreed: Agreed, milestone_id: str) -> None:
    """Pay for a milestone from credit."""
    left = agreed.client.post("/payments/credit/payments", {"milestone_ids": [milestone_id]})
    told = f"pays from credit; {left['balance']['amount']:,} yen are left"
    stage.narrator.says(agreed.client.name, told)
    acts.wait_for_status(stage, agreed, milestone_id, "funded")


def take_credit_back(stage: Stage, client: Member) -> int:
    """Have all credit paid back; return how much it was."""
    amount = credit_of(client)
    client.post("/payments/credit/refunds", {"amount": yen(amount)})
    stage.narrator.says(client.name, f"has the rest of the credit paid back, {amount:,} yen")
    return amount


def accept_part(stage: Stage, agreed: Agreed, milestone_id: str, price: int) -> None:
    """Accept a part of a delivery; wait until it is released."""
    body = {"price": yen(price), "comment": "後半は、まだ使えません。"}
    agreed.client.post(agreed.path(milestone_id, "/partial-acceptances"), body)
    stage.narrator.says(agreed.client.name, f"accepts a part of the work, for {price:,} yen")
    stage.wait("the part is released", lambda: len(money_of(agreed, milestone_id)["releases"]) == 1)


def dispute(stage: Stage, agreed: Agreed, milestone_id: str, *, to_assistant: int) -> None:
    """Let the parties disagree on the rest, and an operator divide it."""
    client, assistant = agreed.client, agreed.assistant
    disputes = agreed.path(milestone_id, "/disputes")
    opened = client.post(disputes, {"reason": "頼んだことと違います。"})["dispute"]
    dispute_id, left = opened["dispute_id"], opened["left"]["amount"]
    stage.narrator.says(client.name, f"opens a dispute about the rest, {left:,} yen")
    path = f"/contracts/{agreed.contract_id}/disputes/{dispute_id}"
    assistant.post(f"{path}/answers", {"text": "頼まれたとおりに書きました。"})
    stage.narrator.says(assistant.name, "answers")
    waiting = stage.operator.get("/contracts/disputes", limit=100)["items"]
    if dispute_id not in {each["dispute_id"] for each in waiting}:
        raise StoryBrokenError("the operator does not see the dispute")
    decision = {"to_assistant": yen(to_assistant), "reason": "半分より多くは使えます。"}
    stage.operator.post(f"{path}/decision", decision)
    told = f"decides: {to_assistant:,} yen to {assistant.name}, the rest back to {client.name}"
    stage.narrator.says("Operator", told)
    stage.wait("the rest is divided", lambda: _is_divided(agreed, milestone_id))


def give_bonus(stage: Stage, agreed: Agreed, price: int) -> str:
    """Add a bonus and pay for it by card; return its id once it is released."""
    body = {"title": "お礼", "price": yen(price), "note": "すぐに直してくれました。"}
    bonus = agreed.client.post(f"/contracts/{agreed.contract_id}/bonuses", body)
    stage.narrator.says(agreed.client.name, f"adds a bonus of {price:,} yen")
    bonus_id: str = bonus["milestone_id"]
    stage.pages.pay(acts.start_checkout(stage, agreed, bonus_id)["url"])
    acts.wait_for_release(stage, agreed, bonus_id)
    return bonus_id


def refund_after(stage: Stage, agreed: Agreed, milestone_id: str, price: int) -> int:
    """Let an operator give a part of a price back; return what the client gets of it."""
    body = {"price": yen(price), "reason": "原稿の一部が使えませんでした。"}
    refunds = stage.operator.post(f"/payments/milestones/{milestone_id}/refunds", body)
    amount: int = sum(each["amount"]["amount"] for each in refunds)
    client = agreed.client.name
    told = f"gives {price:,} yen of the price back: {amount:,} yen to {client}"
    stage.narrator.says("Operator", told)
    return amount


def refuse_refund(stage: Stage, milestone_id: str, price: int, code: str) -> None:
    """See that an operator's refund is refused now."""
    body = {"price": yen(price), "reason": "念のため"}
    with refused(code):
        stage.operator.post(f"/payments/milestones/{milestone_id}/refunds", body)
    stage.narrator.says("payments", f"refuses a refund: {code}")


def return_payout(stage: Stage, assistant: Member, payout: JsonObject) -> None:
    """Let the bank send a payout back after it was paid; wait until it is payable again."""
    stage.pages.return_payout(_source(stage, payout["payout_id"], "payout_paid"))
    stage.narrator.says("bank", "sends it back: there is no such account")
    gross = payout["gross"]["amount"]
    stage.wait("it is payable again", lambda: payable_of(assistant)["payable"] == gross)
    if not assistant.get("/payments/payables/me")["paused"]:
        raise StoryBrokenError("paydays do not pass over an account that the bank does not know")


def correct_bank_account(stage: Stage, assistant: Member, bank: str) -> None:
    """Look the bank and a branch up, and name the right account on the processor's page."""
    found = assistant.get("/payments/banks", q=bank)["items"][0]
    branch = assistant.get(f"/payments/banks/{found['code']}/branches")["items"][0]
    link = assistant.post("/payments/payees/me/onboarding-links")
    stage.pages.onboard(link["url"], routing=found["code"] + branch["code"])
    told = f"names another account: {found['name']}銀行 {branch['name']} ({found['code']})"
    stage.narrator.says(assistant.name, told)

    def known() -> bool:
        payee = assistant.get("/payments/payees/me")
        named = payee["bank"] and payee["bank"]["bank_code"] == found["code"]
        return bool(named) and payee["status"] == "active"

    stage.wait("payments knows the new account", known)


def ask_again(stage: Stage, assistant: Member, returned: JsonObject) -> JsonObject:
    """Ask for a payout that came back; its day has passed, so that it may be on its way already."""
    try:
        assistant.post("/payments/payouts")
    except RefusedError as refusal:
        if refusal.code != "nothing_payable":
            raise
    stage.narrator.says(assistant.name, "asks again for the money")
    old, gross = returned["payout_id"], returned["gross"]
    return acts.wait_for_payout(
        stage, assistant, lambda each: each["payout_id"] != old and each["gross"] == gross
    )


def charge_back(stage: Stage, agreed: Agreed, milestone_id: str) -> JsonObject:
    """Let the client's bank take a payment back; wait until it has our evidence."""
    charge_id = charge_of(stage, milestone_id)
    stage.pages.open_dispute(charge_id)
    stage.narrator.says("bank", f"takes {agreed.client.name}'s payment back: a chargeback")

    def answered() -> JsonObject | None:
        shown = stage.operator.get("/payments/chargebacks", limit=100)["items"]
        return next((each for each in shown if each["charge_id"] == charge_id), None)

    stage.wait("the milestone is frozen", lambda: money_of(agreed, milestone_id)["frozen"])
    chargeback = stage.wait(
        "the bank has the evidence",
        lambda: found if (found := answered()) and found["evidence"] else None,
    )
    words = len(chargeback["evidence"]["uncategorized_text"])
    stage.narrator.says("payments", f"freezes it, and sends {words} characters of evidence")
    return chargeback


def decide(stage: Stage, agreed: Agreed, milestone_id: str, case: JsonObject, *, won: bool) -> Any:
    """Let the bank decide; return the dispute as the processor has it."""
    decided = stage.pages.decide_dispute(case["dispute_id"], won=won)
    stage.narrator.says("bank", "decides for us" if won else "decides for the client")
    stage.wait("it is no longer frozen", lambda: not money_of(agreed, milestone_id)["frozen"])
    return decided


def warn_of_fraud(stage: Stage, milestone_id: str) -> JsonObject:
    """Let the client's bank suspect fraud; return the warning as an operator sees it."""
    charge_id = charge_of(stage, milestone_id)
    stage.pages.warn_of_fraud(charge_id)

    def warned() -> JsonObject | None:
        shown = stage.operator.get("/payments/fraud-warnings", limit=100)
        return next((each for each in shown if each["charge_id"] == charge_id), None)

    warning = stage.wait("the operator sees the warning", warned)
    stage.narrator.says("Operator", f"sees a warning of fraud: {warning['fraud_type']}")
    return warning


def turn_to_next_month(stage: Stage) -> None:
    """Let the days go by until this month is over, in Japan."""
    today = day_in_japan(stage.now())
    first = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    days = (first - today).days
    stage.turn_clock(timedelta(days=days))
    stage.narrator.says("clock", f"{days} days go by: {today:%Y-%m} is over")


@contextmanager
def refused(code: str) -> Any:
    """See that what is done inside is refused, with this code."""
    try:
        yield
    except RefusedError as refusal:
        if refusal.code == code:
            return
        raise
    raise StoryBrokenError(f"not refused: {code}")


def _is_divided(agreed: Agreed, milestone_id: str) -> bool:
    money = money_of(agreed, milestone_id)
    made = [each["status"] for each in money["refunds"]]
    return money["in_escrow"]["amount"] == 0 and made == ["confirmed"]


def _source(stage: Stage, reference: str, fact: str) -> str:
    entries = stage.operator.get("/payments/books/entries", reference=reference)["items"]
    return next(str(each["source"]) for each in entries if each["fact"] == fact)
