from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from services.notify.domain import examples
from services.notify.domain.examples import ASSISTANT, CLIENT
from services.notify.domain.examples_own import address_invited
from services.notify.domain.examples_programs import PROGRAMS
from services.notify.domain.kinds import NATURES, link_of, nature_of
from services.notify.domain.own import LineLinked
from services.notify.domain.preferences import (
    Preferences,
    Reach,
    after_quiet_hours,
    next_digest,
    plan,
)
from services.notify.domain.tellings import OWN_TELLINGS, TELLINGS, TO_ADDRESSES
from services.notify.ports import Address
from services.notify.use_cases import choosing, digesting, hearing, mailing, pushing, telling
from shared.errors import Invalid, NotAuthenticated, NotFound, Rejected
from shared.ids import new_id
from shared.messages.accounts import LetterKind, SecretLetter
from shared.messages.deletion import PersonDeleted
from shared.messages.notify import (
    Channel,
    Choice,
    Digest,
    Kind,
    QuietHours,
    Rhythm,
    SetPreferences,
)
from shared.people import Person
from tests.unit.notify.fakes import HANAKO, NOW, Fakes

NIGHT = QuietHours(start="22:00", until="07:00")
HER = Person(ASSISTANT, frozenset({"assistant"}))


def in_japan(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+09:00")


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()


def off(*pairs: tuple[Kind, Channel]) -> SetPreferences:
    return SetPreferences(
        choices=tuple(Choice(kind=kind, channel=channel, on=False) for kind, channel in pairs)
    )


def test_every_letter_is_of_a_kind() -> None:
    rows = {row.template for row in (*TELLINGS, *OWN_TELLINGS)}
    assert rows | set(TO_ADDRESSES.values()) == NATURES.keys()
    assert all(nature_of(kind).must and nature_of(kind).urgent for kind in LetterKind)


@pytest.mark.parametrize(
    ("now", "sent_at"),
    [
        ("2026-04-08T21:59", "2026-04-08T21:59"),
        ("2026-04-08T22:00", "2026-04-09T07:00"),
        ("2026-04-09T00:30", "2026-04-09T07:00"),
        ("2026-04-09T06:59", "2026-04-09T07:00"),
        ("2026-04-09T07:00", "2026-04-09T07:00"),
    ],
)
def test_what_comes_in_quiet_hours_waits_till_their_end(now: str, sent_at: str) -> None:
    assert after_quiet_hours(NIGHT, in_japan(now)) == in_japan(sent_at)


def test_quiet_hours_may_be_within_a_day() -> None:
    noon = QuietHours(start="12:00", until="13:00")
    assert after_quiet_hours(noon, in_japan("2026-04-08T12:30")) == in_japan("2026-04-08T13:00")
    assert after_quiet_hours(noon, in_japan("2026-04-08T13:30")) == in_japan("2026-04-08T13:30")


@pytest.mark.parametrize("moment", ["24:00", "7:00", "07:60", ""])
def test_a_time_that_is_none_is_refused(moment: str) -> None:
    with pytest.raises(ValidationError):
        QuietHours(start=moment, until="07:00")


def test_the_security_of_an_account_does_not_wait_for_the_morning() -> None:
    asleep = Reach(Preferences(ASSISTANT, quiet=NIGHT))
    midnight = in_japan("2026-04-09T00:00")
    assert plan(nature_of(LetterKind.NEW_SIGN_IN), asleep, midnight).mail_at == midnight
    assert plan(nature_of("dispute_opened"), asleep, midnight).mail_at == in_japan(
        "2026-04-09T07:00"
    )


def test_a_daily_digest_is_at_its_hour_and_a_weekly_one_on_its_day() -> None:
    daily = Digest(every=Rhythm.DAILY, hour=8)
    assert next_digest(daily, in_japan("2026-04-08T07:59")) == in_japan("2026-04-08T08:00")
    assert next_digest(daily, in_japan("2026-04-08T08:00")) == in_japan("2026-04-09T08:00")
    # 8 April 2026 is a Wednesday.
    weekly = Digest(every=Rhythm.WEEKLY, hour=8, weekday=2)
    assert next_digest(weekly, in_japan("2026-04-08T07:59")) == in_japan("2026-04-08T08:00")
    assert next_digest(weekly, in_japan("2026-04-08T08:00")) == in_japan("2026-04-15T08:00")
    assert next_digest(Digest(), NOW) is None


def test_what_is_turned_off_is_only_in_the_inbox(fakes: Fakes) -> None:
    choosing.set_preferences(off((Kind.MESSAGES, Channel.EMAIL)), HER, fakes.work)
    telling.tell([examples.message_sent, examples.milestone_funded], fakes.work)
    assert [each.template for each in fakes.notifications.kept] == [
        "message_sent",
        "milestone_funded",
    ]
    assert [mail.letter.subject for mail in fakes.mails.kept] == ["milestone_funded"]


def test_what_the_law_wants_told_is_mailed_whatever_is_chosen(fakes: Fakes) -> None:
    everything = [(kind, Channel.EMAIL) for kind in Kind if kind is not Kind.ACCOUNT]
    choosing.set_preferences(off(*everything), HER, fakes.work)
    telling.tell([examples.contract_agreed, examples.milestone_funded], fakes.work)
    hers = [mail for mail in fakes.mails.kept if mail.addressee == HANAKO]
    assert [mail.letter.subject for mail in hers] == ["contract_agreed_assistant"]
    assert hers[0].kinds == ()  # so it has no link that would end it


@pytest.mark.parametrize(
    "locked", [(Kind.ACCOUNT, Channel.EMAIL), (Kind.WORK, Channel.INBOX)], ids=str
)
def test_what_cannot_be_turned_off_is_refused_and_nothing_changes(
    fakes: Fakes, locked: tuple[Kind, Channel]
) -> None:
    wanted = off((Kind.WORK, Channel.EMAIL), locked)
    with pytest.raises(Invalid, match="channel_always_on"):
        choosing.set_preferences(wanted, HER, fakes.work)
    assert fakes.choices.kept == {}


def test_choices_that_are_left_out_stay(fakes: Fakes) -> None:
    choosing.set_preferences(off((Kind.WORK, Channel.EMAIL)), HER, fakes.work)
    shown = choosing.set_preferences(off((Kind.MONEY, Channel.LINE)), HER, fakes.work)
    assert {(each.kind, each.channel) for each in shown.choices if not each.on} == {
        (Kind.WORK, Channel.EMAIL),
        (Kind.MONEY, Channel.LINE),
    }


def test_a_digest_gathers_what_it_is_chosen_for_and_goes_out_once(fakes: Fakes) -> None:
    daily = Digest(every=Rhythm.DAILY, hour=19, kinds=frozenset({Kind.MONEY, Kind.WORK}))
    choosing.set_preferences(SetPreferences(digest=daily), HER, fakes.work)
    happened = [examples.milestone_funded, examples.question_answered, examples.ended]
    telling.tell(happened, fakes.work)
    assert {mail.letter.subject for mail in fakes.mails.kept} == {
        "question_answered",  # is of another kind
        "milestone_ended_assistant",  # is mailed always
        "milestone_ended_client",
    }
    digesting.send_digests(fakes)
    assert len(fakes.mails.kept) == 3
    fakes.clock.time = in_japan("2026-04-08T19:00")
    digesting.send_digests(fakes)
    digesting.send_digests(fakes)
    [digest] = fakes.mails.kept[3:]
    assert "['milestone_funded']" in digest.letter.body
    assert digest.kinds == (Kind.MONEY,)
    assert fakes.choices.kept[ASSISTANT].next_digest_at == in_japan("2026-04-09T19:00")


def test_a_digest_that_ends_tells_what_it_has_gathered(fakes: Fakes) -> None:
    daily = Digest(every=Rhythm.DAILY, kinds=frozenset({Kind.MONEY}))
    choosing.set_preferences(SetPreferences(digest=daily), HER, fakes.work)
    telling.tell([examples.milestone_funded], fakes.work)
    choosing.set_preferences(SetPreferences(), HER, fakes.work)
    digesting.send_digests(fakes)
    assert [mail.letter.subject for mail in fakes.mails.kept] == ["digest"]
    assert fakes.choices.kept[ASSISTANT].next_digest_at is None


def test_a_digest_with_nothing_in_it_is_not_sent(fakes: Fakes) -> None:
    daily = Digest(every=Rhythm.DAILY, kinds=frozenset({Kind.MONEY}))
    choosing.set_preferences(SetPreferences(digest=daily), HER, fakes.work)
    fakes.clock.forward(days=2)
    digesting.send_digests(fakes)
    assert fakes.mails.kept == []


def test_the_same_message_is_told_once_however_often_it_comes(fakes: Fakes) -> None:
    event = examples.ended.model_copy()
    event.be_told_as(new_id())
    telling.tell([event, event], fakes.work)
    telling.tell([event], fakes.work)
    assert len(fakes.notifications.kept) == len(fakes.mails.kept) == 2


def test_nothing_is_mailed_where_mail_was_refused_for_good(fakes: Fakes) -> None:
    fakes.addresses.known["hanako@example.jp"] = Address("hanako@example.jp", NOW)
    telling.tell([examples.ended], fakes.work)
    assert [mail.addressee.email for mail in fakes.mails.kept] == ["taro@example.jp"]
    assert len(fakes.notifications.kept) == 2
    choosing.restart_address(HER, fakes.work)
    telling.tell([examples.milestone_funded], fakes.work)
    assert fakes.mails.kept[-1].addressee == HANAKO


def test_who_has_linked_line_is_told_there_too(fakes: Fakes) -> None:
    code = pushing.offer_line_code(HER, fakes.work).code
    body = (
        '{"events": [{"type": "message", "source": {"userId": "U1"}, '
        f'"message": {{"type": "text", "text": " {code.lower()}\\n"}}}}]}}'
    )
    pushing.hear_line(body.encode(), "LINE's own", fakes.work)
    assert fakes.line.users == {ASSISTANT: "U1"}
    telling.tell([examples.milestone_funded], fakes.work)
    pushing.send_due_pushes(fakes)
    assert len(fakes.pusher.sent) == 2  # that it is linked, and the money
    left = b'{"events": [{"type": "unfollow", "source": {"userId": "U1"}}]}'
    pushing.hear_line(left, "LINE's own", fakes.work)
    telling.tell([examples.milestone_funded], fakes.work)
    assert fakes.pushes.waiting == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"events": 1}', b'{"events": [1, {}, {"source": 1}]}', b"\xff"]
)
def test_what_line_says_that_we_do_not_know_changes_nothing(fakes: Fakes, body: bytes) -> None:
    fakes.line.codes["CODE"] = ASSISTANT
    pushing.hear_line(body, "LINE's own", fakes.work)
    assert (fakes.line.users, fakes.line.codes) == ({}, {"CODE": ASSISTANT})


