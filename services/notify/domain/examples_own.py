"""Letters that no other service's event makes us write: those of accounts, and our own."""

from services.notify.domain.examples import ASSISTANT, EXAMPLES, MOMENT, OTHER
from services.notify.domain.examples_programs import PROGRAMS
from services.notify.domain.kinds import LINKS_OF_SECRETS
from services.notify.domain.own import AddressRefused, EndpointDisabled, LineLinked
from shared.messages.accounts import LetterKind, SecretLetter
from shared.messages.base import Event
from shared.messages.companies import AddressInvited

# What `about` says in the letters that have it.
_ABOUT = {
    LetterKind.EMAIL_CHANGED: "new@example.jp",
    LetterKind.FACTOR_ADDED: "iPhone",
    LetterKind.FACTOR_REMOVED: "iPhone",
    LetterKind.PROVIDER_LINKED: "Example ID",
    LetterKind.PROVIDER_UNLINKED: "Example ID",
    LetterKind.TOKEN_MADE: "会計ソフト",
    LetterKind.SUSPENDED: "同じ文面のメッセージが多数送られたため",
}


def _letter(kind: LetterKind) -> SecretLetter:
    secret = kind in LINKS_OF_SECRETS
    return SecretLetter(
        kind=kind,
        email="hanako@example.jp",
        display_name="花子",
        locale="ja",
        person_id=ASSISTANT,
        secret="example" if secret else None,
        expires_at=MOMENT if secret else None,
        happened_at=MOMENT,
        device=None if secret else "Firefox / macOS",
        about=_ABOUT.get(kind),
    )


LETTERS: tuple[SecretLetter, ...] = tuple(_letter(kind) for kind in LetterKind)
OWN: tuple[Event, ...] = (
    AddressRefused(person_id=ASSISTANT, email="hanako@example.jp", refused_at=MOMENT),
    LineLinked(person_id=ASSISTANT, linked_at=MOMENT),
    *(
        EndpointDisabled(
            account_id=ASSISTANT,
            url="https://example.jp/hook",
            reason=reason,
            disabled_at=MOMENT,
        )
        for reason in ("gone", "failing")
    ),
)
address_invited = AddressInvited(
    company_id=OTHER,
    company_name="株式会社みどり園芸",
    email="hanako@example.jp",
    locale="ja",
    expires_at=MOMENT,
)
ALL: tuple[Event, ...] = (*EXAMPLES, *PROGRAMS, *OWN, *LETTERS, address_invited)
