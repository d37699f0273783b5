"""The mails that a catcher has written to a file, as they are read while it goes on."""

import json
from dataclasses import asdict
from pathlib import Path

from tools.mail import Mail, Mailbox


def _mail(subject: str) -> Mail:
    return Mail(
        "a@t.example", ["b@t.example"], subject, "本文", f"<{subject}>", "2027-01-18T00:00Z"
    )


def _line(mail: Mail) -> str:
    return f"{json.dumps(asdict(mail), ensure_ascii=False)}\n"


def test_a_mailbox_without_a_file_is_empty(tmp_path: Path) -> None:
    assert Mailbox(tmp_path / "mails").mails() == []


def test_each_look_shows_all_mails_so_far_once(tmp_path: Path) -> None:
    mailbox, first, second = Mailbox(tmp_path / "mails"), _mail("ひとつめ"), _mail("ふたつめ")
    mailbox.file.write_text(_line(first), encoding="utf-8")
    assert mailbox.mails() == [first]

    with mailbox.file.open("a", encoding="utf-8") as file:
        file.write(_line(second))
    assert mailbox.mails() == [first, second]
    assert mailbox.mails() == [first, second]


def test_a_mail_that_is_half_written_is_shown_when_it_is_whole(tmp_path: Path) -> None:
    mailbox, mail = Mailbox(tmp_path / "mails"), _mail("半分")
    line = _line(mail).encode()
    cut = line.index("半".encode()) + 1  # within a letter of three bytes
    mailbox.file.write_bytes(line[:cut])
    assert mailbox.mails() == []

    with mailbox.file.open("ab") as file:
        file.write(line[cut:])
    assert mailbox.mails() == [mail]