def test_nobody_but_line_is_heard_there(fakes: Fakes) -> None:
    with pytest.raises(NotAuthenticated, match="signature_wrong"):
        pushing.hear_line(b"{}", "forged", fakes.work)


def test_without_line_there_is_no_code_and_no_push(fakes: Fakes) -> None:
    fakes.pusher.available = False
    fakes.line.users[ASSISTANT] = "U1"
    with pytest.raises(Rejected, match="line_not_available"):
        pushing.offer_line_code(HER, fakes.work)
    telling.tell([examples.milestone_funded], fakes.work)
    assert fakes.pushes.waiting == []


@pytest.mark.parametrize("again", [True, False])
def test_a_push_that_may_still_succeed_is_tried_again(fakes: Fakes, again: bool) -> None:  # noqa: FBT001
    fakes.line.users[ASSISTANT] = "U1"
    fakes.pusher.error, fakes.pusher.again = "HTTP 500", again
    telling.tell([LineLinked(person_id=ASSISTANT, linked_at=NOW)], fakes.work)
    pushing.send_due_pushes(fakes)
    [(error, again_at)] = fakes.pushes.errors.values()
    assert error == "HTTP 500"
    assert (again_at is not None) == again


def test_a_link_in_a_mail_ends_its_kind_without_signing_in(fakes: Fakes) -> None:
    for _ in range(2):
        ended = choosing.unsubscribe(f"{ASSISTANT} money,account", fakes.work)
        assert ended.locale == "en"
    chosen = fakes.choices.kept[ASSISTANT]
    assert chosen.off == {(Kind.MONEY, Channel.EMAIL)}


