"""Every letter on every channel, and what is laid out of it."""

import re
from html.parser import HTMLParser
from uuid import UUID

import pytest

from services.notify.adapters.letters import FILTERS, PUSHED_CHARACTERS, TemplateLetters
from services.notify.adapters.links import NoLinks, SealedLinks
from services.notify.adapters.smtp import Composer
from services.notify.domain import examples
from services.notify.domain.blocks import Items, Paragraph, blocks
from services.notify.domain.examples import ASSISTANT
from services.notify.domain.examples_own import ALL, LETTERS
from services.notify.domain.kinds import LINKS_OF_SECRETS, nature_of
from services.notify.domain.letters import Addressee, Letter, Mail
from services.notify.domain.tellings import OWN_TELLINGS, TELLINGS, TO_ADDRESSES
from services.notify.ports import Gathered
from services.notify.use_cases import previewing
from services.web.pages import all_entries
from shared.errors import NotAllowed, NotFound
from shared.messages.accounts import LetterKind, Locale
from shared.messages.notify import Channel, Kind
from shared.people import Person
from shared.sealed import Seal, new_key
from tests.unit.notify.fakes import NOW, Fakes

PUBLIC_URL = "https://tasuki.example"
LETTERS_OF = TemplateLetters(PUBLIC_URL)
OPERATOR = Person(UUID(int=9), frozenset({"operator"}))
EACH = list(previewing.examples())
VOID = {"meta", "br"}


