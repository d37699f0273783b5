from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from services.notify.domain import examples
from services.notify.domain.examples import ASSISTANT, CLIENT, OTHER
from services.notify.domain.letters import LAST_ATTEMPT, next_attempt_at
from services.notify.use_cases import hearing, mailing, telling
from services.notify.use_cases.mailing import LEASE, MAILS_AT_ONCE
from shared.errors import Transient
from shared.messages.accounts import PersonRegistered, Role
from tests.unit.notify.fakes import NOW, Fakes


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()


def told(fakes: Fakes) -> list[tuple[UUID, str]]:
    return [(each.person_id, each.letter.subject) for each in fakes.notifications.kept]


def test_both_are_told_of_an_end_each_by_a_letter_of_their_own(fakes: Fakes) -> None:
    telling.tell([examples.ended], fakes.work)
    assert told(fakes) == [
        (CLIENT, "milestone_ended_client"),
        (ASSISTANT, "milestone_ended_assistant"),
    ]
    assert {each.what for each in fakes.notifications.kept} == {"milestone_ended"}


def test_several_events_are_told_at_once(fakes: Fakes) -> None:
    telling.tell([examples.milestone_funded, examples.milestone_delivered], fakes.work)
    assert told(fakes) == [(ASSISTANT, "milestone_funded"), (CLIENT, "milestone_delivered")]


def test_what_concerns_somebody_unknown_waits_and_nobody_is_told(fakes: Fakes) -> None:
    del fakes.people.known[CLIENT]
    with pytest.raises(Transient, match="person_not_known_yet"):
        telling.tell([examples.milestone_funded, examples.ended], fakes.work)
    assert told(fakes) == []


def test_a_person_who_registered_can_be_told(fakes: Fakes) -> None:
    registered = PersonRegistered(
        person_id=OTHER,
        email="new@example.jp",
        display_name="新人",
        roles=frozenset({Role.ASSISTANT}),
        locale="ja",
    )
    hearing.remember_people([registered], fakes.work)
    assert fakes.people.known[OTHER].email == "new@example.jp"
    assert fakes.people.known[OTHER].locale == "ja"


def test_mail_is_sent_once_and_outside_of_any_transaction(fakes: Fakes) -> None:
    telling.tell([examples.ended], fakes.work)
    mailing.send_due_mail(fakes)
    mailing.send_due_mail(fakes)
    recipients = [mail.addressee.email for mail in fakes.mailer.sent]
    assert recipients == ["taro@example.jp", "hanako@example.jp"]
    assert fakes.mails.due_at == {}


def test_everything_that_is_due_is_sent_however_much_it_is(fakes: Fakes) -> None:
    telling.tell([examples.milestone_funded] * (MAILS_AT_ONCE * 2 + 1), fakes.work)
    mailing.send_due_mail(fakes)
    assert len(fakes.mailer.sent) == MAILS_AT_ONCE * 2 + 1


def test_mail_that_was_not_taken_is_tried_again_later(fakes: Fakes) -> None:
    telling.tell([examples.milestone_funded], fakes.work)
    fakes.mailer.error = "ConnectionRefusedError"
    mailing.send_due_mail(fakes)
    [due_at] = fakes.mails.due_at.values()
    assert due_at == NOW + timedelta(seconds=10)

    fakes.mailer.error = None
    fakes.clock.time = due_at
    mailing.send_due_mail(fakes)
    assert [mail.attempt for mail in fakes.mailer.sent] == [1, 2]
    assert fakes.mails.due_at == {}


def test_mail_is_given_up_after_five_days_of_trying(
    fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    telling.tell([examples.milestone_funded], fakes.work)
    fakes.mailer.error = "SMTPRecipientsRefused 550"
    while fakes.mails.due_at:
        [fakes.clock.time] = fakes.mails.due_at.values()
        mailing.send_due_mail(fakes)
    assert len(fakes.mailer.sent) == LAST_ATTEMPT
    assert timedelta(days=4) < fakes.clock.time - NOW < timedelta(days=6)
    assert caplog.records[-1].levelname == "ERROR"
    assert "hanako" not in caplog.text.lower()


def test_a_slow_server_does_not_keep_us_past_the_lease(fakes: Fakes) -> None:
    telling.tell([examples.milestone_funded] * 3, fakes.work)
    sending = fakes.mailer.send

    def slowly(mails: object) -> object:
        for outcome in sending(mails):  # type: ignore[arg-type]
            fakes.clock.time += LEASE * 0.6
            yield outcome

    fakes.mailer.send = slowly  # type: ignore[method-assign, assignment]
    mailing.send_due_mail(fakes)
    assert len(fakes.mailer.sent) == 1
    assert len(fakes.mails.due_at) == 2


def test_the_waits_between_attempts_grow_up_to_six_hours() -> None:
    moments = [next_attempt_at(attempt, NOW) for attempt in range(1, LAST_ATTEMPT)]
    waits = [moment - NOW for moment in moments if moment]
    assert waits[0] == timedelta(seconds=10)
    assert waits[-1] == timedelta(hours=6)
    assert all(earlier <= later for earlier, later in pairwise(waits))
    assert len(waits) == LAST_ATTEMPT - 1
    assert next_attempt_at(LAST_ATTEMPT, NOW) is None