@pytest.mark.parametrize("token", ["", "nonsense", f"{UUID(int=7)} money"])
def test_a_link_that_is_none_of_ours_ends_nothing(fakes: Fakes, token: str) -> None:
    with pytest.raises(NotFound, match="link_unknown"):
        choosing.unsubscribe(token, fakes.work)


def secret_letter(**changes: Any) -> SecretLetter:
    facts = {
        "kind": LetterKind.RESET_PASSWORD,
        "email": "hanako@example.jp",
        "display_name": "Hanako",
        "locale": "en",
        "person_id": ASSISTANT,
        "secret": "s3cret",
        "expires_at": NOW.replace(hour=10),
        "happened_at": NOW,
    }
    return SecretLetter(**facts | changes)


def test_a_secret_is_mailed_and_is_in_no_inbox(fakes: Fakes) -> None:
    fakes.addresses.known["hanako@example.jp"] = Address("hanako@example.jp", NOW)
    telling.mail_letters([secret_letter()], fakes.work)
    mailing.send_due_mail(fakes)
    assert [mail.letter.subject for mail in fakes.mailer.sent] == ["reset_password"]
    assert fakes.notifications.kept == []


def test_what_was_done_to_an_account_is_mailed_and_in_its_inbox(fakes: Fakes) -> None:
    done = secret_letter(kind=LetterKind.PASSWORD_CHANGED, secret=None, expires_at=None)
    telling.mail_letters(
        [done, secret_letter(kind=done.kind, secret=None, person_id=None)], fakes.work
    )
    assert [each.what for each in fakes.notifications.kept] == ["password_changed"]
    assert len(fakes.mails.kept) == 2


