"""Money that becomes the assistant's: accepted milestones, parts of them, bonuses, awards."""

from typing import Any
from uuid import UUID

import pytest

from shared.errors import DomainError, Rejected, Transient
from shared.ids import new_id
from shared.messages.jobs import Category, Mode
from tests.integration.payments.market import Market

PARTS = ("gross", "net", "platform_fee", "platform_fee_tax", "withholding")


def amounts(release: Any, *names: str) -> list[int]:
    return [release[name]["amount"] for name in names]


def released(market: Market, milestone: UUID) -> list[Any]:
    found: list[Any] = market.money(milestone)["releases"]
    return found


def total(market: Market, *milestones: UUID) -> dict[str, int]:
    """Return what all releases of these milestones come to."""
    releases = [each for milestone in milestones for each in released(market, milestone)]
    return {name: sum(each[name]["amount"] for each in releases) for name in ("price", *PARTS)}


def journal(market: Market) -> list[Any]:
    return market.rows("SELECT * FROM journal_lines ORDER BY entry_id, line")


# Price, kind of work and mode; then what all parts together come to: gross, net, fee, tax on the
# fee, and what the platform withholds.
WHOLES = [
    (50_000, Category.WRITING, Mode.BROKERED, (49_895, 37_795, 11_000, 1_100, 0)),
    (50_000, Category.WRITING, Mode.PRINCIPAL, (55_000, 37_795, 11_000, 1_100, 5_105)),
    (50_000, Category.RESEARCH, Mode.BROKERED, (55_000, 42_900, 11_000, 1_100, 0)),
    (50_000, Category.RESEARCH, Mode.PRINCIPAL, (55_000, 42_900, 11_000, 1_100, 0)),
    # Odd prices leave something to be rounded at each part.
    (33_337, Category.DESIGN, Mode.BROKERED, (33_267, 25_200, 7_334, 733, 0)),
    (
        1_200_001,
        Category.TRANSLATION,
        Mode.PRINCIPAL,
        (1_320_001, 1_082_461, 86_000, 8_600, 142_940),
    ),
]


@pytest.mark.parametrize(("price", "category", "mode", "whole"), WHOLES)
def test_a_milestone_is_divided_to_the_yen(
    market: Market, price: int, category: Category, mode: Mode, whole: tuple[int, ...]
) -> None:
    (milestone,) = market.agree(price, category=category, mode=mode)
    market.pay(milestone)
    market.accept(milestone)
    (release,) = released(market, milestone)
    assert tuple(amounts(release, *PARTS)) == whole
    assert market.balance("liability:assistant_payable", market.assistant.person_id) == whole[1]


