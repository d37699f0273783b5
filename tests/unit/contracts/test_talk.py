"""Messages, ratings, blocks and reports."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from services.contracts.use_cases import minding, rating, talking
from shared.errors import DomainError, Invalid, NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.talk import (
    CloseReport,
    GiveRating,
    MakeReport,
    MarkRead,
    MessageSent,
    RatingsRevealed,
    ReplyToRating,
    ReportKind,
    SendMessage,
)
from shared.people import Person, Right
from tests.unit.contracts.agreed import Agreed

HELLO = SendMessage(text="Which of the two gardens?")
GOOD = GiveRating(stars=5, comment="Clear, kind and quick")
FAIR = GiveRating(stars=3, comment="Answers took a week")


@pytest.fixture
def agreed() -> Agreed:
    agreed = Agreed()
    agreed.market.told()
    return agreed


def a_member(agreed: Agreed, *rights: Right) -> Person:
    """Return a member of the company that the contract's client is."""
    return Person(new_id(), frozenset(), {agreed.client.person_id: frozenset(rights)})


def complete(agreed: Agreed) -> None:
    rating.open_round(agreed.contract, agreed.work)


def refusal(act: Callable[[], object]) -> tuple[type[DomainError], str]:
    with pytest.raises(DomainError) as refused:
        act()
    return refused.type, refused.value.code


def test_a_message_is_told_of_once_until_it_is_read(agreed: Agreed) -> None:
    contract_id = agreed.contract.contract_id
    both = [talking.send_message(contract_id, HELLO, agreed.client, agreed.work) for _ in range(2)]
    sent = sorted(both, key=lambda each: each.message_id)  # within a millisecond in any order
    [told] = agreed.market.told()
    assert isinstance(told, MessageSent)
    assert (told.from_id, told.to_id) == (agreed.client.person_id, agreed.assistant.person_id)
    assert HELLO.text not in told.model_dump_json()
    [waiting] = talking.list_unread(agreed.assistant, agreed.work).items
    assert (waiting.contract_id, waiting.unread) == (contract_id, 2)
    assert talking.list_unread(agreed.client, agreed.work).items == ()
    agreed.market.clock.forward(hours=1)
    up_to = MarkRead(up_to=sent[0].message_id)
    [left] = talking.mark_read(contract_id, up_to, agreed.assistant, agreed.work).items
    assert left.unread == 1
    talking.mark_read(
        contract_id, MarkRead(up_to=sent[1].message_id), agreed.assistant, agreed.work
    )
    shown = talking.list_messages(contract_id, agreed.client, agreed.work, limit=5)
    assert [each.message_id for each in shown] == [sent[1].message_id, sent[0].message_id]
    assert all(each.read_at for each in shown)
    talking.send_message(contract_id, HELLO, agreed.client, agreed.work)
    assert len(agreed.market.told()) == 1


def test_nobody_marks_own_messages_as_read(agreed: Agreed) -> None:
    contract_id = agreed.contract.contract_id
    sent = talking.send_message(contract_id, HELLO, agreed.client, agreed.work)
    talking.mark_read(contract_id, MarkRead(up_to=sent.message_id), agreed.client, agreed.work)
    assert agreed.work.messages.view(sent.message_id).read_at is None


def test_every_member_of_a_company_writes_in_its_name(agreed: Agreed) -> None:
    member = a_member(agreed)
    sent = talking.send_message(agreed.contract.contract_id, HELLO, member, agreed.work)
    assert (sent.from_id, sent.by) == (agreed.client.person_id, member.person_id)


def test_messages_are_for_the_parties_and_files_for_the_contract(agreed: Agreed) -> None:
    contract_id, stranger = agreed.contract.contract_id, Person(new_id(), frozenset({"client"}))
    sent = talking.send_message(contract_id, HELLO, agreed.client, agreed.work)
    read = MarkRead(up_to=sent.message_id)
    with_file = SendMessage(text="See", file_ids=(new_id(),))
    work = agreed.work
    for act, expected in (
        (lambda: talking.send_message(contract_id, HELLO, stranger, work), "contract_not_found"),
        (lambda: talking.mark_read(contract_id, read, stranger, work), "contract_not_found"),
        (
            lambda: talking.list_messages(contract_id, stranger, work, limit=1),
            "contract_not_found",
        ),
        (
            lambda: talking.mark_read(
                contract_id, MarkRead(up_to=new_id()), agreed.assistant, work
            ),
            "message_not_found",
        ),
        (
            lambda: talking.send_message(contract_id, with_file, agreed.client, work),
            "file_not_in_contract",
        ),
    ):
        assert refusal(act)[1] == expected


