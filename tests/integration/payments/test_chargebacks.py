"""Clients' banks take payments back: frozen, answered, won or lost."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.integration.payments.market import BASE, Market

# What a price of 50,000 comes to: paid by the client, and the assistant's net of it.
COST, NET = 49_895, 37_795
FEE_OF_A_DISPUTE = 1_500
PAYABLE, RECEIVABLE = "liability:assistant_payable", "asset:assistant_receivable"


def a_funded_milestone(market: Market, price: int = 50_000) -> UUID:
    (milestone,) = market.agree(price)
    market.pay(milestone)
    return milestone


def dispute(market: Market, milestone: UUID, **how: Any) -> str:
    """Let the client's bank take the payment of a milestone back; return the dispute's name."""
    charge = market.charge_of(milestone)
    made = market.simulator.control("POST", f"charges/{charge}/dispute", **how)
    market.settle()
    return str(made["id"])


def decide(market: Market, dispute_id: str, outcome: str) -> None:
    market.simulator.control("POST", f"disputes/{dispute_id}/close", outcome=outcome)
    market.settle()


def seen(market: Market, dispute_id: str) -> Any:
    """Return a chargeback as operators see it."""
    found = market.operator.get(f"{BASE}/chargebacks", params={"limit": 50}).json()["items"]
    (one,) = (each for each in found if each["dispute_id"] == dispute_id)
    return one


def owed(market: Market) -> tuple[int, int]:
    """Return what is owed to the assistant, and by them."""
    person = market.assistant.person_id
    return market.balance(PAYABLE, person), -market.balance(RECEIVABLE, person)


def change_in(market: Market, happens: Callable[[], object]) -> dict[str, int]:
    """Return by how much accounts changed, each on its credit side."""
    before = market.sums()
    happens()
    after = market.sums()
    names = before.keys() | after.keys()
    changes = {name: after.get(name, 0) - before.get(name, 0) for name in names}
    return {name: each for name, each in changes.items() if each}


def borne_by(market: Market, who: str) -> None:
    """Let another policy be in force from today on."""
    market.row(
        "INSERT INTO chargeback_policies VALUES (:day, :who)"
        " ON CONFLICT (valid_from) DO UPDATE SET borne_by = EXCLUDED.borne_by RETURNING 1",
        day=market.today,
        who=who,
    )


def test_a_chargeback_freezes_the_money_of_its_milestones_only(market: Market) -> None:
    market.become_payee()
    disputed, other = a_funded_milestone(market), a_funded_milestone(market, 20_000)
    market.accept(disputed, other)
    changes = change_in(market, lambda: dispute(market, disputed))
    assert changes == {
        "asset:dispute_receivable": -COST,
        "expense:dispute_fee": -FEE_OF_A_DISPUTE,
        "asset:processor_balance": COST + FEE_OF_A_DISPUTE,
    }
    assert market.money(disputed)["frozen"]
    assert not market.money(other)["frozen"]
    payable = market.payable()
    assert payable["frozen"]["amount"] == NET
    assert "chargeback_opened" in market.told()
    # What isn't disputed is paid.
    payout = market.pay_out()
    assert payout["gross"]["amount"] == payable["payable"]["amount"] - NET
    assert payout["status"] == "paid"
    answer = market.ask_for_payout()
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_payable")


def test_frozen_money_is_not_paid_on_a_payday(market: Market) -> None:
    market.become_payee()
    milestone = a_funded_milestone(market)
    market.accept(milestone)
    dispute_id = dispute(market, milestone)
    market.turn(days=50)
    market.look_at_paydays()
    assert market.payouts() == []
    decide(market, dispute_id, "won")
    market.look_at_paydays()
    assert [each["status"] for each in market.payouts()] == ["paid"]


def test_evidence_is_gathered_and_submitted_by_itself(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.contracts.deliver(milestone)
    market.contracts.accept_part(milestone, 20_000)
    market.accept(milestone)
    dispute_id = dispute(market, milestone)
    found: Any = market.gateway.api.client.v1.disputes.retrieve(dispute_id)
    assert found.status == "under_review"
    assert found.evidence_details.submission_count == 1
    evidence = found.evidence
    assert evidence.customer_email_address == f"{market.client.person_id}@example.jp"
    assert "A text of 2,000 characters." in evidence.product_description
    assert "ab" * 32 in evidence.product_description
    for said in ("delivered", "guide.pdf", "accepted in part by the client", "accepted by"):
        assert said in evidence.uncategorized_text
    assert evidence.service_date == market.today.isoformat()
    chargeback = seen(market, dispute_id)
    assert chargeback["status"] == "open"
    assert chargeback["milestone_ids"] == [str(milestone)]
    assert chargeback["evidence"]["service_date"] == evidence.service_date
    assert chargeback["answer_until"]


def test_won_before_the_release_all_goes_on(market: Market) -> None:
    market.become_payee()
    milestone = a_funded_milestone(market)
    dispute_id = dispute(market, milestone)
    changes = change_in(market, lambda: decide(market, dispute_id, "won"))
    assert changes == {"asset:dispute_receivable": COST, "asset:processor_balance": -COST}
    assert (market.money(milestone)["status"], market.money(milestone)["frozen"]) == (
        "funded",
        False,
    )
    assert seen(market, dispute_id)["status"] == "won"
    market.accept(milestone)
    assert market.pay_out()["gross"]["amount"] == NET


def test_lost_before_the_release_the_escrow_is_gone(market: Market) -> None:
    milestone = a_funded_milestone(market)
    dispute_id = dispute(market, milestone)
    changes = change_in(market, lambda: decide(market, dispute_id, "lost"))
    assert changes == {"asset:dispute_receivable": COST, "liability:escrow": -COST}
    money = market.money(milestone)
    assert (money["status"], money["in_escrow"]["amount"]) == ("charged_back", 0)
    assert seen(market, dispute_id)["closed_at"]
    assert market.told()[-2:] == ["chargeback_closed", "milestone_charged_back"]
    # What contracts says after that changes nothing any more.
    market.accept(milestone)
    market.end(milestone)
    assert market.money(milestone)["status"] == "charged_back"


def test_won_after_the_release_the_assistant_is_paid(market: Market) -> None:
    market.become_payee()
    milestone = a_funded_milestone(market)
    market.accept(milestone)
    dispute_id = dispute(market, milestone)
    decide(market, dispute_id, "won")
    assert owed(market) == (NET, 0)
    assert market.pay_out()["gross"]["amount"] == NET


def test_lost_after_the_release_the_platform_bears_it_by_its_policy(market: Market) -> None:
    milestone = a_funded_milestone(market)
    market.accept(milestone)
    borne_by(market, "platform")
    dispute_id = dispute(market, milestone)
    changes = change_in(market, lambda: decide(market, dispute_id, "lost"))
    assert changes == {"asset:dispute_receivable": COST, "expense:chargeback_loss": -COST}
    assert owed(market) == (NET, 0)


def test_lost_after_the_release_the_assistant_bears_their_net_by_that_policy(
    market: Market,
) -> None:
    milestone = a_funded_milestone(market)
    market.accept(milestone)
    borne_by(market, "assistant")
    dispute_id = dispute(market, milestone)
    changes = change_in(market, lambda: decide(market, dispute_id, "lost"))
    assert changes == {
        "asset:dispute_receivable": COST,
        PAYABLE: -NET,
        # The fee and its tax are ours, and so is their loss.
        "expense:chargeback_loss": -(COST - NET),
    }
    assert owed(market) == (0, 0)


@pytest.mark.parametrize("policy", ["platform", "assistant"])
def test_lost_after_the_payout_the_assistant_owes_what_the_policy_says(
    market: Market, policy: str
) -> None:
    market.become_payee()
    milestone, _ = a_funded_milestone(market), a_funded_milestone(market)
    market.accept(milestone)
    # Without the other one the processor waits: chargebacks have taken much of the balance.
    assert market.pay_out()["status"] == "paid"
    borne_by(market, policy)
    dispute_id = dispute(market, milestone)
    changes = change_in(market, lambda: decide(market, dispute_id, "lost"))
    if policy == "platform":
        assert changes == {"asset:dispute_receivable": COST, "expense:chargeback_loss": -COST}
        assert owed(market) == (0, 0)
    else:
        assert changes == {
            "asset:dispute_receivable": COST,
            RECEIVABLE: -NET,
            "expense:chargeback_loss": -(COST - NET),
        }
        assert owed(market) == (0, NET)


def test_the_policy_of_the_day_of_the_decision_holds(market: Market) -> None:
    milestone = a_funded_milestone(market)
    market.accept(milestone)
    borne_by(market, "assistant")
    dispute_id = dispute(market, milestone)
    market.turn(days=1)
    borne_by(market, "platform")
    decide(market, dispute_id, "lost")
    assert owed(market) == (NET, 0)


def test_a_partial_chargeback_that_is_lost_leaves_the_rest_as_credit(market: Market) -> None:
    milestone = a_funded_milestone(market)
    dispute_id = dispute(market, milestone, amount=20_000)
    assert seen(market, dispute_id)["amount"]["amount"] == 20_000
    decide(market, dispute_id, "lost")
    assert market.money(milestone)["status"] == "charged_back"
    assert market.money(milestone)["in_escrow"]["amount"] == 0
    assert market.credit() == COST - 20_000
    assert "credit_granted" in market.told()


def test_a_partial_chargeback_that_is_won_leaves_all_as_it_was(market: Market) -> None:
    milestone = a_funded_milestone(market)
    dispute_id = dispute(market, milestone, amount=20_000)
    decide(market, dispute_id, "won")
    market.accept(milestone)
    assert owed(market) == (NET, 0)
    assert market.credit() == 0


def test_a_partial_chargeback_of_a_partly_released_milestone_takes_the_escrow_first(
    market: Market,
) -> None:
    borne_by(market, "assistant")
    milestone = a_funded_milestone(market)
    market.contracts.accept_part(milestone, 20_000)
    held = market.money(milestone)["in_escrow"]["amount"]
    released = owed(market)[0]
    dispute_id = dispute(market, milestone, amount=held + 1_000)
    decide(market, dispute_id, "lost")
    assert market.money(milestone)["status"] == "charged_back"
    assert owed(market) == (released - 1_000, 0)


def test_a_chargeback_of_several_milestones_takes_each_ones_share(market: Market) -> None:
    borne_by(market, "platform")
    released, held = market.agree(50_000, 30_000)
    market.pay(released, held)
    market.accept(released)
    dispute_id = dispute(market, released)
    assert [market.money(each)["frozen"] for each in (released, held)] == [True, True]
    assert sorted(seen(market, dispute_id)["milestone_ids"]) == sorted(map(str, (released, held)))
    changes = change_in(market, lambda: decide(market, dispute_id, "lost"))
    assert changes == {
        "asset:dispute_receivable": 49_895 + 29_937,
        "liability:escrow": -29_937,
        "expense:chargeback_loss": -49_895,
    }
    assert market.money(held)["status"] == "charged_back"


def test_an_ending_during_a_chargeback_waits_for_the_decision(market: Market) -> None:
    milestone = a_funded_milestone(market)
    dispute_id = dispute(market, milestone)
    market.end(milestone)
    market.settle()
    assert market.money(milestone)["status"] == "refunding"
    assert market.money(milestone)["refunds"] == []
    assert market.money(milestone)["in_escrow"]["amount"] == COST
    decide(market, dispute_id, "won")
    assert market.money(milestone)["status"] == "refunded"
    (refund,) = market.money(milestone)["refunds"]
    assert (refund["amount"]["amount"], refund["status"]) == (COST, "confirmed")


def test_an_ending_during_a_chargeback_that_is_lost_gives_nothing_back_twice(
    market: Market,
) -> None:
    milestone = a_funded_milestone(market)
    dispute_id = dispute(market, milestone)
    market.end(milestone)
    decide(market, dispute_id, "lost")
    assert market.money(milestone)["status"] == "charged_back"
    assert market.money(milestone)["refunds"] == []
    assert market.credit() == 0


@pytest.mark.parametrize(("outcome", "status"), [("won", "refunded"), ("lost", "charged_back")])
def test_the_clients_part_of_an_award_waits_for_the_decision(
    market: Market, outcome: str, status: str
) -> None:
    borne_by(market, "platform")
    milestone = a_funded_milestone(market)
    dispute_id = dispute(market, milestone)
    market.contracts.resolve(milestone, 30_000, 20_000)
    market.settle()
    money = market.money(milestone)
    assert [each["price"]["amount"] for each in money["releases"]] == [30_000]
    assert (money["status"], money["refunds"]) == ("refunding", [])
    assert market.payable()["frozen"]["amount"] == owed(market)[0] == 22_677
    decide(market, dispute_id, outcome)
    assert market.money(milestone)["status"] == status
    assert len(market.money(milestone)["refunds"]) == (outcome == "won")
    assert market.payable()["frozen"]["amount"] == 0


def test_a_refund_that_was_asked_for_before_is_overtaken(market: Market) -> None:
    milestone = a_funded_milestone(market)
    market.end(milestone)
    # The bank is faster than our call: the processor refuses the refund from now on.
    charge = market.charge_of(milestone)
    made = market.simulator.control("POST", f"charges/{charge}/dispute")
    market.settle()
    assert market.money(milestone)["status"] == "refunding"
    decide(market, made["id"], "lost")
    (refund,) = market.money(milestone)["refunds"]
    assert refund["status"] == "overtaken"
    assert market.balance("liability:refunds_payable", refund["refund_id"]) == 0
    call = market.row(
        "SELECT status, answer FROM operations WHERE subject = :refund", refund=refund["refund_id"]
    )
    assert (call.status, call.answer["code"]) == ("declined", "charged_back")


def test_a_refund_that_the_dispute_kept_waiting_is_made_once_it_is_won(market: Market) -> None:
    milestone = a_funded_milestone(market)
    market.end(milestone)
    charge = market.charge_of(milestone)
    made = market.simulator.control("POST", f"charges/{charge}/dispute")
    market.settle()
    decide(market, made["id"], "won")
    market.turn(minutes=11)
    market.settle()
    assert market.money(milestone)["status"] == "refunded"


def test_an_inquiry_moves_nothing_and_freezes_nothing(market: Market) -> None:
    market.become_payee()
    milestone = a_funded_milestone(market)
    market.accept(milestone)
    found: list[str] = []
    changes = change_in(market, lambda: found.append(dispute(market, milestone, inquiry=True)))
    assert changes == {}
    assert seen(market, found[0])["status"] == "inquiry"
    assert not market.money(milestone)["frozen"]
    assert "chargeback_opened" not in market.told()
    assert market.pay_out()["gross"]["amount"] == NET
    market.simulator.control("POST", f"disputes/{found[0]}/close")
    market.settle()
    assert seen(market, found[0])["status"] == "inquiry"


def test_an_inquiry_that_becomes_a_chargeback_freezes_from_then_on(market: Market) -> None:
    milestone = a_funded_milestone(market)
    market.accept(milestone)
    dispute_id = dispute(market, milestone, inquiry=True)
    market.simulator.control("POST", f"disputes/{dispute_id}/escalate")
    market.settle()
    assert seen(market, dispute_id)["status"] == "open"
    assert seen(market, dispute_id)["fee"]["amount"] == FEE_OF_A_DISPUTE
    assert market.money(milestone)["frozen"]
    decide(market, dispute_id, "won")
    assert not market.money(milestone)["frozen"]


def test_a_chargeback_that_nobody_answered_is_lost_when_its_time_is_over(market: Market) -> None:
    borne_by(market, "platform")
    milestone = a_funded_milestone(market)
    # Nothing is known that could be told.
    market.rows("DELETE FROM contract_facts RETURNING 1")
    market.rows("DELETE FROM people WHERE person_id = :client RETURNING 1")
    dispute_id = dispute(market, milestone)
    assert seen(market, dispute_id)["evidence"] is None
    market.turn(days=9, minutes=1)
    market.settle()
    assert seen(market, dispute_id)["status"] == "lost"


def test_a_warning_of_fraud_moves_nothing_and_is_shown_to_operators_only(market: Market) -> None:
    milestone = a_funded_milestone(market)
    charge = market.charge_of(milestone)

    def warn() -> None:
        market.simulator.control("POST", f"charges/{charge}/fraud_warning")
        market.settle()

    assert change_in(market, warn) == {}
    found = market.operator.get(f"{BASE}/fraud-warnings").json()
    (warning,) = (each for each in found if each["charge_id"] == charge)
    assert warning["milestone_ids"] == [str(milestone)]
    assert (warning["actionable"], warning["fraud_type"]) == (True, "made_with_stolen_card")
    assert not market.money(milestone)["frozen"]
    for path in ("fraud-warnings", "chargebacks"):
        for person in (market.client, market.assistant):
            answer = person.get(f"{BASE}/{path}")
            assert (answer.status_code, answer.json()["code"]) == (403, "role_required")


def test_a_partial_chargeback_of_two_milestones_takes_one_and_leaves_the_other(
    market: Market,
) -> None:
    first, second = market.agree(50_000, 30_000)
    market.pay(first, second)
    dispute_id = dispute(market, first, amount=20_000)
    decide(market, dispute_id, "lost")
    # One of them bore it all, and what is left of that one is credit.
    statuses = [market.money(each)["status"] for each in (first, second)]
    assert sorted(statuses) == ["charged_back", "funded"]
    lost = market.money(first if statuses[0] == "charged_back" else second)
    assert market.credit() == lost["funded"]["amount"] - 20_000
