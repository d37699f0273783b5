"""Lists with cursors and filters, expansion, and the way of a connected account."""

from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import stripe

from tests.support.stripe_process import RunningSimulator
from tests.support.stripe_steps import new_account, new_session, onboarded, onboarding_link, paid

CAPABILITY = "v2.core.account[configuration.recipient].capability_status_updated"


def transfers_status(simulator: RunningSimulator, account: str) -> str:
    found = simulator.client.v2.core.accounts.retrieve(
        account, {"include": ["configuration.recipient"]}
    )
    assert found.configuration is not None
    assert found.configuration.recipient is not None
    assert found.configuration.recipient.capabilities is not None
    balance = found.configuration.recipient.capabilities.stripe_balance
    assert balance is not None
    assert balance.stripe_transfers is not None
    return balance.stripe_transfers.status


def test_pages_follow_each_other_without_gaps_or_repeats(simulator: RunningSimulator) -> None:
    customers = simulator.client.v1.customers
    made = [customers.create({"email": "pages@example.jp"}).id for _ in range(7)]
    listed = customers.list({"email": "pages@example.jp", "limit": 3})
    assert [each.id for each in listed.data] == made[:3:-1]
    assert listed.has_more
    assert [each.id for each in listed.auto_paging_iter()] == made[::-1]


def test_a_page_can_be_asked_for_backwards(simulator: RunningSimulator) -> None:
    customers = simulator.client.v1.customers
    made = [customers.create({"email": "back@example.jp"}).id for _ in range(5)]
    page = customers.list({"email": "back@example.jp", "limit": 2, "ending_before": made[1]})
    assert [each.id for each in page.data] == [made[3], made[2]]
    assert page.has_more


def test_lists_can_be_bounded_by_time(simulator: RunningSimulator) -> None:
    customers = simulator.client.v1.customers
    before = customers.create({"email": "time@example.jp"})
    simulator.advance(100)
    after = customers.create({"email": "time@example.jp"})
    newer = customers.list({"email": "time@example.jp", "created": {"gt": before.created}})
    assert [each.id for each in newer.data] == [after.id]
    older = customers.list({"email": "time@example.jp", "created": {"lte": before.created}})
    assert [each.id for each in older.data] == [before.id]


@pytest.mark.parametrize("limit", [0, 101])
def test_a_limit_must_be_from_1_to_100(simulator: RunningSimulator, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="between 1 and 100"):
        simulator.client.v1.charges.list({"limit": limit})


def test_an_unknown_cursor_is_refused(simulator: RunningSimulator) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such charge"):
        simulator.client.v1.charges.list({"starting_after": "ch_unknown"})


def test_what_isn_t_an_object_can_t_be_expanded(simulator: RunningSimulator) -> None:
    session = new_session(simulator, 1_000)
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        simulator.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["no_such_field"]})


def test_intents_are_found_by_their_metadata(simulator: RunningSimulator) -> None:
    intents = simulator.client.v1.payment_intents
    wanted = intents.create({"amount": 500, "currency": "jpy", "metadata": {"order": "search-1"}})
    intents.create({"amount": 500, "currency": "jpy", "metadata": {"order": "search-2"}})
    found = intents.search({"query": "metadata['order']:'search-1'"})
    assert [each.id for each in found.data] == [wanted.id]
    with pytest.raises(stripe.InvalidRequestError, match="unable to parse"):
        intents.search({"query": "amount>5"})


def test_objects_of_another_account_are_not_there(simulator: RunningSimulator) -> None:
    account = onboarded(simulator)
    session = paid(simulator, 1_000)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        simulator.client.v1.checkout.sessions.retrieve(session.id, {}, {"stripe_account": account})
    assert refusal.value.http_status == 404
    assert refusal.value.code == "resource_missing"


def test_an_account_is_restricted_until_it_is_onboarded(simulator: RunningSimulator) -> None:
    account = new_account(simulator)
    assert account.requirements is not None
    assert account.requirements.entries
    assert transfers_status(simulator, account.id) == "restricted"
    link = onboarding_link(simulator, account.id)
    assert "Get paid" in httpx.get(link).text
    answer = httpx.post(link, data={"surname": "山田", "given_name": "花子"})
    assert answer.headers["location"] == "http://shop.example/back"
    assert transfers_status(simulator, account.id) == "active"
    event = simulator.listener.event(CAPABILITY, account.id)
    assert urlsplit(event["related_object"]["url"]).path == f"/v2/core/accounts/{account.id}"


def test_parts_of_an_account_are_shown_only_when_asked_for(simulator: RunningSimulator) -> None:
    account = new_account(simulator)
    bare = simulator.client.v2.core.accounts.retrieve(account.id)
    assert "configuration" not in bare
    assert "identity" not in bare
    assert bare.applied_configurations == ["recipient"]


def test_an_onboarding_link_works_once_and_not_for_long(simulator: RunningSimulator) -> None:
    account = new_account(simulator)
    again = "http://shop.example/again"
    used = onboarding_link(simulator, account.id)
    httpx.post(used)
    assert httpx.get(used).headers["location"] == again
    late = onboarding_link(simulator, account.id)
    simulator.advance(301)
    assert httpx.post(late).headers["location"] == again


def test_a_capability_can_be_lost_again(simulator: RunningSimulator) -> None:
    account = onboarded(simulator)
    simulator.control("POST", f"accounts/{account}/capabilities", status="restricted")
    assert transfers_status(simulator, account) == "restricted"


def test_a_closed_account_gets_no_more_links(simulator: RunningSimulator) -> None:
    account = onboarded(simulator)
    assert simulator.client.v2.core.accounts.close(account).closed
    simulator.listener.event("v2.core.account.closed", account)
    with pytest.raises(stripe.StripeError, match="is closed"):
        onboarding_link(simulator, account)


def test_payouts_go_to_the_bank_account_that_was_added_last(simulator: RunningSimulator) -> None:
    account = onboarded(simulator, account_number="1111116")
    old = simulator.client.v1.accounts.external_accounts.list(account).data[0]
    assert old.last4 == "1116"
    new = simulator.control(
        "POST",
        f"accounts/{account}/bank_account",
        routing_number="0009950",
        account_number="7654321",
    )
    event = simulator.listener.event("account.external_account.created", new["id"])
    assert event["account"] == account
    simulator.listener.event("account.external_account.updated", old.id)
    found: Any = simulator.client.v1.accounts.external_accounts.list(account).data
    assert [(each.last4, each.default_for_currency) for each in found] == [
        ("4321", True),
        ("1116", False),
    ]
