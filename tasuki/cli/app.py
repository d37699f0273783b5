"""The command `tasuki`: signing in, and a group of commands for each service.

The commands are those of `tasuki.client.operations`: what the API can do, the command can do.
"""

import os
import sys
from collections.abc import Callable
from typing import Annotated, Any, NoReturn

import typer
from pydantic import BaseModel, SecretStr
from pydantic_core import to_json
from rich.console import Console

from shared.messages.accounts import FactorKind, SecondFactorNeeded, SignIn, TokenView
from shared.messages.factors import CompleteSignIn
from tasuki.cli.commands import add_commands
from tasuki.cli.kept import Keeper, Kept
from tasuki.cli.ops import ops
from tasuki.cli.showing import show
from tasuki.client import Refused, Session, Tasuki, Unreachable
from tasuki.client.sessions import Tokens, utc_now

DEFAULT_URL = "http://127.0.0.1:8000"
REFUSED, UNREACHABLE = 1, 3

app = typer.Typer(
    name="tasuki",
    help="A market for remote assistants, at the terminal. `tasuki sign-in` comes first.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
        self.market = Tasuki(self.url, token=token or None, session=session)

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
            sys.stdout.write(_json(view) + "\n")

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
                sys.stdout.write(_json(refused.facts) + "\n")
                raise typer.Exit(REFUSED) from refused
            self.fail(_in_words(refused), REFUSED)
        except Unreachable as away:
            self.fail(f"{away} Is the address right? tasuki --url …", UNREACHABLE)


def _json(value: object) -> str:
    return to_json(value, indent=2).decode()


def _in_words(refused: Refused) -> str:
    faults = refused.facts.get("errors")
    lines = [f"{refused.code}: {refused.detail}"]
    if isinstance(faults, list):
        lines += [f"  {each['pointer']}: {each['detail']}" for each in faults]
    if refused.code == "token_missing":
        lines.append("tasuki sign-in does that; a token goes into TASUKI_TOKEN.")
    return "\n".join(lines)


@app.callback()
def _begin(
    context: typer.Context,
    *,
    url: Annotated[
        str, typer.Option(envvar="TASUKI_URL", help="Where the market is", show_default=False)
    ] = "",
    token: Annotated[
        str,
        typer.Option(envvar="TASUKI_TOKEN", help="A personal access token", show_default=False),
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what the API answers, as JSON")
    ] = False,
) -> None:
    context.obj = Terminal(url.rstrip("/"), token, as_json=as_json)


@app.command()
def sign_in(
    context: typer.Context,
    email: Annotated[str, typer.Option(prompt="E-mail", help="Of your account")],
) -> None:
    """Sign in; the session is kept in a file that only you can read."""
    terminal: Terminal = context.obj
    password = _password()
    body = SignIn(email=email, password=SecretStr(password), device="tasuki (command)")
    answer = terminal.run(lambda: terminal.market.accounts.sign_in(body))
    if isinstance(answer, SecondFactorNeeded):
        answer = terminal.run(lambda: _second_factor(terminal, answer))
    terminal.signed_in(answer)
    whoami(context)


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True))
    return sys.stdin.readline().rstrip("\n")


def _second_factor(terminal: Terminal, asked: SecondFactorNeeded) -> TokenView:
    if not asked.factors & {FactorKind.TOTP, FactorKind.RECOVERY_CODE}:
        terminal.fail(
            "This account signs in with a passkey, which a terminal can't ask for. Make a"
            " personal access token in the settings and set TASUKI_TOKEN.",
            REFUSED,
        )
    code = "".join(str(typer.prompt("Code of your app, or a recovery code")).split())
    is_totp = code.isdecimal() and FactorKind.TOTP in asked.factors
    body = CompleteSignIn.model_validate(
        {"challenge": asked.challenge, "totp" if is_totp else "recovery_code": code}
    )
    return terminal.market.accounts.complete_sign_in(body)


@app.command()
def sign_out(context: typer.Context) -> None:
    """End the session, here and at the market."""
    terminal: Terminal = context.obj
    if terminal.keeper.load():
        terminal.run(terminal.market.accounts.sign_out)
        terminal.keeper.forget()
    terminal.show(None)


@app.command()
def whoami(context: typer.Context) -> None:
    """Show whose account this is."""
    terminal: Terminal = context.obj
    terminal.show(terminal.run(terminal.market.accounts.show_me))


@app.command()
def watch(context: typer.Context) -> None:
    """Show what you are told as it happens, until Ctrl-C."""
    terminal: Terminal = context.obj

    def print_all() -> None:
        for event in terminal.market.live():
            if terminal.as_json:
                sys.stdout.write(_json(event.data | {"event": event.name}) + "\n")
            else:
                told = f"{event.data.get('what', event.name)}  {event.data.get('link', '')}"
                terminal.out.print(told, markup=False)

    terminal.run(print_all)


add_commands(app)
app.add_typer(ops, name="ops")


def main() -> None:
    """Run the command."""
    app()
