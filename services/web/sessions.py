"""Who is visiting: a session in one sealed cookie, and no state on the server.

The cookie has the tokens of accounts in it, so it is for this server only: sealed, out of the reach
of scripts, sent over TLS (except to this machine itself). It begins anew at each sign-in and
sign-out, so that nobody can be given a session that somebody else knows.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from starlette.responses import Response

from services.web.guard import new_secret
from services.web.i18n import Language, known
from shared.messages.accounts import PersonView, TokenView
from shared.messages.companies import MembershipStatus, MembershipView
from shared.sealed import Seal, UnsealableError

PARTS = ("operator", "client", "assistant")
PIECE_BYTES = 3_800  # browsers keep cookies of 4096 bytes, name and attributes in it
MOST_PIECES = 5
# The token is exchanged this long before it ends, so that it doesn't end on its way.
EARLY = timedelta(seconds=30)
LANGUAGE_DAYS = timedelta(days=365)

Known = tuple[PersonView, list[MembershipView]]


@dataclass(frozen=True)
class Notice:
    """What is said once, on the next page. Its mood is good, calm or bad."""

    mood: str
    text: str


@dataclass(frozen=True)
class Company:
    """A company that the viewer is a member of, with the viewer's rights in it."""

    company_id: UUID
    name: str
    rights: frozenset[str]


@dataclass(frozen=True)
class Viewer:
    """Somebody who is signed in, and as what they act now."""

    person_id: UUID
    name: str
    reading: str | None
    email: str
    roles: frozenset[str]
    locale: Language
    companies: tuple[Company, ...]
    part: str
    acting_for: UUID

    def is_a(self, role: str) -> bool:
        """Tell whether the viewer has this role."""
        return role in self.roles

    @property
    def parts(self) -> tuple[str, ...]:
        """What the viewer may act as."""
        return tuple(part for part in PARTS if part in self.roles)

    @property
    def acting_name(self) -> str:
        """The name of the account that the viewer acts for."""
        names = {company.company_id: company.name for company in self.companies}
        return names.get(self.acting_for, self.name)

    def may(self, right: str) -> bool:
        """Tell whether the viewer may do this for the account that they act for."""
        rights = {company.company_id: company.rights for company in self.companies}
        return right in rights[self.acting_for] if self.acting_for in rights else True