def test_a_link_that_works_no_more_is_not_mailed(fakes: Fakes) -> None:
    telling.mail_letters([secret_letter()], fakes.work)
    fakes.clock.time = datetime(2026, 4, 8, 10, tzinfo=UTC)
    mailing.send_due_mail(fakes)
    assert fakes.mailer.sent == []
    assert list(fakes.mails.errors.values()) == ["expired"]
    assert fakes.mails.due_at == {}


def test_an_address_without_an_account_is_written_to_unless_it_refuses_mail(fakes: Fakes) -> None:
    refuses = address_invited.model_copy(update={"email": "Gone@example.jp"})
    fakes.addresses.known["gone@example.jp"] = Address("gone@example.jp", NOW)
    soon = {"expires_at": NOW.replace(hour=10)}
    invited = [each.model_copy(update=soon) for each in (address_invited, refuses)]
    telling.mail_addresses(invited, fakes.work)
    mailing.send_due_mail(fakes)
    [mail] = fakes.mailer.sent
    assert (mail.addressee.email, mail.letter.subject) == ("hanako@example.jp", "address_invited")
    assert fakes.notifications.kept == []


def test_who_has_left_is_told_nothing_more(fakes: Fakes) -> None:
    hearing.forget_people([PersonDeleted(person_id=ASSISTANT)], fakes.work)
    telling.tell([examples.ended, examples.milestone_funded], fakes.work)
    assert [each.person_id for each in fakes.notifications.kept] == [CLIENT]
    with pytest.raises(NotFound):
        choosing.unsubscribe(f"{ASSISTANT} money", fakes.work)


def test_every_link_is_a_path_among_the_pages() -> None:
    for event in (*examples.EXAMPLES, *PROGRAMS):
        for row in TELLINGS:
            if row.event is type(event) and row.when(event):
                path = link_of(row.template, event)
                assert path.startswith("/")
                assert "{" not in path