@pytest.mark.parametrize(("price", "category", "mode", "whole"), WHOLES)
def test_parts_add_up_to_the_yen(
    market: Market, price: int, category: Category, mode: Mode, whole: tuple[int, ...]
) -> None:
    (milestone,) = market.agree(price, category=category, mode=mode)
    market.pay(milestone)
    for part in (1, price // 3, 7):
        market.contracts.accept_part(milestone, part)
    left = market.money(milestone)["left"]["amount"]
    assert left == price - 1 - price // 3 - 7
    assert market.money(milestone)["status"] == "funded"
    market.accept(milestone)
    money = market.money(milestone)
    assert (money["status"], money["left"]["amount"]) == ("released", 0)
    assert len(money["releases"]) == 4
    found = total(market, milestone)
    # Of the gross, the fee and what is withheld no yen is lost; the tax on the fee is rounded down
    # in each part.
    assert [found[name] for name in ("gross", "platform_fee", "withholding")] == [
        whole[0],
        whole[2],
        whole[4],
    ]
    assert whole[3] - 3 <= found["platform_fee_tax"] <= whole[3]
    assert sum(found[name] for name in PARTS[1:]) == found["gross"]


def test_a_part_that_is_told_twice_is_released_once(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    acceptance = new_id()
    for _ in range(2):
        market.contracts.accept_part(milestone, 20_000, acceptance)
    assert len(released(market, milestone)) == 1
    assert market.told().count("escrow_released") == 1
    assert market.money(milestone)["left"]["amount"] == 30_000


def test_a_part_larger_than_what_is_left_is_refused_and_nothing_moves(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.contracts.accept_part(milestone, 20_000)
    before = journal(market)
    with pytest.raises(Rejected, match="price_not_within"):
        market.contracts.accept_part(milestone, 30_001)
    assert journal(market) == before
    assert market.money(milestone)["left"]["amount"] == 30_000


def test_the_fee_is_marginal_over_the_milestones_of_a_contract(market: Market) -> None:
    milestones = market.agree(50_000, 60_000, 170_000)
    market.pay(*milestones)
    market.accept(*milestones)
    fees = [amounts(released(market, each)[0], "platform_fee")[0] for each in milestones]
    # With tax 55,000, 66,000 and 187,000: 20 % up to 100,000, 10 % up to 200,000, then 5 %.
    assert fees == [11_000, 9_000 + 2_100, 7_900 + 5_400]
    assert sum(fees) == 20_000 + 10_000 + 5_400


def test_the_fee_of_another_contract_begins_anew(market: Market) -> None:
    (first,), (second,) = market.agree(150_000), market.agree(150_000)
    market.pay(first, second)
    market.accept(first, second)
    fees = [amounts(released(market, each)[0], "platform_fee") for each in (first, second)]
    assert fees == [[26_500], [26_500]]


def test_accepted_twice_or_together_is_released_once(market: Market) -> None:
    milestones = market.agree(50_000, 60_000, 70_000)
    market.pay(*milestones)
    market.accept(*milestones)
    market.accept(milestones[0])
    market.accept(*milestones)
    assert market.told().count("escrow_released") == 3
    assert [len(released(market, each)) for each in milestones] == [1, 1, 1]


def test_what_is_accepted_before_the_money_is_known_waits_for_it(market: Market) -> None:
    first, second = market.agree(50_000, 60_000)
    market.pay(first)
    with pytest.raises(Transient, match="step_not_possible_yet"):
        market.accept(first, second)
    # All of one message, or nothing of it.
    assert market.money(first)["status"] == "funded"
    market.pay(second)
    market.accept(first, second)
    assert market.told().count("escrow_released") == 2


def test_a_bonus_is_paid_like_any_milestone_and_its_fee_is_marginal(market: Market) -> None:
    (milestone,) = market.agree(90_000)
    market.pay(milestone)
    market.accept(milestone)
    bonus = market.contracts.add(milestone, 10_000)
    market.pay(bonus)
    market.accept(bonus)
    (release,) = released(market, bonus)
    # 11,000 above 99,000: 1,000 at 20 %, and 10,000 at 10 %.
    assert amounts(release, "platform_fee", "platform_fee_tax") == [1_200, 120]


def test_a_bonus_of_an_unknown_contract_waits_until_it_is_told(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    unknown = market.contracts
    unknown.of_milestone[new_id()] = contract = new_id()
    elsewhere = next(key for key, each in unknown.of_milestone.items() if each == contract)
    with pytest.raises(Transient, match="contract_not_known_yet"):
        unknown.add(elsewhere, 10_000)
    assert market.money(milestone)["status"] == "unfunded"


def raise_rates(market: Market) -> None:
    """Let other taxes and fees come into force today."""
    today = market.today.isoformat()
    for statement in (
        "INSERT INTO consumption_tax_rates VALUES (:day, 1200)",
        "INSERT INTO platform_fee_tiers VALUES (:day, 0, 3000), (:day, 100000, 1000)",
        "INSERT INTO withholding_tiers VALUES (:day, 0, 2000), (:day, 1000000, 3000)",
    ):
        market.rows(f"{statement} RETURNING 1", day=today)


def test_who_agreed_before_rates_changed_keeps_the_old_ones(own_market: Market) -> None:
    market = own_market
    (old,) = market.agree(50_000)
    market.turn(days=1)
    raise_rates(market)
    (new,) = market.agree(50_000)
    assert amounts(market.money(old), "tax", "withholding", "funded") == [5_000, 5_105, 49_895]
    assert amounts(market.money(new), "tax", "withholding", "funded") == [6_000, 10_000, 46_000]
    market.pay(old, new)
    market.contracts.accept_part(old, 20_000)
    market.accept(old, new)
    assert total(market, old)["platform_fee"] == 11_000
    assert total(market, old)["platform_fee_tax"] == 1_100
    # 30 % of 56,000, and 12 % of that.
    assert amounts(released(market, new)[0], "platform_fee", "platform_fee_tax") == [16_800, 2_016]
    market.check_books()


def test_a_bonus_has_the_rates_of_the_day_it_was_added_on(own_market: Market) -> None:
    market = own_market
    (old,) = market.agree(50_000)
    market.turn(days=1)
    raise_rates(market)
    bonus = market.contracts.add(old, 10_000)
    assert amounts(market.money(bonus), "tax", "withholding", "funded") == [1_200, 2_000, 9_200]
    market.pay(old, bonus)
    market.accept(old)
    market.accept(bonus)
    assert total(market, old)["platform_fee"] == 11_000
    # 30 % of what is above 55,000, as long as that is below 100,000.
    assert total(market, bonus)["platform_fee"] == 11_200 * 3 // 10
    market.check_books()


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("to_assistant", [0, 1, 12_345, 49_999, 50_000])
def test_an_award_divides_what_is_left_between_the_two(
    market: Market, mode: Mode, to_assistant: int
) -> None:
    (milestone,) = market.agree(50_000, mode=mode)
    market.pay(milestone)
    funded = market.money(milestone)["funded"]["amount"]
    dispute = new_id()
    for _ in range(2):
        market.contracts.resolve(milestone, to_assistant, 50_000 - to_assistant, dispute)
    market.settle()
    money = market.money(milestone)
    gross = sum(each["gross"]["amount"] for each in money["releases"])
    back = sum(each["amount"]["amount"] for each in money["refunds"])
    assert gross + back == funded
    assert [each["price"]["amount"] for each in money["releases"]] == [to_assistant] * bool(
        to_assistant
    )
    assert money["status"] == ("released" if to_assistant == 50_000 else "refunded")
    assert money["in_escrow"]["amount"] == 0
    assert market.told().count("escrow_released") == bool(to_assistant)
    assert market.told().count("milestone_refunded") == (to_assistant < 50_000)


def test_an_award_divides_what_parts_have_left(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.contracts.accept_part(milestone, 20_000)
    market.contracts.resolve(milestone, 10_000, 20_000)
    market.settle()
    money = market.money(milestone)
    assert [each["price"]["amount"] for each in money["releases"]] == [20_000, 10_000]
    assert (money["status"], money["left"]["amount"]) == ("refunded", 0)


@pytest.mark.parametrize(
    ("to_assistant", "to_client", "code"),
    [
        # Less than is left: a lower price may be on its way here.
        (0, 0, "price_change_not_known_yet"),
        (20_000, 29_999, "price_change_not_known_yet"),
        (50_000, 1, "split_does_not_add_up"),
    ],
)
def test_an_award_that_does_not_add_up_is_refused_and_nothing_moves(
    market: Market, to_assistant: int, to_client: int, code: str
) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    before = journal(market)
    with pytest.raises(DomainError, match=code):
        market.contracts.resolve(milestone, to_assistant, to_client)
    assert journal(market) == before
    assert market.money(milestone)["status"] == "funded"
    assert market.money(milestone)["left"]["amount"] == 50_000


def test_what_ended_is_not_released_any_more(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.end(milestone)
    market.end(milestone)
    market.settle()
    with pytest.raises(Rejected, match="step_not_possible"):
        market.accept(milestone)
    assert market.money(milestone)["status"] == "refunded"
    assert len(market.money(milestone)["refunds"]) == 1