@dataclass
class Session:
    """What the cookie holds; small, since it comes with every request."""

    access_token: str = ""
    expires_at: int = 0
    refresh_token: str = ""
    kept_until: int = 0
    csrf: str = ""
    language: str = ""
    part: str = ""
    acting_for: str = ""
    person: dict[str, str] = field(default_factory=dict)
    companies: list[list[str]] = field(default_factory=list)
    notices: list[list[str]] = field(default_factory=list)
    asides: dict[str, str] = field(default_factory=dict)

    @property
    def signed_in(self) -> bool:
        """Whether somebody is signed in."""
        return bool(self.refresh_token)

    def token_for_forms(self) -> str:
        """Return the secret of this session's forms; it is made at the first one."""
        if not self.csrf:
            self.csrf = new_secret()
        return self.csrf

    def stale(self, now: datetime) -> bool:
        """Tell whether the access token has ended, or will at once."""
        return self.signed_in and (now + EARLY).timestamp() >= self.expires_at

    def begin(self, tokens: TokenView, of: Known, now: datetime) -> None:
        """Begin a new session of this person: nothing of the one before is left in it."""
        kept = self.language
        self.forget()
        self.language = known(kept) or of[0].locale
        self.go_on(tokens, of, now)

    def go_on(self, tokens: TokenView, of: Known | None, now: datetime) -> None:
        """Take new tokens, and what is newly known of the person."""
        self.access_token, self.refresh_token = tokens.access_token, tokens.refresh_token
        self.expires_at = int(now.timestamp()) + tokens.expires_in
        self.kept_until = int(now.timestamp()) + tokens.refresh_expires_in
        if of is None:
            return
        person, members = of
        self.know(person)
        joined = [each for each in members if each.status is MembershipStatus.MEMBER]
        self.companies = [[str(each.company_id), each.name] for each in joined]

    def know(self, person: PersonView) -> None:
        """Take what is newly known of the person."""
        self.person = {
            "name": person.display_name,
            "reading": person.reading or "",
            "email": person.email,
            "locale": person.locale,
        }

    def forget(self) -> None:
        """End the session: keep the language, and nothing else."""
        fresh = Session(language=self.language)
        for each in fields(Session):
            setattr(self, each.name, getattr(fresh, each.name))

    def viewer(self) -> Viewer | None:
        """Return who is signed in, as the access token and accounts say."""
        if not self.signed_in:
            return None
        claims = self.claims()
        person_id, roles = UUID(claims["sub"]), frozenset(claims.get("roles", ()))
        rights: Mapping[str, list[str]] = claims.get("companies", {})
        companies = tuple(
            Company(UUID(number), name, frozenset(rights.get(number, ())))
            for number, name in self.companies
        )
        parts = [part for part in PARTS if part in roles]
        part = self.part if self.part in parts else next(iter(parts), "")
        mine = {str(company.company_id): company.company_id for company in companies}
        acting_for = mine.get(self.acting_for, person_id) if part == "client" else person_id
        return Viewer(
            person_id,
            self.person.get("name", ""),
            self.person.get("reading") or None,
            self.person.get("email", ""),
            roles,
            known(self.person.get("locale")) or "ja",
            companies,
            part,
            acting_for,
        )

    def claims(self) -> dict[str, Any]:
        """Return what the access token says: it came from accounts, and was sealed since."""
        claims: dict[str, Any] = jwt.decode(
            self.access_token, options={"verify_signature": False, "verify_exp": False}
        )
        return claims

    def say(self, text: str, mood: str = "good") -> None:
        """Have something said on the next page."""
        self.notices.append([mood, text])

    def take_notices(self) -> list[Notice]:
        """Return what is to be said now, and never again."""
        said = [Notice(mood, text) for mood, text in self.notices]
        self.notices = []
        return said

    def dump(self) -> str:
        """Return the session as a text; an empty one when there is nothing to keep."""
        kept = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(kept, separators=(",", ":"), ensure_ascii=False) if kept else ""


@dataclass(frozen=True)
class Cookies:
    """Reads sessions from cookies, and writes them.

    Args:
        seal: what opens and closes them.
        secure: whether we are reached over TLS.
    """

    seal: Seal
    secure: bool

    @property
    def name(self) -> str:
        """The cookie's name. `__Host-` makes browsers hold to: only this host, only over TLS."""
        return "__Host-tasuki" if self.secure else "tasuki"

    def read(self, cookies: Mapping[str, str]) -> Session:
        """Return the session of a request; a new one without a cookie that we sealed."""
        sealed = "".join(cookies.get(self._piece(number), "") for number in range(MOST_PIECES))
        if not sealed:
            return Session()
        try:
            return Session(**json.loads(self.seal.open(sealed)))
        except (UnsealableError, ValueError, TypeError):
            return Session()

    def write(
        self,
        response: Response,
        session: Session,
        *,
        before: str,
        cookies: Mapping[str, str],
        now: datetime,
    ) -> None:
        """Write the session into the answer, if it is another than it was before."""
        text = session.dump()
        if text == before:
            return
        sealed = self.seal.close(text) if text else ""
        pieces = [sealed[at : at + PIECE_BYTES] for at in range(0, len(sealed), PIECE_BYTES)]
        until = timedelta(seconds=session.kept_until - int(now.timestamp()))
        # Who isn't signed in leaves nothing behind but the language.
        choice = LANGUAGE_DAYS if session == Session(language=session.language) else None
        max_age = until if session.signed_in else choice
        for number, piece in enumerate(pieces):
            self._set(response, number, piece, max_age)
        for number in range(len(pieces), MOST_PIECES):
            if self._piece(number) in cookies:
                self._set(response, number, "", timedelta())

    def _piece(self, number: int) -> str:
        return f"{self.name}-{number}" if number else self.name

    def _set(self, response: Response, number: int, value: str, max_age: timedelta | None) -> None:
        response.set_cookie(
            self._piece(number),
            value,
            max_age=None if max_age is None else int(max_age.total_seconds()),
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )
