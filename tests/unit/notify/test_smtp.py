import smtplib
from email.message import EmailMessage
from uuid import UUID

import pytest

from services.notify.adapters.smtp import Composer, SmtpServer, describe
from services.notify.domain.letters import Addressee, Letter, Mail
from tests.unit.notify.fakes import NOW, FakeLetters, FakeLinks

MAIL = Mail(
    mail_id=UUID(int=7),
    addressee=Addressee(UUID(int=1), "hanako@example.jp", "山田 花子", "ja"),
    letter=Letter("「商品説明」を始められます", "花子 さん\n\n始めて大丈夫です。\n"),
    told_at=NOW,
    attempt=1,
)
COMPOSER = Composer("Tasuki <no-reply@tasuki.example>", FakeLetters(), FakeLinks())


def test_a_mail_is_readable_and_can_be_recognised_when_it_comes_twice() -> None:
    message = COMPOSER.compose(MAIL)
    assert isinstance(message, EmailMessage)
    assert message["Message-ID"] == "<00000000-0000-0000-0000-000000000007@tasuki.example>"
    assert message["Subject"] == "「商品説明」を始められます"
    assert message["To"].addresses[0].display_name == "山田 花子"
    assert message["To"].addresses[0].addr_spec == "hanako@example.jp"
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content() == MAIL.letter.body
    assert COMPOSER.compose(MAIL)["Message-ID"] == message["Message-ID"]


def test_a_name_cannot_begin_another_header() -> None:
    sly = Addressee(UUID(int=1), "a@example.jp", "A\r\nBcc: everybody@example.jp", "ja")
    mail = Mail(MAIL.mail_id, sly, MAIL.letter, NOW, 1)
    message = COMPOSER.compose(mail)
    assert "Bcc" not in message
    assert len(message["To"].addresses) == 1


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:8025", SmtpServer("smtp", "127.0.0.1", 8025)),
        ("smtp://mail", SmtpServer("smtp", "mail", 25)),
        ("smtps://u%40x:p%2F@mail", SmtpServer("smtps", "mail", 465, "u@x", "p/")),
        ("smtp+starttls://mail", SmtpServer("smtp+starttls", "mail", 587)),
    ],
)
def test_the_address_of_the_server_is_read(url: str, server: SmtpServer) -> None:
    assert SmtpServer.of(url) == server


@pytest.mark.parametrize("url", ["", "mail:25", "http://mail", "smtp://"])
def test_an_address_that_is_none_is_refused_and_says_what_is_wanted(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL must be"):
        SmtpServer.of(url)


def test_faults_are_named_without_the_person() -> None:
    refused = smtplib.SMTPRecipientsRefused({"hanako@example.jp": (550, b"no hanako here")})
    assert describe(refused) == "SMTPRecipientsRefused 550"
    assert describe(smtplib.SMTPDataError(552, b"full: hanako")) == "SMTPDataError 552"
    assert describe(ConnectionRefusedError("hanako")) == "ConnectionRefusedError"