def test_a_block_closes_messages_only_when_the_work_is_over(agreed: Agreed) -> None:
    contract_id = agreed.contract.contract_id
    minding.block(agreed.client.person_id, agreed.assistant, agreed.work)
    talking.send_message(contract_id, HELLO, agreed.client, agreed.work)
    complete(agreed)
    for by in (agreed.client, agreed.assistant):
        send = partial(talking.send_message, contract_id, HELLO, by, agreed.work)
        assert refusal(send) == (Rejected, "messages_closed")


def test_ratings_are_blind_until_both_have_spoken(agreed: Agreed) -> None:
    contract_id, work = agreed.contract.contract_id, agreed.work
    complete(agreed)
    seen = rating.give_rating(contract_id, GOOD, agreed.assistant, work)
    assert seen.own
    assert (seen.own.stars, seen.others, seen.revealed_at) == (5, None, None)
    assert rating.get_ratings(contract_id, agreed.client, work).others is None
    assert list(rating.list_ratings(agreed.client.person_id, work, limit=5)) == []
    assert agreed.market.told() == []
    seen = rating.give_rating(contract_id, FAIR, agreed.client, work)
    assert seen.others
    assert seen.others.stars == GOOD.stars
    [revealed] = agreed.market.told()
    assert isinstance(revealed, RatingsRevealed)
    assert (revealed.by_client, revealed.by_assistant) == (3, 5)
    assert FAIR.comment not in revealed.model_dump_json()
    [(_, public)] = rating.list_ratings(agreed.assistant.person_id, work, limit=5)
    assert (public.stars, public.comment) == (3, FAIR.comment)


def test_when_the_time_is_over_what_was_said_is_revealed_once(agreed: Agreed) -> None:
    contract_id = agreed.contract.contract_id
    complete(agreed)
    rating.give_rating(contract_id, FAIR, agreed.client, agreed.work)
    agreed.market.clock.forward(days=13)
    assert rating.reveal_overdue(agreed.market) == 0
    agreed.market.clock.forward(days=1)
    assert [rating.reveal_overdue(agreed.market) for _ in range(2)] == [1, 0]
    [revealed] = agreed.market.told()
    assert isinstance(revealed, RatingsRevealed)
    assert (revealed.by_client, revealed.by_assistant) == (3, None)
    assert "ratings_revealed" in agreed.market.happened()
    assert refusal(
        lambda: rating.give_rating(contract_id, GOOD, agreed.assistant, agreed.work)
    ) == (Rejected, "rating_too_late")


def test_nothing_is_told_when_nobody_rated(agreed: Agreed) -> None:
    complete(agreed)
    agreed.market.clock.forward(days=14)
    assert rating.reveal_overdue(agreed.market) == 1
    assert agreed.market.told() == []


def test_a_rating_is_given_once_and_not_before_the_work_is_over(agreed: Agreed) -> None:
    contract_id = agreed.contract.contract_id

    def rate() -> object:
        return rating.give_rating(contract_id, GOOD, agreed.client, agreed.work)

    assert refusal(rate) == (Rejected, "rating_too_early")
    complete(agreed)
    rate()
    assert refusal(rate) == (Rejected, "already_rated")


def test_a_rating_is_answered_once_after_it_was_revealed(agreed: Agreed) -> None:
    contract_id, work = agreed.contract.contract_id, agreed.work
    answer = ReplyToRating(text="The second week was the school holidays")

    def reply() -> object:
        return rating.reply_to_rating(contract_id, answer, agreed.assistant, work)

    complete(agreed)
    rating.give_rating(contract_id, FAIR, agreed.client, work)
    assert refusal(reply) == (NotFound, "rating_not_found")
    agreed.market.clock.forward(days=14)
    rating.reveal_overdue(agreed.market)
    reply()
    assert refusal(reply) == (Rejected, "rating_already_answered")
    own = rating.get_ratings(contract_id, agreed.client, work).own
    assert own
    assert own.reply == answer.text


