import email
from dataclasses import replace
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from services.notify.domain import examples
from services.notify.domain.bounces import Meaning, reports
from services.notify.use_cases import bouncing, mailing, telling
from shared.errors import NotAuthenticated
from shared.ids import new_id
from tests.unit.notify.fakes import Fakes

MAIL_ID = new_id()
SECRET = "the relay's own"


def report(
    status: str = "5.1.1",
    *,
    mail_id: object = MAIL_ID,
    recipient: str = "rfc822;Hanako@example.jp",
    action: str = "failed",
    whole: bool = False,
) -> bytes:
    """Return what a relay sends (RFC 3464), with the mail that it is about or its headers."""
    message = MIMEMultipart("report", report_type="delivery-status")
    message.attach(MIMEText("I'm sorry to have to inform you"))
    said = f"Final-Recipient: {recipient}\nAction: {action}\nStatus: {status}\n"
    told = email.message_from_string(f"Reporting-MTA: dns; relay\n\n{said}")
    status_part = EmailMessage()
    status_part.set_type("message/delivery-status")
    status_part.set_payload([told, email.message_from_string(said)])
    message.attach(status_part)
    original = f"From: no-reply@tasuki.example\nMessage-ID: <{mail_id}@tasuki.example>\n\n"
    if whole:
        message.attach(MIMEMessage(email.message_from_string(f"{original}Dear Hanako")))
    else:
        message.attach(MIMEText(original, "rfc822-headers"))
    return message.as_bytes()


@pytest.mark.parametrize("whole", [True, False])
def test_a_report_is_read(whole: bool) -> None:  # noqa: FBT001
    [read] = reports(report(whole=whole))
    assert (read.mail_id, read.recipient, read.status) == (MAIL_ID, "hanako@example.jp", "5.1.1")


@pytest.mark.parametrize(
    ("status", "action", "meaning"),
    [
        ("5.1.1", "failed", Meaning.GONE),
        ("5.1.10", "failed", Meaning.GONE),
        ("5.2.1", "failed", Meaning.GONE),
        ("5.2.2", "failed", Meaning.PASSING),  # a full mailbox
        ("5.7.1", "failed", Meaning.PASSING),  # a rule of the other side
        ("5.0.0", "failed", Meaning.PASSING),  # says nothing
        ("4.4.1", "delayed", Meaning.PASSING),
        ("5.1.1", "delayed", Meaning.PASSING),
        ("2.0.0", "delivered", Meaning.NONE),
        ("nonsense", "failed", Meaning.NONE),
    ],
)
def test_only_what_lasts_means_that_an_address_is_gone(
    status: str, action: str, meaning: Meaning
) -> None:
    [read] = reports(report(status, action=action))
    assert read.meaning is meaning


@pytest.mark.parametrize(
    "source",
    [b"", b"\xff\x00", b"Subject: hello\n\nI am on holiday.", report(mail_id="somebody-else")],
    ids=["nothing", "bytes", "a mail", "not ours"],
)
def test_what_is_no_report_about_our_mail_says_nothing(source: bytes) -> None:
    assert reports(source) == []


@pytest.fixture
def fakes() -> Fakes:
    fakes = Fakes()
    telling.tell([examples.milestone_funded], fakes.work)
    mailing.send_due_mail(fakes)
    return fakes


def about(fakes: Fakes, status: str, **more: str) -> bytes:
    return report(status, mail_id=fakes.mailer.sent[0].mail_id, **more)  # type: ignore[arg-type]


def test_an_address_that_is_gone_is_mailed_no_more_and_its_person_finds_why(fakes: Fakes) -> None:
    for _ in range(2):
        taken = bouncing.take_report(about(fakes, "5.1.1"), SECRET, fakes.work)
        assert taken.outcome == "stopped"
    assert [each.template for each in fakes.notifications.kept] == [
        "milestone_funded",
        "address_refused",
    ]
    telling.tell([examples.milestone_funded], fakes.work)
    mailing.send_due_mail(fakes)
    assert len(fakes.mailer.sent) == 1


def test_a_passing_reason_is_counted_and_mail_goes_on(fakes: Fakes) -> None:
    for times in (1, 2):
        taken = bouncing.take_report(about(fakes, "4.2.2"), SECRET, fakes.work)
        assert taken.outcome == "counted"
        assert fakes.addresses.find("hanako@example.jp").returned == times
    telling.tell([examples.milestone_funded], fakes.work)
    mailing.send_due_mail(fakes)
    assert len(fakes.mailer.sent) == 2


def test_a_report_about_an_address_that_we_did_not_mail_stops_nothing(fakes: Fakes) -> None:
    other = about(fakes, "5.1.1", recipient="rfc822;taro@example.jp")
    assert bouncing.take_report(other, SECRET, fakes.work).outcome == "ignored"
    assert bouncing.take_report(report(), SECRET, fakes.work).outcome == "ignored"
    assert fakes.addresses.known == {}


@pytest.mark.parametrize("secret", ["", "guessed"])
def test_only_our_relay_reports(fakes: Fakes, secret: str) -> None:
    with pytest.raises(NotAuthenticated, match="bounce_secret_wrong"):
        bouncing.take_report(about(fakes, "5.1.1"), secret, fakes.work)
    assert fakes.addresses.known == {}


def test_without_a_relay_that_reports_nobody_does(fakes: Fakes) -> None:
    with pytest.raises(NotAuthenticated, match="bounce_secret_wrong"):
        bouncing.take_report(about(fakes, "5.1.1"), "", replace(fakes.work, bounce_secret=""))
