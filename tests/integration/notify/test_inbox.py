"""The inbox, preferences, and the ways in from outside, over HTTP and a real database."""

from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from services.notify.adapters.letters import TemplateLetters
from services.notify.adapters.smtp import Composer
from services.notify.domain import examples
from services.notify.domain.examples import ASSISTANT, CLIENT
from services.notify.use_cases import digesting, hearing, mailing, pushing, telling
from shared.ids import new_id
from shared.messages.accounts import LetterKind, PersonChanged, SecretLetter
from shared.messages.companies import CompanyFounded, CompanyRenamed
from shared.messages.deletion import PersonDeleted
from shared.provision.databases import ServiceDatabase
from tests.integration.notify.conftest import (
    BOUNCE_SECRET,
    HANAKO,
    PUBLIC_URL,
    TARO,
    MemoryMailer,
    MemoryPusher,
)
from tests.support.apis import Api, Caller
from tests.unit.notify.test_bounces import report

BASE = "/api/v1/notify"
NOTIFICATIONS = f"{BASE}/notifications"
PREFERENCES = f"{BASE}/preferences"
EVERYTHING = {"every": "daily", "hour": 19, "kinds": ["money", "work", "messages"]}


@pytest.fixture
def her(api: Api) -> Caller:
    return api.person("assistant", person_id=ASSISTANT)


def tell(api: Api, *happened: Any) -> None:
    with api.begin() as work:
        telling.tell(happened, work)


def put(her: Caller, path: str, body: object) -> Any:
    return her.client.put(path, headers=her.headers, json=body)


def test_what_is_read_is_counted_and_left_out(api: Api, her: Caller) -> None:
    tell(api, *[examples.milestone_funded] * 3)
    newest, middle, oldest = her.get(NOTIFICATIONS).json()["items"]
    assert newest["kind"] == "money"
    assert newest["link"] == f"/contracts/{examples.OTHER}/milestones/{examples.OTHER}"
    assert newest["text"].startswith("¥49,895 are held")
    assert her.get(f"{NOTIFICATIONS}/unread").json() == {"unread": 3}

    read = her.post(f"{NOTIFICATIONS}/{middle['notification_id']}/read")
    assert read.json()["read_at"] == "2026-04-01T03:00:00Z"
    unread = her.get(NOTIFICATIONS, params={"unread": True}).json()["items"]
    assert [each["notification_id"] for each in unread] == [
        newest["notification_id"],
        oldest["notification_id"],
    ]
    left = her.post(f"{NOTIFICATIONS}/read", {"up_to": middle["notification_id"]})
    assert left.json() == {"unread": 1}
    assert her.post(f"{NOTIFICATIONS}/read", {}).json() == {"unread": 0}


def test_nobody_reads_or_marks_what_others_were_told(api: Api, her: Caller) -> None:
    tell(api, examples.milestone_funded)
    [told] = her.get(NOTIFICATIONS).json()["items"]
    other = api.person("client", person_id=CLIENT)
    refused = other.post(f"{NOTIFICATIONS}/{told['notification_id']}/read")
    assert (refused.status_code, refused.json()["code"]) == (404, "notification_not_found")
    other.post(f"{NOTIFICATIONS}/read", {})
    assert her.get(f"{NOTIFICATIONS}/unread").json() == {"unread": 1}


def test_an_event_is_told_once_whoever_hands_it_on(api: Api, her: Caller) -> None:
    event = examples.milestone_funded.model_copy()
    event.be_told_as(new_id())
    tell(api, event, event)
    tell(api, event)
    assert len(her.get(NOTIFICATIONS).json()["items"]) == 1


def test_preferences_are_kept_and_shown(her: Caller) -> None:
    before = her.get(PREFERENCES).json()
    assert all(choice["on"] for choice in before["choices"])
    assert before["address"] == {
        "email": "hanako@example.jp",
        "stopped_at": None,
        "reason": "",
        "returned": 0,
    }
    assert "contract_agreed_assistant" in before["always"]
    wanted = {
        "choices": [{"kind": "messages", "channel": "email", "on": False}],
        "quiet_hours": {"start": "22:00", "until": "07:00"},
        "digest": {"every": "weekly", "hour": 7, "weekday": 4, "kinds": ["money"]},
    }
    for _ in range(2):
        put(her, PREFERENCES, wanted).raise_for_status()
    after = her.get(PREFERENCES).json()
    assert [c for c in after["choices"] if not c["on"]] == [
        {"kind": "messages", "channel": "email", "on": False, "locked": False}
    ]
    assert after["quiet_hours"] == wanted["quiet_hours"]
    assert after["digest"] == wanted["digest"]


