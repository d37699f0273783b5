"""Who waited for a lock reads what the other has done meanwhile; nobody waits in a circle."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar
from uuid import UUID

import pytest
from sqlalchemy import text

from services.payments.ports import Account, Work
from shared.db import Database
from shared.ids import new_id
from shared.money import yen
from tests.integration.payments.rows import Kept
from tests.support.wait import eventually

Read = TypeVar("Read")


@pytest.fixture
def kept(database: Database) -> Kept:
    """A new database, one transaction at a time."""
    return Kept(database)


def is_waiting(kept: Kept) -> bool:
    with kept.database.transaction() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def read_after(
    kept: Kept, lock: Callable[[Work], Read], change: Callable[[Work, Read], object]
) -> Read:
    """Return what a second transaction locks once the first has changed what it locked."""

    def second() -> Read:
        with kept.begin() as work:
            return lock(work)

    with ThreadPoolExecutor(1) as others:
        with kept.begin() as work:
            locked = lock(work)
            waiting: Future[Read] = others.submit(second)
            eventually(lambda: is_waiting(kept))
            change(work, locked)
        return waiting.result(timeout=10)


@pytest.mark.parametrize("known", [True, False])
def test_what_a_client_is_called_meanwhile_is_read(kept: Kept, *, known: bool) -> None:
    client_id = new_id()
    if known:
        with kept.begin() as work:
            work.clients.lock(client_id)
    name = read_after(
        kept,
        lambda work: work.clients.lock(client_id),
        lambda work, _: work.clients.save(client_id, "cus_1"),
    )
    assert name == "cus_1"


@pytest.mark.parametrize("known", [True, False])
def test_what_an_assistant_owes_meanwhile_is_read(kept: Kept, *, known: bool) -> None:
    assistants = [new_id(), new_id()]
    if known:
        with kept.begin() as work:
            work.assistants.lock(assistants)

    def owe(work: Work, accounts: dict[UUID, Account]) -> None:
        account = accounts[assistants[0]]
        account.receivable += yen(700)
        work.assistants.save([account])

    accounts = read_after(kept, lambda work: work.assistants.lock(assistants), owe)
    assert [accounts[each].receivable for each in assistants] == [yen(700), yen(0)]


def test_what_accumulates_meanwhile_is_read_with_another_milestone(kept: Kept) -> None:
    first, second = (each.milestone_id for each in kept.agree(50_000, 60_000))

    def release(work: Work, _locked: object) -> None:
        escrow = work.escrows.lock([first])[first]
        escrow.contract.accumulated += yen(55_000)
        work.escrows.save([escrow])

    locked = read_after(kept, lambda work: work.escrows.lock([second]), release)
    assert locked[second].contract.accumulated == yen(55_000)


def test_who_has_a_contract_gets_its_milestones_while_others_wait_for_it(kept: Kept) -> None:
    first, second = (each.milestone_id for each in kept.agree(50_000, 60_000))
    wanted = [[first], [second]]
    locked = read_after(
        kept,
        lambda work: work.escrows.lock(wanted.pop()),
        lambda work, _: work.escrows.lock([first, second]),
    )
    assert locked.keys() == {first}


def test_a_contract_is_written_only_when_something_accumulated(kept: Kept) -> None:
    [escrow] = kept.agree(50_000)

    def written_by() -> object:
        with kept.database.transaction() as connection:
            return connection.scalar(text("SELECT xmin::text FROM contracts"))

    before = written_by()
    with kept.begin() as work:
        locked = work.escrows.lock([escrow.milestone_id])[escrow.milestone_id]
        locked.funding_attempts += 1
        work.escrows.save([locked])
    assert written_by() == before
