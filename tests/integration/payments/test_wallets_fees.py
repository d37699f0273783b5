"""Fees that a town paid: what of them is given back is in its wallet again, to the yen."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from shared.messages.program_money import SponsorshipAsked, SponsorshipKind
from tests.integration.payments.market import BASE, Market
from tests.integration.payments.sponsors import Town, town_of
from tests.integration.payments.test_refunds import (
    FEE,
    FEE_TAX,
    NET,
    a_released_milestone,
    owed,
    told,
)
from tests.integration.payments.test_wallets_story import amounts, statement, top_up

PAID_IN, PRICE = 100_000, 50_000
PAID_FOR = FEE + FEE_TAX


def release_of(market: Market, milestone: UUID) -> UUID:
    query = "SELECT release_id FROM releases WHERE milestone_id = :milestone"
    return UUID(str(market.row(query, milestone=milestone)[0]))


def kept_of(market: Market, milestone: UUID) -> int:
    """Return what the platform keeps of a milestone's fees, with tax."""
    query = """
        SELECT sum(platform_fee + platform_fee_tax) FROM releases WHERE milestone_id = :milestone
    """
    return int(market.row(query, milestone=milestone)[0])


def committed(town: Town) -> int:
    """Return what counts towards the cap of a person, and so towards that of the wallet."""
    query = """
        SELECT wallets.committed, sum(wallet_people.committed) FROM wallets
        JOIN wallet_people USING (program_id) WHERE program_id = :program GROUP BY 1
    """
    in_all, of_people = town.market.row(query, program=town.program_id)
    assert in_all == of_people
    return int(in_all)


def taken_back(town: Town, sponsorship_id: UUID) -> list[int]:
    """Return what programs was told, in order."""
    found = town.market.rows(
        "SELECT data::jsonb AS said FROM outbox WHERE subject = :id"
        " AND type LIKE '%sponsorship_taken_back%' ORDER BY position",
        id=sponsorship_id,
    )
    return [row.said["taken_back"]["amount"] for row in found]


def fee_of(town: Town, milestone: UUID) -> SponsorshipAsked:
    """Return that the fee of a released milestone is to be paid."""
    release_id = release_of(town.market, milestone)
    return town.asked(PAID_FOR, SponsorshipKind.FEES, release_id)


def paid_fee(market: Market) -> tuple[Town, UUID, UUID]:
    """Return a town, a released milestone of which it paid the fee, and what paid it."""
    town = town_of(market)
    top_up(town, PAID_IN)
    milestone = a_released_milestone(market, PRICE)
    asked = fee_of(town, milestone)
    town.hear(asked)
    town.settle(asked.sponsorship_id)
    assert amounts(town)["paid"] == PAID_FOR
    return town, milestone, asked.sponsorship_id


def kinds(said: Any) -> list[tuple[str, int]]:
    return [(each["kind"], each["amount"]["amount"]) for each in said["lines"]]


def test_a_fee_that_is_given_back_in_parts_goes_back_into_the_wallet_to_the_yen(
    market: Market,
) -> None:
    town, milestone, sponsorship = paid_fee(market)
    assert owed(market) == (NET + PAID_FOR, 0)
    for price in (1, 16_666, 20_000):
        assert market.refund(milestone, price).status_code == 201
        market.settle()
        kept = kept_of(market, milestone)
        seen = amounts(town)
        assert (seen["paid"], seen["available"]) == (kept, PAID_IN - kept)
        assert committed(town) == kept
        market.check_books()
    assert market.refund(milestone, 13_333).status_code == 201
    market.settle()
    assert owed(market) == (0, 0)
    assert amounts(town)["available"] == PAID_IN
    assert committed(town) == 0
    said = statement(town)
    assert said["reconciles"]
    assert said["taken_back"]["amount"] == PAID_FOR
    assert said["paid"]["fees"]["amount"] == PAID_FOR
    lines = kinds(said)[3:]
    assert {kind for kind, _ in lines} == {"taken_back"}
    assert sum(amount for _, amount in lines) == PAID_FOR
    assert {each["sponsorship_id"] for each in said["lines"][1:]} == {str(sponsorship)}
    totals = taken_back(town, sponsorship)
    assert totals == sorted(set(totals))
    assert totals[-1] == PAID_FOR
    refund = market.client.post(f"{BASE}/wallets/{town.program_id}/refund")
    assert refund.status_code == 200, refund.text
    market.settle()
    market.check_books()


def test_what_was_paid_out_of_it_the_assistant_owes(market: Market) -> None:
    town, milestone, _ = paid_fee(market)
    market.become_payee()
    market.pay_out()
    assert market.refund(milestone, PRICE).status_code == 201
    market.settle()
    (said,) = told(market, "refund_made", milestone)
    given = [said[name]["amount"] for name in ("from_assistant", "to_sponsor", "owed")]
    assert given == [NET, PAID_FOR, NET + PAID_FOR]
    assert owed(market) == (0, NET + PAID_FOR)
    assert amounts(town)["available"] == PAID_IN
    market.check_books()
    # The next thing that the town pays them sets it off.
    town.settle(town.ask(10_000, SponsorshipKind.BONUS))
    assert owed(market) == (0, NET + PAID_FOR - 10_000)
    market.check_books()