def test_preferences_of_who_is_not_known_yet_can_be_kept(api: Api) -> None:
    new = api.person("client")
    put(new, PREFERENCES, {"digest": EVERYTHING}).raise_for_status()
    assert new.get(PREFERENCES).json()["address"]["email"] == ""


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"choices": [{"kind": "account", "channel": "email", "on": False}]}, "channel_always_on"),
        ({"quiet_hours": {"start": "25:00", "until": "07:00"}}, "validation_failed"),
        ({"digest": {"every": "hourly"}}, "validation_failed"),
        ({"person_id": str(CLIENT)}, "validation_failed"),
    ],
)
def test_preferences_that_make_no_sense_are_refused(her: Caller, body: object, code: str) -> None:
    refused = put(her, PREFERENCES, body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert her.get(PREFERENCES).json()["changed_at"] is None


def test_mail_waits_for_the_end_of_quiet_hours(api: Api, her: Caller, mailer: MemoryMailer) -> None:
    # It is noon in Japan.
    put(her, PREFERENCES, {"quiet_hours": {"start": "11:00", "until": "13:00"}})
    tell(api, examples.milestone_funded)
    mailing.send_due_mail(api)
    assert mailer.sent == []
    assert len(her.get(NOTIFICATIONS).json()["items"]) == 1
    api.clock.forward(hours=1)
    mailing.send_due_mail(api)
    assert len(mailer.sent) == 1


def test_a_digest_tells_of_all_at_its_hour(api: Api, her: Caller, mailer: MemoryMailer) -> None:
    put(her, PREFERENCES, {"digest": EVERYTHING})
    tell(api, examples.milestone_funded, examples.message_sent)
    digesting.send_digests(api)
    mailing.send_due_mail(api)
    assert mailer.sent == []
    api.clock.forward(hours=7)
    digesting.send_digests(api)
    mailing.send_due_mail(api)
    [digest] = mailer.sent
    assert digest.letter.subject == "2 things to know"
    assert f"{PUBLIC_URL}/contracts/{examples.OTHER}/messages" in digest.letter.body
    shown = her.get(NOTIFICATIONS).json()["items"]
    assert {each["mailed_at"] for each in shown} == {"2026-04-01T10:00:00Z"}


def stop_link(mailer: MemoryMailer, api: Api) -> str:
    with api.begin() as work:
        composer = Composer("no-reply@tasuki.example", TemplateLetters(PUBLIC_URL), work.links)
    return str(composer.compose(mailer.sent[-1])["List-Unsubscribe"]).strip("<>")


def test_one_click_ends_such_mail_and_no_other(api: Api, her: Caller, mailer: MemoryMailer) -> None:
    tell(api, examples.milestone_funded)
    mailing.send_due_mail(api)
    address = urlsplit(stop_link(mailer, api))
    path = f"{address.path}?{address.query}"

    opened = api.client.get(path, follow_redirects=False)
    assert opened.status_code == HTTPStatus.SEE_OTHER
    page = urlsplit(opened.headers["location"])
    assert page.path == "/unsubscribe"
    assert parse_qs(page.query) == parse_qs(address.query)
    assert all(choice["on"] for choice in her.get(PREFERENCES).json()["choices"])

    # As a mail program sends it: a form, and nobody signed in.
    clicked = api.client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert clicked.json() == {"kinds": ["money"], "locale": "en"}
    tell(api, examples.milestone_funded, examples.question_answered)
    mailing.send_due_mail(api)
    assert [mail.kinds for mail in mailer.sent[1:]] == [("messages",)]


def test_a_forged_link_ends_nothing(api: Api) -> None:
    refused = api.client.post(f"{BASE}/unsubscriptions?token=forged")
    assert (refused.status_code, refused.json()["code"]) == (404, "link_unknown")


def bounce(api: Api, source: bytes, secret: str = BOUNCE_SECRET) -> Any:
    headers = {"Bounce-Secret": secret, "Content-Type": "message/rfc822"}
    return api.client.post(f"{BASE}/bounces", content=source, headers=headers)


def test_mail_that_comes_back_for_good_stops_mail_and_is_told_in_the_inbox(
    api: Api, her: Caller, mailer: MemoryMailer
) -> None:
    tell(api, examples.milestone_funded)
    mailing.send_due_mail(api)
    source = report(mail_id=mailer.sent[0].mail_id)
    assert bounce(api, source).json() == {"outcome": "stopped"}
    assert her.get(NOTIFICATIONS).json()["items"][0]["what"] == "address_refused"
    assert her.get(PREFERENCES).json()["address"]["reason"] == "5.1.1"
    tell(api, examples.milestone_funded)
    mailing.send_due_mail(api)
    assert len(mailer.sent) == 1

    restarted = her.post(f"{PREFERENCES}/address/restart").json()
    assert restarted["address"]["stopped_at"] is None
    tell(api, examples.milestone_funded)
    mailing.send_due_mail(api)
    assert len(mailer.sent) == 2


def test_a_new_address_is_mailed_though_the_old_one_was_refused(
    api: Api, mailer: MemoryMailer
) -> None:
    with api.begin() as work:
        work.addresses.stop("Hanako@example.jp", "5.1.1")
        facts = HANAKO.model_dump() | {"email": "new@example.jp", "change": 1}
        hearing.follow_people([PersonChanged(**facts)], work)
    tell(api, examples.milestone_funded)
    mailing.send_due_mail(api)
    assert [mail.addressee.email for mail in mailer.sent] == ["new@example.jp"]


def test_soft_bounces_are_counted(api: Api, her: Caller, mailer: MemoryMailer) -> None:
    tell(api, examples.milestone_funded)
    mailing.send_due_mail(api)
    source = report("4.2.2", mail_id=mailer.sent[0].mail_id)
    for _ in range(2):
        assert bounce(api, source).json() == {"outcome": "counted"}
    address = her.get(PREFERENCES).json()["address"]
    assert (address["returned"], address["stopped_at"]) == (2, None)


def test_only_the_relay_reports_and_only_about_our_mail(api: Api) -> None:
    refused = bounce(api, report(), "guessed")
    assert (refused.status_code, refused.json()["code"]) == (401, "bounce_secret_wrong")
    assert bounce(api, report()).json() == {"outcome": "ignored"}
    assert bounce(api, b"\x00\xff").json() == {"outcome": "ignored"}


def line(api: Api, event: dict[str, Any], signature: str = "LINE's own") -> int:
    return api.client.post(
        f"{BASE}/line/webhook",
        json={"events": [{"source": {"userId": "U1"}, **event}]},
        headers={"X-Line-Signature": signature},
    ).status_code


def said(text: str) -> dict[str, Any]:
    return {"type": "message", "message": {"type": "text", "text": text}}


def test_line_is_linked_by_a_code_used_and_left(
    api: Api, her: Caller, pusher: MemoryPusher
) -> None:
    code = her.post(f"{PREFERENCES}/line/codes").json()["code"]
    assert line(api, said(code), "forged") == HTTPStatus.UNAUTHORIZED
    assert line(api, said("hello")) == HTTPStatus.NO_CONTENT
    assert her.get(PREFERENCES).json()["line"] == {"available": True, "linked_at": None}
    assert line(api, said(code)) == HTTPStatus.NO_CONTENT
    assert her.get(PREFERENCES).json()["line"]["linked_at"] == "2026-04-01T03:00:00Z"
    tell(api, examples.milestone_funded)
    pushing.send_due_pushes(api)
    pushing.send_due_pushes(api)
    assert [(push.line_user_id, push.attempt) for push in pusher.sent] == [("U1", 1)] * 2
    assert pusher.sent[1].letter.subject == 'You can begin with "商品説明 10 件"'

    tell(api, examples.milestone_funded)
    assert line(api, {"type": "unfollow"}) == HTTPStatus.NO_CONTENT
    pushing.send_due_pushes(api)
    assert len(pusher.sent) == 2


def test_a_code_works_once_and_for_a_quarter_of_an_hour(api: Api, her: Caller) -> None:
    code = her.post(f"{PREFERENCES}/line/codes").json()["code"]
    api.clock.forward(minutes=15)
    line(api, said(code))
    assert her.get(PREFERENCES).json()["line"]["linked_at"] is None
    used = her.post(f"{PREFERENCES}/line/codes").json()["code"]
    line(api, said(used))
    her.client.delete(f"{PREFERENCES}/line", headers=her.headers).raise_for_status()
    line(api, said(used))
    assert her.get(PREFERENCES).json()["line"]["linked_at"] is None


def letter(**more: Any) -> SecretLetter:
    facts: dict[str, Any] = {
        "kind": LetterKind.CONFIRM_EMAIL,
        "email": "new@example.jp",
        "display_name": "新人",
        "locale": "ja",
        "happened_at": examples.MOMENT,
        "secret": "s3cr3t",
    }
    return SecretLetter(**facts | more)


def kept(database: ServiceDatabase) -> str:
    """Return all that notify keeps of mail and notices, as text."""
    with psycopg.connect(database.url) as connection:
        rows = connection.execute("SELECT * FROM mails").fetchall()
        rows += connection.execute("SELECT * FROM notifications").fetchall()
    return repr(rows)


def test_a_secret_is_forgotten_once_it_is_sent(
    api: Api, database: ServiceDatabase, mailer: MemoryMailer
) -> None:
    with api.begin() as work:
        telling.mail_letters([letter(person_id=new_id()), letter()], work)
    assert "s3cr3t" in kept(database)
    mailing.send_due_mail(api)
    assert [mail.addressee.email for mail in mailer.sent] == ["new@example.jp"] * 2
    assert f"{PUBLIC_URL}/confirm?secret=s3cr3t" in mailer.sent[0].letter.body
    assert "s3cr3t" not in kept(database)


def test_a_secret_that_could_not_be_sent_is_forgotten_too(
    api: Api, database: ServiceDatabase
) -> None:
    with api.begin() as work:
        telling.mail_letters([letter(expires_at=api.clock.now())], work)
    mailing.send_due_mail(api)
    assert "s3cr3t" not in kept(database)
    assert "expired" in kept(database)


def test_what_was_done_to_an_account_is_also_in_its_inbox(api: Api, her: Caller) -> None:
    done = letter(kind=LetterKind.PASSWORD_CHANGED, secret=None, person_id=ASSISTANT)
    with api.begin() as work:
        telling.mail_letters([done], work)
    [told] = her.get(NOTIFICATIONS).json()["items"]
    assert (told["what"], told["kind"]) == ("password_changed", "account")
    assert told["link"] == "/settings/security"


def test_old_mail_is_forgotten_and_the_inbox_stays(api: Api, her: Caller) -> None:
    tell(api, examples.milestone_funded)
    mailing.send_due_mail(api)
    api.clock.forward(days=29)
    tell(api, examples.milestone_funded)
    api.clock.forward(days=2)
    with api.begin() as work:
        mailing.forget_old_mail(work)
    mailing.send_due_mail(api)
    newest, oldest = her.get(NOTIFICATIONS).json()["items"]
    assert newest["mailed_at"]
    assert oldest["mailed_at"] == "2026-04-01T03:00:00Z"


def test_people_and_companies_are_known_as_accounts_said_last(api: Api) -> None:
    new = PersonChanged(**TARO.model_dump() | {"display_name": "次郎", "change": 2})
    old = new.model_copy(update={"display_name": "三郎", "change": 1})
    founded = CompanyFounded(
        company_id=new_id(), name="みどり", email="a@b.example", locale="ja", founded_by=CLIENT
    )
    facts = founded.model_dump(exclude={"founded_by"})
    renamed = CompanyRenamed(**facts | {"name": "みどり園芸", "change": 1})
    with api.begin() as work:
        hearing.follow_people([new], work)
        hearing.follow_people([old], work)
        hearing.remember_people([TARO], work)
        hearing.follow_companies([renamed], work)
        hearing.remember_companies([founded], work)
        known = work.people.find({CLIENT, founded.company_id})
    assert known[CLIENT].display_name == "次郎"
    assert known[founded.company_id].display_name == "みどり園芸"
    assert known[founded.company_id].is_company


def test_of_who_has_left_nothing_is_kept(
    api: Api, her: Caller, database: ServiceDatabase, mailer: MemoryMailer
) -> None:
    put(her, PREFERENCES, {"digest": EVERYTHING})
    line(api, said(her.post(f"{PREFERENCES}/line/codes").json()["code"]))
    tell(api, examples.milestone_funded, examples.question_answered, examples.ended)
    mailing.send_due_mail(api)
    goodbye = letter(kind=LetterKind.DELETED, email=HANAKO.email, secret=None)
    with api.begin() as work:
        telling.mail_letters([goodbye], work)
        hearing.forget_people([PersonDeleted(person_id=ASSISTANT)], work)
        hearing.forget_people([PersonDeleted(person_id=new_id())], work)
    assert "Hanako" not in kept(database)
    mailing.send_due_mail(api)
    assert mailer.sent[-1].letter.subject == "アカウントを消しました"
    # What is late changes nothing, and nobody waits for somebody who won't come.
    with api.begin() as work:
        hearing.remember_people([HANAKO], work)
        assert work.people.find({ASSISTANT})[ASSISTANT].gone
        assert work.line.linked({ASSISTANT}) == {}
    tell(api, examples.ended)
    assert her.get(NOTIFICATIONS).json()["items"] == []


def test_only_operators_look_at_letters(api: Api, her: Caller) -> None:
    for path in ("/previews", "/previews/milestone_funded/milestone_funded"):
        assert her.get(f"{BASE}{path}").status_code == HTTPStatus.FORBIDDEN
    operator = api.person("operator")
    listed = operator.get(f"{BASE}/previews").json()
    assert {"secret_letter", "milestone_funded"} <= {each["event"] for each in listed}
    for each in listed:
        path = f"{BASE}/previews/{each['event']}/{each['template']}"
        shown = operator.get(path, params={"locale": "en"}).json()
        assert shown["html"].startswith("<!doctype html>")
    missing = operator.get(f"{BASE}/previews/milestone_funded/nothing")
    assert missing.json()["code"] == "letter_not_found"
