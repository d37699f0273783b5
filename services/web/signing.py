"""Tokens that stay fresh: one exchange per session at a time, whoever asks for it."""

import asyncio
import hashlib
import time
from dataclasses import dataclass, field

from services.web.backend import Asker, Backend, Refused, Unreachable
from services.web.sessions import Known, Session
from shared.clock import Clock
from shared.messages.accounts import PersonView, TokenView
from shared.messages.companies import MembershipView

# Several requests may come with the cookie of before: for so long they get the same successor.
KEPT_SECONDS = 60

Renewed = tuple[TokenView, Known | None]


@dataclass
class Signing:
    """Begins sessions and keeps them fresh."""

    backend: Backend
    clock: Clock
    _under_way: dict[str, "asyncio.Task[Renewed]"] = field(default_factory=dict)
    _ended: dict[str, float] = field(default_factory=dict)

    async def begin(self, session: Session, asker: Asker, tokens: TokenView) -> None:
        """Begin a new session with the tokens that a sign-in gave."""
        known = await self._known(asker, tokens.access_token)
        session.begin(tokens, known, self.clock.now())

    async def keep_fresh(self, session: Session, asker: Asker) -> bool:
        """Exchange the session's tokens when they have become old.

        Return whether the session still holds: it is forgotten when accounts has ended it.
        """
        if not session.stale(self.clock.now()):
            return True
        return await self.renew(session, asker)

    async def renew(self, session: Session, asker: Asker) -> bool:
        """Exchange the session's tokens now: rights that were just given are in the new one."""
        try:
            tokens, known = await self._exchange(session.refresh_token, asker)
        except Refused as refused:
            if refused.status not in {401, 403}:
                raise
            session.forget()
            return False
        session.go_on(tokens, known, self.clock.now())
        return True

    async def know_again(self, session: Session, asker: Asker) -> None:
        """Ask accounts again who the person is: something of that was changed."""
        session.know((await self._known(asker, session.access_token))[0])

    async def _exchange(self, refresh_token: str, asker: Asker) -> Renewed:
        self._forget_old()
        digest = hashlib.sha256(refresh_token.encode()).hexdigest()
        task = self._under_way.get(digest)
        if task is None:
            task = asyncio.create_task(self._exchange_now(refresh_token, asker))
            self._under_way[digest] = task
        # One visitor who goes away must not take the others' exchange along.
        try:
            return await asyncio.shield(task)
        finally:
            if task.done() and (task.cancelled() or task.exception()):
                self._under_way.pop(digest, None)
            else:
                self._ended.setdefault(digest, time.monotonic() + KEPT_SECONDS)

    async def _exchange_now(self, refresh_token: str, asker: Asker) -> Renewed:
        nobody = Asker(address=asker.address, browser=asker.browser)
        body = {"refresh_token": refresh_token}
        answer = await self.backend.ask(nobody, "POST", "accounts", "/sessions/refresh", body=body)
        tokens = answer.parse(TokenView, "accounts")
        try:
            return tokens, await self._known(asker, tokens.access_token)
        except (Refused, Unreachable):
            # The old token is used up: without the new one the visitor would be signed out.
            return tokens, None

    async def _known(self, asker: Asker, token: str) -> Known:
        known = Asker(token, asker.address, asker.browser)
        person, companies = await asyncio.gather(
            self.backend.ask(known, "GET", "accounts", "/people/me"),
            self.backend.ask(known, "GET", "accounts", "/companies"),
        )
        members = companies.parse(list[MembershipView], "accounts")
        return person.parse(PersonView, "accounts"), members

    def _forget_old(self) -> None:
        now = time.monotonic()
        for digest in [digest for digest, until in self._ended.items() if now > until]:
            del self._ended[digest]
            self._under_way.pop(digest, None)