def test_what_is_asked_for_after_the_fee_was_given_back_is_not_paid(market: Market) -> None:
    town = town_of(market)
    top_up(town, PAID_IN)
    milestone = a_released_milestone(market, PRICE)
    assert market.refund(milestone, PRICE).status_code == 201
    market.settle()
    late = fee_of(town, milestone)
    for attempt in (1, 1, 2):
        town.hear(late.model_copy(update={"attempt": attempt}))
    assert taken_back(town, late.sponsorship_id) == [PAID_FOR]
    assert amounts(town)["available"] == PAID_IN
    assert kinds(statement(town)) == [("topped_up", PAID_IN)]
    market.check_books()


def test_a_fee_that_is_only_set_aside_or_refused_pays_what_is_kept_of_it(market: Market) -> None:
    town = town_of(market)
    milestone = a_released_milestone(market, PRICE)
    asked = fee_of(town, milestone)
    town.hear(asked)
    assert market.refund(milestone, 10_000).status_code == 201
    refused = kept_of(market, milestone)
    assert taken_back(town, asked.sponsorship_id) == [PAID_FOR - refused]
    top_up(town, PAID_IN)
    town.hear(asked.model_copy(update={"attempt": 2}))
    assert amounts(town)["reserved"] == refused
    assert market.refund(milestone, 10_000).status_code == 201
    kept = kept_of(market, milestone)
    assert (amounts(town)["reserved"], committed(town)) == (kept, kept)
    town.settle(asked.sponsorship_id)
    seen = amounts(town)
    assert (seen["reserved"], seen["paid"], seen["available"]) == (0, kept, PAID_IN - kept)
    said = statement(town)
    assert said["reconciles"]
    assert said["taken_back"]["amount"] == 0
    assert [kind for kind, _ in kinds(said)] == ["topped_up", "reserved", "taken_back", "paid"]
    market.settle()
    market.check_books()


def test_a_lost_chargeback_gives_no_fee_back_and_so_takes_none_from_the_town(
    market: Market,
) -> None:
    town, milestone, sponsorship = paid_fee(market)
    charge = market.charge_of(milestone)
    made = market.simulator.control("POST", f"charges/{charge}/dispute")
    market.settle()
    market.simulator.control("POST", f"disputes/{made['id']}/close", outcome="lost")
    market.settle()
    # What the market loses is an expense: its fee stays income, and stays paid.
    assert kept_of(market, milestone) == PAID_FOR
    assert -market.sums()["expense:chargeback_loss"] >= PAID_FOR
    assert amounts(town)["paid"] == PAID_FOR
    assert taken_back(town, sponsorship) == []
    market.check_books()


def test_what_is_free_again_of_a_payment_that_the_towns_bank_took_back_makes_up_for_our_loss(
    market: Market,
) -> None:
    town = town_of(market)
    charge = top_up(town, 30_000)
    milestone = a_released_milestone(market, PRICE)
    fee = fee_of(town, milestone)
    town.hear(fee)
    town.settle(fee.sponsorship_id)
    bonus = town.ask(5_000, SponsorshipKind.BONUS)
    loss = "expense:chargeback_loss"
    before = market.sums().get(loss, 0)
    made = market.simulator.control("POST", f"charges/{charge}/dispute")
    market.settle()
    market.simulator.control("POST", f"disputes/{made['id']}/close", outcome="lost")
    market.settle()
    assert before - market.sums()[loss] == PAID_FOR + 5_000
    town.drop(bonus)
    assert before - market.sums()[loss] == PAID_FOR
    assert market.refund(milestone, PRICE).status_code == 201
    market.settle()
    assert market.sums().get(loss, 0) == before
    seen = amounts(town)
    assert (seen["given_back"], seen["available"], seen["paid"]) == (30_000, 0, 0)
    assert statement(town)["reconciles"]
    # What comes in later is the town's, and goes back by its own charge.
    top_up(town, 10_000)
    refund = market.client.post(f"{BASE}/wallets/{town.program_id}/refund")
    assert refund.status_code == 200, refund.text
    market.settle()
    assert (amounts(town)["given_back"], amounts(town)["available"]) == (40_000, 0)
    market.check_books()


@pytest.mark.parametrize("seed", range(3))
def test_whichever_comes_first_the_wallet_pays_what_is_kept(market: Market, seed: int) -> None:
    town = town_of(market)
    top_up(town, PAID_IN)
    milestone = a_released_milestone(market, PRICE)
    asked = fee_of(town, milestone)
    steps = [
        lambda: market.refund(milestone, 12_345),
        lambda: market.refund(milestone, 7_654),
        lambda: town.hear(asked),
        lambda: town.hear(asked),
    ]
    random.Random(seed).shuffle(steps)  # noqa: S311  (an order to be tried)
    with ThreadPoolExecutor(len(steps)) as others:
        list(others.map(lambda step: step(), steps))
    town.settle(asked.sponsorship_id)
    market.settle()
    kept = kept_of(market, milestone)
    assert kept < PAID_FOR
    seen = amounts(town)
    assert (seen["paid"], seen["reserved"], seen["available"]) == (kept, 0, PAID_IN - kept)
    assert committed(town) == kept
    assert statement(town)["reconciles"]
    market.check_books()
