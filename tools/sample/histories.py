"""Work of the sample market that is over: released, paid out, rated, ended, divided."""

from collections.abc import Iterator, Sequence
from typing import Final

from tools.sample.cast import read
from tools.sample.deals import Deal, agree, bonus, payout, posted, take
from tools.sample.market import Market, Story
from tools.story import money_acts
from tools.story.money_acts import yen

BANK: Final = "ゆうちょ"


def goods(market: Market) -> Iterator[float]:
    """Two milestones, one after the other; the first money that Misaki earns here."""
    yield 150
    deal = agree(market, "goods", due_in=(18, 32))
    deal.pay(0, 1)
    deal.talk()
    yield 135
    _done(deal, 0)
    payout(market, deal.assistant)
    yield 120
    _done(deal, 1)
    deal.rate()
    payout(market, deal.assistant)


def stock(market: Market) -> Iterator[float]:
    """Paid by bank transfer, each part when its work begins."""
    yield 135
    deal = agree(market, "stock", due_in=(16, 31))
    deal.pay(0, method="bank_transfer")
    yield 120
    _done(deal, 0)
    deal.pay(1)
    yield 105
    _done(deal, 1)
    deal.rate()
    payout(market, deal.assistant)


def orders(market: Market) -> Iterator[float]:
    """Nobody reviews, so that silence accepts; and the bank sends the money back once."""
    yield 120
    deal = agree(market, "orders", due_in=(16,))
    deal.pay(0, method="konbini")
    yield 105
    deal.deliver(0)
    yield 90
    deal.wait(0, "released")
    deal.rate()
    paid = payout(market, deal.assistant)
    money_acts.return_payout(market.stage, deal.assistant, paid)
    money_acts.correct_bank_account(market.stage, deal.assistant, BANK)
    payout(market, deal.assistant)


def course(market: Market) -> Iterator[float]:
    """The platform stands between the two; a change is asked for, and made."""
    yield 105
    deal = agree(market, "course", due_in=(16, 31))
    deal.pay(0, 1)
    yield 90
    deal.deliver(0)
    deal.ask_for_changes(0)
    _done(deal, 0)
    payout(market, deal.assistant)
    yield 75
    _done(deal, 1)
    deal.rate()
    payout(market, deal.assistant)


def column(market: Market) -> Iterator[float]:
    """A bonus at the end."""
    yield 75
    deal = agree(market, "column", due_in=(16, 30))
    deal.pay(0, 1)
    yield 60
    _done(deal, 0)
    payout(market, deal.assistant)
    yield 46
    _done(deal, 1)
    bonus(deal)
    deal.rate()
    payout(market, deal.assistant)


def brochure(market: Market) -> Iterator[float]:
    """The second half is disputed, and an operator divides its price."""
    yield 60
    deal = agree(market, "brochure", due_in=(15, 15))
    deal.pay(0, 1)
    yield 46
    _done(deal, 0)
    deal.deliver(1)
    path = deal.dispute()
    award = {"to_assistant": yen(deal.told["award"]), "reason": deal.told["decision"]}
    market.stage.operator.post(f"{path}/decision", award)
    deal.wait(1, "resolved")
    payout(market, deal.assistant)


def menu(market: Market) -> Iterator[float]:
    """Both agree that it ends; the client has all money back."""
    yield 90
    deal = agree(market, "menu", due_in=(20,))
    deal.pay(0)
    yield 75
    reason = {"reason": "店の改装が決まり、作る時期を見直します。"}
    deal.client.post(deal.milestone(0, "/ending"), reason)
    deal.assistant.post(deal.milestone(0, "/ending/agreement"))
    deal.wait(0, "refunded")


def survey(market: Market) -> Iterator[float]:
    """One milestone, done in time."""
    yield 60
    deal = agree(market, "survey", due_in=(15,))
    deal.pay(0)
    yield 46
    _done(deal, 0)
    deal.rate()
    payout(market, deal.assistant)


def first_job(market: Market) -> Iterator[float]:
    """A beginner takes a small task, does it well, and takes another one."""
    yield 46
    told = read("work")["transcripts"]
    deal = take(market, told, posted(market, told))
    deal.pay(0)
    yield 33
    _done(deal, 0)
    deal.rate()
    payout(market, deal.assistant)
    yield 6
    again = {**told, "title": told["next_title"]}
    take(market, again, posted(market, again)).pay(0)


def _done(deal: Deal, number: int) -> None:
    """Deliver a milestone and have it accepted."""
    deal.deliver(number)
    deal.accept(number)


STORIES: Final[Sequence[Story]] = (
    goods,
    stock,
    orders,
    course,
    column,
    brochure,
    menu,
    survey,
    first_job,
)
