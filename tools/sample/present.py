"""What goes on in the sample market today: every state that a milestone can be in."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Final

from shared.calendar import day_in_japan
from tools.sample.deals import Deal, agree, agree_by_the_hour, charge_of, hand_over
from tools.sample.market import Market, Story, at_once
from tools.story import money_acts
from tools.story.member import JsonObject, Member
from tools.story.money_acts import yen

MINUTES_A_WEEK: Final = 300


def newsletter(market: Market) -> Iterator[float]:
    """A retainer: its first month is worked and paid, its second goes on."""
    yield 46
    deal = agree_by_the_hour(market, "newsletter")
    deal.pay(0)
    first = _newest(deal)
    yield 20
    started = date.fromisoformat(first["starts_on"])
    for week, note in enumerate(deal.told["notes"]):
        _log(deal, first, started + timedelta(days=2 + 7 * week), note)
    second = market.stage.wait("the next month is there", partial(_after, deal, first))
    deal = deal.with_milestone(second["milestone_id"])
    deal.pay(1)
    yield 13
    deal.wait(0, "delivered")
    deal.accept(0)
    yield 6
    started = date.fromisoformat(second["starts_on"])
    _log(deal, second, started + timedelta(days=2), deal.told["notes"][0])
    yield 2
    deal.talk()
    yield 0
    _log(deal, second, day_in_japan(market.stage.now()), deal.told["notes"][1])


def manual(market: Market) -> Iterator[float]:
    """Half is paid out, the other half is late, and much of it may go back: two must agree."""
    yield 46
    deal = agree(market, "manual", due_in=(28, 44))
    deal.pay(0)
    yield 20
    deal.deliver(0)
    deal.accept(0)
    deal.pay(1)
    yield 0
    much = {"price": yen(deal.told["back"][0]), "reason": deal.told["back"][1]}
    late = deal.agreed.milestone_ids[1]
    market.stage.operator.post(f"/payments/milestones/{late}/refunds", much)


def banner(market: Market) -> Iterator[float]:
    """Changes were asked for."""
    yield 20
    deal = agree(market, "banner", due_in=(25,))
    deal.pay(0)
    yield 6
    deal.deliver(0)
    yield 2
    deal.ask_for_changes(0)


def replies(market: Market) -> Iterator[float]:
    """The dates have moved by some days, and nobody was told why."""
    yield 13
    deal = agree(market, "replies", due_in=(14, 28))
    deal.pay(0, 1)
    yield 2
    deal.assistant.post(f"{deal.path}/date-moves", {"days": 3})
    deal.talk()


def prices(market: Market) -> Iterator[float]:
    """Delivered: the client has to look at it. The card's bank has a doubt about the payment."""
    yield 13
    deal = agree(market, "prices", due_in=(14,))
    deal.pay(0)
    yield 2
    deal.deliver(0)
    yield 0
    market.stage.pages.warn_of_fraud(charge_of(deal, 0))


def posts(market: Market) -> Iterator[float]:
    """Handed over: somebody else goes on with it."""
    yield 33
    deal = agree(market, "posts", due_in=(45,))
    deal.pay(0)
    yield 20
    deal.deliver(0)
    deal.ask_for_changes(0)
    yield 13
    hand_over(deal, 0)


def form(market: Market) -> Iterator[float]:
    """Agreed, and not paid for yet."""
    yield 2
    agree(market, "form", due_in=(16,))


def poster(market: Market) -> Iterator[float]:
    """The client has a voucher, and was not at the store yet."""
    yield 2
    deal = agree(market, "poster", due_in=(20,))
    yield 0
    page = deal.start_payment(0, method="konbini")
    market.stage.pages.submit_konbini(page["url"])
    deal.wait(0, "funding")


def photos(market: Market) -> Iterator[float]:
    """Disputed: both have said their part, and an operator has to decide."""
    yield 20
    deal = agree(market, "photos", due_in=(10,))
    deal.pay(0)
    yield 13
    deal.deliver(0)
    deal.client.post(deal.milestone(0, "/change-requests"), {"comment": deal.told["dispute"]})
    yield 6
    deal.deliver(0)
    yield 2
    deal.dispute()


def catalog(market: Market) -> Iterator[float]:
    """Half is done; the assistant offers to change the terms of the other half."""
    yield 20
    deal = agree(market, "catalog", due_in=(15, 30))
    deal.pay(0)
    yield 6
    deal.deliver(0)
    deal.accept(0)
    yield 2
    change = {
        "milestone_id": deal.agreed.milestone_ids[1],
        "price": yen(deal.told["amended_price"]),
        "due_on": (day_in_japan(market.stage.now()) + timedelta(days=21)).isoformat(),
    }
    offer = {"reason": deal.told["amend"], "milestones": [change]}
    deal.assistant.post(f"{deal.path}/amendments", offer)


def leaflet(market: Market) -> Iterator[float]:
    """Accepted, and then the client's bank took the payment back: it isn't decided yet."""
    yield 20
    deal = agree(market, "leaflet", due_in=(15,))
    deal.pay(0)
    yield 6
    deal.deliver(0)
    deal.accept(0)
    yield 0
    money_acts.charge_back(market.stage, deal.agreed, deal.agreed.milestone_ids[0])


def inboxes(market: Market) -> Iterator[float]:
    """Everybody has read what they were told of until some days ago."""
    yield 6
    at_once(_read, list(market.members.values()))


def _read(member: Member) -> None:
    member.post("/notify/notifications/read", {})


def _newest(deal: Deal) -> JsonObject:
    """Return the newest month of a retainer."""
    newest: JsonObject = deal.client.get(f"{deal.path}/retainer")["periods"][0]
    return newest


def _after(deal: Deal, period: JsonObject) -> JsonObject | None:
    newest = _newest(deal)
    return None if newest["milestone_id"] == period["milestone_id"] else newest


def _log(deal: Deal, period: JsonObject, day: date, note: str) -> None:
    """Log a week's hours on a day."""
    entry = {"day": day.isoformat(), "minutes": MINUTES_A_WEEK, "note": note}
    path = deal.agreed.path(period["milestone_id"], "/hours")
    deal.assistant.post(path, entry)


STORIES: Final[Sequence[Story]] = (
    inboxes,
    newsletter,
    manual,
    banner,
    replies,
    prices,
    posts,
    form,
    poster,
    photos,
    catalog,
    leaflet,
)
