"""Money in every place where somebody may act on it."""

from dataclasses import replace

from shared.ids import new_id
from shared.people import Right
from tests.integration.payments.market import BASE, Market
from tests.integration.payments.november import NUMBER
from tests.integration.payments.rights import MATRIX, MEMBERS
from tests.integration.payments.sponsors import town_of
from tests.support.matrix import Stage


def stage_of_payments(market: Market) -> Stage:
    """Let something of everything happen to a milestone, with people in every relation to it."""
    client, assistant, api = market.client, market.assistant, market.api
    funded, unfunded, awaited = market.agree(50_000, 40_000, 30_000)
    market.become_payee()
    market.pay(funded)
    number = assistant.client.put(
        f"{BASE}/payees/me/registration-number", json={"number": NUMBER}, headers=assistant.headers
    )
    assert number.status_code == 200, number.text
    page = market.ask_to_transfer(awaited)
    program_id = town_of(market).program_id
    callers = {
        "client": client,
        "assistant": assistant,
        "other_client": api.person("client"),
        "other_assistant": api.person("assistant"),
        "operator": market.operator,
        "nobody": replace(client, headers={}),
        **{each: api.person(companies={client.person_id: [Right(each)]}) for each in MEMBERS},
    }
    ids = {
        "milestone_id": str(funded),
        "name": str(funded),
        "unfunded_id": str(unfunded),
        "checkout_id": page["checkout_id"],
        "program_id": str(program_id),
        "client_id": str(client.person_id),
        "bank_code": "0001",
        "kind": "receipt",
        "id": market.charge_of(funded),
        "month": "2026-10",
        "year": "2026",
        "reconciliation_id": market.reconcile()["reconciliation_id"],
        "refund_id": str(new_id()),
        "approval_id": str(new_id()),
        "letter_id": "0",
        "replay_id": str(new_id()),
    }
    return Stage(MATRIX, callers, ids)
