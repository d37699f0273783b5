"""The terminal that a command runs in: the market that it talks to, and how it shows answers."""

import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import typer
from pydantic import BaseModel
from pydantic_core import to_json
from rich.console import Console

from shared.messages.accounts import TokenView
from tasuki.cli.kept import Keeper, Kept
from tasuki.cli.showing import show
from tasuki.client import Refused, Session, Tasuki, Unreachable
from tasuki.client.sessions import Tokens, utc_now

DEFAULT_URL = "http://127.0.0.1:8000"
REFUSED, USAGE, UNREACHABLE = 1, 2, 3


class Terminal:
    """The market that a command talks to, and how it shows what it is told."""

    def __init__(self, url: str, token: str, *, as_json: bool) -> None:
        self.keeper = Keeper.of(os.environ)
        kept = self.keeper.load()
        self.url = url or (kept.url if kept else DEFAULT_URL)
        self.as_json = as_json
        self.out = Console()
        self.err = Console(stderr=True)
        session = None
        if kept and not token and kept.url == self.url:
            session = Session(kept.tokens, keep=self._keep)
        self.market = self._market(token, session)

    def _market(self, token: str, session: Session | None) -> Tasuki:
        return Tasuki(self.url, token=token or None, session=session)

    def _keep(self, tokens: Tokens) -> None:
        self.keeper.keep(Kept(url=self.url, tokens=tokens))

    def signed_in(self, view: TokenView) -> None:
        """Go on as whoever these tokens are of, now and in later runs."""
        session = Session(Tokens.of(view, utc_now()), keep=self._keep)
        self._keep(session.tokens)
        self.market = Tasuki(self.url, session=session)

    def show(self, view: object) -> None:
        """Print a view, in words or as JSON."""
        if not self.as_json:
            show(view, self.out)
        elif isinstance(view, BaseModel):
            sys.stdout.write(view.model_dump_json(indent=2) + "\n")
        else:
            sys.stdout.write(as_text(view) + "\n")

    def fail(self, message: str, status: int) -> NoReturn:
        """End with a message on standard error."""
        self.err.print(message, style="red", markup=False, highlight=False)
        raise typer.Exit(status)

    def run(self, act: Callable[[], object]) -> Any:
        """Return what it returns; end with a clear message when the market refuses or is away."""
        try:
            return act()
        except Refused as refused:
            if self.as_json:
                sys.stdout.write(as_text(refused.facts) + "\n")
                raise typer.Exit(REFUSED) from refused
            self.fail(_in_words(refused), REFUSED)
        except Unreachable as away:
            self.fail(f"{away} Is the address right? tasuki --url …", UNREACHABLE)


def as_text(value: object) -> str:
    """Return anything that the API answers with as JSON."""
    return to_json(value, indent=2).decode()


def _in_words(refused: Refused) -> str:
    faults = refused.facts.get("errors")
    lines = [f"{refused.code}: {refused.detail}"]
    if isinstance(faults, list):
        lines += [f"  {each['pointer']}: {each['detail']}" for each in faults]
    if refused.code == "token_missing":
        lines.append("tasuki sign-in does that; a token goes into TASUKI_TOKEN.")
    return "\n".join(lines)
