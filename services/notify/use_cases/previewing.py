"""Looking at letters before anybody gets them."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from services.notify.domain.examples_own import ALL
from services.notify.domain.kinds import link_of, nature_of
from services.notify.domain.letters import Addressee
from services.notify.domain.tellings import TO_ADDRESSES, told
from services.notify.ports import Work
from shared.errors import NotFound
from shared.messages.accounts import Locale, SecretLetter
from shared.messages.base import Event
from shared.messages.notify import Channel, LetterView, PreviewView
from shared.people import Person

_NAMES: dict[Locale, str] = {"ja": "花子", "en": "Hanako"}


class Example(NamedTuple):
    """An event, and a letter that tells of it."""

    event: Event
    template: str


def examples() -> Iterator[Example]:
    """Yield the first example of each event and template."""
    seen = set()
    for event in ALL:
        templates = [event.kind] if isinstance(event, SecretLetter) else _templates(event)
        for template in templates:
            if (event.event_name, template) not in seen:
                seen.add((event.event_name, template))
                yield Example(event, str(template))


def list_letters(by: Person) -> list[LetterView]:
    """Return every letter there is, for operators."""
    by.must_be("operator")
    return [
        LetterView(
            event=event.event_name,
            template=template,
            kind=nature_of(template).kind,
            always_mailed=nature_of(template).must,
        )
        for event, template in examples()
    ]


def preview(
    event: str, template: str, by: Person, work: Work, *, locale: Locale, channel: Channel
) -> PreviewView:
    """Return a letter as somebody would get it, for operators; NotFound (`letter_not_found`)."""
    by.must_be("operator")
    found = next(
        (e for e in examples() if (e.event.event_name, e.template) == (event, template)), None
    )
    if found is None:
        raise NotFound("letter_not_found", "There is no such letter. List them to see which.")
    to = Addressee(UUID(int=0), "hanako@example.jp", _NAMES[locale], locale)
    letter = work.letters.write(template, to, found.event)
    texts = {
        Channel.INBOX: letter.text,
        Channel.EMAIL: letter.body,
        Channel.LINE: work.letters.push(letter),
    }
    return PreviewView(
        event=event,
        template=template,
        locale=locale,
        channel=channel,
        subject=letter.subject,
        text=texts[channel],
        link=link_of(template, found.event),
        html=work.letters.html(letter, locale) if channel is Channel.EMAIL else "",
    )


def _templates(event: Event) -> list[str]:
    if template := TO_ADDRESSES.get(type(event)):
        return [template]
    return [template for _, template in told(event)]