class Balanced(HTMLParser):
    """Reads HTML as strictly as a mail program doesn't: every tag is closed in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def person(locale: Locale) -> Addressee:
    return Addressee(ASSISTANT, "hanako@example.jp", "花子", locale)


@pytest.mark.parametrize("locale", FILTERS)
@pytest.mark.parametrize("happened", ALL, ids=lambda each: f"{each.event_name}-{ALL.index(each)}")
def test_every_letter_of_every_event_can_be_shown_on_every_channel(
    happened: object, locale: Locale
) -> None:
    found = [each for each in EACH if type(each.event) is type(happened)]
    for template in {each.template for each in found}:
        if happened in LETTERS and template != happened.kind:
            continue
        row_fits = [row for row in (*TELLINGS, *OWN_TELLINGS) if row.template == template]
        if row_fits and not any(row.when(happened) for row in row_fits):
            continue
        letter = LETTERS_OF.write(template, person(locale), happened)  # type: ignore[arg-type]
        assert letter.text
        assert "花子 さん" not in letter.text
        assert "Dear 花子" not in letter.text
        assert "-- " not in letter.text.splitlines()
        assert not letter.link or letter.link not in letter.text
        shown = Balanced(LETTERS_OF.html(letter, locale, "https://tasuki.example/stop"))
        assert not letter.link or letter.link in shown.links
        words = "".join(shown.text)
        for line in letter.text.splitlines():
            assert line.strip().lstrip("・- ") in words
        assert LETTERS_OF.push(letter).startswith(letter.subject)


def test_every_letter_can_be_looked_at() -> None:
    seen = {each.template for each in EACH}
    rows = {row.template for row in (*TELLINGS, *OWN_TELLINGS)}
    assert seen == rows | {*TO_ADDRESSES.values(), *map(str, LetterKind)}


def test_every_letter_leads_to_a_page_that_there_is() -> None:
    def shape(path: str) -> str:
        return re.sub(r"\{[^}]*\}", "{}", path.partition("?")[0].partition("#")[0])

    pages = {shape(entry.path) for entry in all_entries() if entry.method == "GET"}
    links = {shape(nature_of(each.template).link) for each in EACH}
    assert links - pages == {""}  # who can't sign in any more is led nowhere


@pytest.mark.parametrize("channel", Channel)
def test_operators_look_at_letters_as_they_are_sent(channel: Channel) -> None:
    work = Fakes().work
    shown = previewing.preview(
        "milestone_funded", "milestone_funded", OPERATOR, work, locale="ja", channel=channel
    )
    assert (shown.channel, shown.subject) == (channel, "milestone_funded")
    assert bool(shown.html) == (channel is Channel.EMAIL)


def test_nobody_else_looks_at_them() -> None:
    with pytest.raises(NotAllowed):
        previewing.list_letters(Person(ASSISTANT, frozenset({"client", "assistant"})))


@pytest.mark.parametrize(
    ("event", "template"), [("milestone_funded", "nothing"), ("nothing", "milestone_funded")]
)
def test_a_letter_that_is_none_is_not_found(event: str, template: str) -> None:
    with pytest.raises(NotFound, match="letter_not_found"):
        previewing.preview(
            event, template, OPERATOR, Fakes().work, locale="en", channel=Channel.INBOX
        )


@pytest.mark.parametrize("locale", FILTERS)
def test_a_secret_is_in_the_link_and_nowhere_else(locale: Locale) -> None:
    for asked in LETTERS:
        if asked.kind not in LINKS_OF_SECRETS:
            continue
        secret = asked.model_copy(update={"secret": "s3cr3t"})
        letter = LETTERS_OF.write(asked.kind, person(locale), secret)
        assert letter.link.endswith("?secret=s3cr3t")
        assert letter.body.count("s3cr3t") == 1
        assert "s3cr3t" not in letter.subject + letter.text
        assert "s3cr3t" not in repr(secret)


def test_what_people_typed_stays_text_in_html() -> None:
    sly = examples.changes_requested.model_copy(
        update={"comment": '<b>5 < 6</b> & https://evil.example/ <a href="x">y</a>'}
    )
    letter = LETTERS_OF.write("changes_requested", person("en"), sly)
    html = LETTERS_OF.html(letter, "en")
    assert "&lt;b&gt;5 &lt; 6&lt;/b&gt; &amp;" in html
    assert all(link.startswith(PUBLIC_URL) for link in Balanced(html).links)


def test_our_own_addresses_in_a_list_are_links() -> None:
    letter = LETTERS_OF.write("saved_search_matched", person("en"), examples.saved_search_matched)
    html = Balanced(LETTERS_OF.html(letter, "en"))
    assert f"{PUBLIC_URL}/jobs/{examples.OTHER}" in html.links


def test_paragraphs_and_lists_are_read_from_the_text() -> None:
    body = (
        "Dear Hanako,\n\nThree things:\n- one\n  more of it\n- two\nThat is all.\n\n-- \nTasuki\n"
    )
    assert blocks(body, "") == [
        Paragraph(("Dear Hanako,",)),
        Paragraph(("Three things:",)),
        Items((("one", "more of it"), ("two",))),
        Paragraph(("That is all.",)),
    ]


def test_what_is_pushed_is_short_and_ends_with_the_whole_address() -> None:
    kept = Letter("subject", "body", "long " * 1_000, "/contracts/1")
    pushed = LETTERS_OF.push(kept)
    assert len(pushed) < PUSHED_CHARACTERS + 100
    assert pushed.endswith(f"…\n\n{PUBLIC_URL}/contracts/1")


@pytest.mark.parametrize("locale", FILTERS)
def test_a_digest_says_each_thing_with_its_page(locale: Locale) -> None:
    gathered = [
        Gathered(UUID(int=number), f"thing {number}", f"/contracts/{number}", Kind.WORK)
        for number in (1, 2)
    ]
    letter = LETTERS_OF.digest(person(locale), gathered)
    assert "2" in letter.subject
    shown = Balanced(LETTERS_OF.html(letter, locale))
    for each in gathered:
        assert each.subject in letter.body
        assert f"{PUBLIC_URL}{each.link}" in shown.links
    assert f"{PUBLIC_URL}/inbox" in shown.links


def mail(*kinds: Kind) -> Mail:
    letter = LETTERS_OF.write("milestone_funded", person("en"), examples.milestone_funded)
    return Mail(UUID(int=7), person("en"), letter, NOW, kinds=kinds)


def test_a_mail_can_be_ended_by_one_click_of_the_mail_program() -> None:
    links = SealedLinks(PUBLIC_URL, Seal(new_key()))
    composer = Composer("Tasuki <no-reply@tasuki.example>", LETTERS_OF, links)
    message = composer.compose(mail(Kind.MONEY))
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message["List-Unsubscribe"].strip("<>")
    assert address.startswith(f"{PUBLIC_URL}/api/v1/notify/unsubscriptions?token=")
    assert links.read(address.partition("token=")[2]) == (ASSISTANT, (Kind.MONEY,))
    html = message.get_body(("html",))
    assert html
    assert address in Balanced(html.get_content()).links


def test_a_mail_that_cannot_be_ended_has_no_such_link() -> None:
    links = SealedLinks(PUBLIC_URL, Seal(new_key()))
    always = Composer("no-reply@tasuki.example", LETTERS_OF, links).compose(mail())
    keyless = Composer("no-reply@tasuki.example", LETTERS_OF, NoLinks()).compose(mail(Kind.WORK))
    assert "List-Unsubscribe" not in always
    assert "List-Unsubscribe" not in keyless


def test_a_link_of_another_market_or_for_another_purpose_ends_nothing() -> None:
    seal = Seal(new_key())
    links = SealedLinks(PUBLIC_URL, seal)
    other = SealedLinks(PUBLIC_URL, Seal(new_key())).stop(ASSISTANT, [Kind.WORK])
    assert links.read(other.partition("token=")[2]) is None
    for text in (f"start {ASSISTANT} work", f"stop {ASSISTANT} everything", "stop"):
        assert links.read(seal.close(text)) is None
    assert links.read("") is None