def test_members_without_the_right_to_accept_do_not_rate(agreed: Agreed) -> None:
    complete(agreed)
    contract_id = agreed.contract.contract_id
    member = a_member(agreed, Right.POST)
    assert refusal(lambda: rating.give_rating(contract_id, GOOD, member, agreed.work)) == (
        NotAllowed,
        "right_required",
    )
    assert rating.get_ratings(contract_id, member, agreed.work).own is None


def test_a_block_is_told_to_the_other_services_once_and_back(agreed: Agreed) -> None:
    client_id = agreed.client.person_id
    for _ in range(2):
        [blocked] = minding.block(client_id, agreed.assistant, agreed.work).items
    assert blocked.account_id == client_id
    assert minding.list_blocks(agreed.client, agreed.work).items == ()
    for _ in range(2):
        assert minding.unblock(client_id, agreed.assistant, agreed.work).items == ()
    told = agreed.market.told()
    assert [each.event_name for each in told] == ["person_blocked", "person_unblocked"]


def test_a_block_is_refused_for_oneself_and_for_nobody(agreed: Agreed) -> None:
    own_id, member = agreed.client.person_id, a_member(agreed, Right.FUND)
    work = agreed.work
    assert refusal(lambda: minding.block(own_id, agreed.client, work)) == (Invalid, "own_account")
    assert refusal(lambda: minding.block(new_id(), agreed.client, work)) == (
        NotFound,
        "account_not_found",
    )
    assistant_id = agreed.assistant.person_id
    assert refusal(lambda: minding.block(assistant_id, member, work, client_id=own_id)) == (
        NotAllowed,
        "right_required",
    )
    assert refusal(lambda: minding.block(assistant_id, member, work, client_id=new_id())) == (
        NotFound,
        "account_not_found",
    )


def test_a_report_is_read_by_operators_and_who_made_it(agreed: Agreed) -> None:
    work = agreed.work
    sent = talking.send_message(agreed.contract.contract_id, HELLO, agreed.client, work)
    command = MakeReport(kind=ReportKind.MESSAGE, subject_id=sent.message_id, text="Unkind")
    report = minding.make_report(command, agreed.assistant, work)
    stranger = Person(new_id(), frozenset())
    assert refusal(lambda: minding.make_report(command, stranger, work))[1] == "contract_not_found"
    assert refusal(lambda: minding.list_reports(agreed.client, work, mine=False, limit=5)) == (
        NotAllowed,
        "role_required",
    )
    assert list(minding.list_reports(agreed.client, work, mine=True, limit=5)) == []
    assert list(minding.list_reports(agreed.operator, work, mine=False, limit=5)) == [report]
    close = CloseReport(outcome="We spoke with both")
    assert refusal(lambda: minding.close_report(report.report_id, close, agreed.client, work)) == (
        NotAllowed,
        "role_required",
    )
    minding.close_report(report.report_id, close, agreed.operator, work)
    assert refusal(
        lambda: minding.close_report(report.report_id, close, agreed.operator, work)
    ) == (Rejected, "report_closed")
    [mine] = minding.list_reports(agreed.assistant, work, mine=True, limit=5)
    assert mine.outcome == close.outcome
    assert list(minding.list_reports(agreed.operator, work, mine=False, limit=5)) == []


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ReportKind.ACCOUNT, "account_not_found"),
        (ReportKind.MESSAGE, "message_not_found"),
        (ReportKind.CONTRACT, "contract_not_found"),
    ],
)
def test_a_report_is_about_something_that_is_there(
    agreed: Agreed, kind: ReportKind, code: str
) -> None:
    command = MakeReport(kind=kind, subject_id=new_id(), text="Odd")
    assert refusal(lambda: minding.make_report(command, agreed.client, agreed.work))[1] == code


def test_the_time_to_rate_begins_with_the_first_completion(agreed: Agreed) -> None:
    complete(agreed)
    until = rating.get_ratings(agreed.contract.contract_id, agreed.client, agreed.work).open_until
    agreed.market.clock.forward(days=3)
    complete(agreed)
    again = rating.get_ratings(agreed.contract.contract_id, agreed.client, agreed.work).open_until
    assert until == again == agreed.market.clock.now() + timedelta(days=11)
