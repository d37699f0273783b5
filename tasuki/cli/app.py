"""The command `tasuki`: signing in, and a group of commands for each service.

The commands are those of `tasuki.client.operations`: what the API can do, the command can do.
"""

import sys
from typing import Annotated

import typer
from pydantic import SecretStr

from shared.messages.accounts import FactorKind, SecondFactorNeeded, SignIn, TokenView
from shared.messages.factors import CompleteSignIn
from tasuki.cli.commands import add_commands
from tasuki.cli.ops import ops
from tasuki.cli.terminal import REFUSED, Terminal, as_text

app = typer.Typer(
    name="tasuki",
    help="A market for remote assistants, at the terminal. `tasuki sign-in` comes first.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
                sys.stdout.write(as_text(event.data | {"event": event.name}) + "\n")
            else:
                told = f"{event.data.get('what', event.name)}  {event.data.get('link', '')}"
                terminal.out.print(told, markup=False)

    terminal.run(print_all)


add_commands(app)
app.add_typer(ops, name="ops")


def main() -> None:
    """Run the command."""
    app()
