"""What a dead letter would do in the books: shown to the yen, and nothing of it done."""

from services.payments.adapters import trials
from services.payments.events import Events
from shared.ids import new_id
from shared.messages.contracts import MilestoneAccepted
from shared.messaging.envelope import Received
from shared.messaging.topology import queue_name
from shared.messaging.trial import Place, Trial, Trials, attempt
from tests.integration.payments.market import Market

QUEUE = queue_name("payments", MilestoneAccepted)
TRIALS = Trials(lambda: Events, trials.watch)


def letter(body: bytes) -> Received:
    return Received(str(new_id()), "application/json", {}, "payments.dead", body)


def tried(market: Market, message: Received, queue: str = QUEUE) -> Trial:
    edge = market.api.client.app.state.edge  # type: ignore[attr-defined]  # FastAPI's
    return attempt(TRIALS, queue, message, Place(edge.database, edge.work, edge.clock))


def test_a_trial_shows_the_postings_of_a_release_and_leaves_the_books_as_they_are(
    market: Market,
) -> None:
    [milestone] = market.agree(30_000)
    market.pay(milestone)
    facts = market.contracts._about(milestone)  # noqa: SLF001  (what an event says of it)
    accepted = MilestoneAccepted(**facts, by="client", accepted_at=market.api.clock.now())
    message = letter(accepted.model_dump_json().encode())
    before = market.sums(), market.told(), market.balance("liability:escrow", milestone)
    first = tried(market, message)
    assert (first.outcome, first.error) == ("done", "")
    assert [each.type for each in first.told] == ["payments.escrow_released.v1"]
    assert sum(each.debit - each.credit for each in first.postings) == 0
    [escrow] = [each for each in first.postings if each.account == "liability:escrow"]
    assert (escrow.debit, escrow.owner) == (before[2], milestone)
    assert tried(market, message).postings[0].debit == first.postings[0].debit
    assert (
        market.sums(),
        market.told(),
        market.balance("liability:escrow", milestone),
    ) == before

    market.accept(milestone)
    released = tried(market, message)
    assert (released.outcome, released.postings, released.told) == ("done", (), ())


def test_a_trial_says_what_a_handler_would_fail_with(market: Market) -> None:
    unreadable = tried(market, letter(b"{}"))
    assert unreadable.outcome == "would_fail"
    assert "Undecodable: not a contracts.milestone_accepted.v1" in unreadable.error
    [milestone] = market.agree(10_000)
    facts = market.contracts._about(milestone) | {"milestone_id": new_id()}  # noqa: SLF001
    unknown = MilestoneAccepted(**facts, by="client", accepted_at=market.api.clock.now())
    failed = tried(market, letter(unknown.model_dump_json().encode()))
    assert failed.outcome == "would_fail"
    assert failed.error.startswith("Transient: ")
    gone = tried(market, letter(b"{}"), "payments.contracts.nothing.v1")
    assert gone.outcome == "not_heard"


def test_a_letter_that_was_handled_before_would_do_nothing(market: Market) -> None:
    message = letter(b"{}")
    [milestone] = market.agree(10_000)
    facts = market.contracts._about(milestone)  # noqa: SLF001
    accepted = MilestoneAccepted(**facts, by="client", accepted_at=market.api.clock.now())
    message = letter(accepted.model_dump_json().encode())
    with market.api.database.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO inbox (consumer, message_id) VALUES (%s, %s)", (QUEUE, message.message_id)
        )
    assert tried(market, message).outcome == "handled_before"
