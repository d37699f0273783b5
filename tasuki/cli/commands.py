"""A command for each operation of the client."""

import inspect
import sys
from collections.abc import Callable, Mapping
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any, Final, get_args, get_type_hints

import typer
from pydantic import BaseModel

from shared.messages.accounts import TokenView
from tasuki.cli.options import FaultyOptionsError, command_of, of_model, parameter
from tasuki.cli.terminal import USAGE
from tasuki.client.operations import Accounts, Contracts, Jobs, Notify, Payments, Programs

SERVICES: Final[Mapping[str, tuple[type, str]]] = {
    "accounts": (Accounts, "Your account, companies, tokens"),
    "jobs": (Jobs, "Jobs, profiles, proposals, search"),
    "contracts": (Contracts, "Contracts, milestones, messages, disputes"),
    "payments": (Payments, "Money: escrow, payouts, documents, the books"),
    "programs": (Programs, "Programs for beginners: cohorts, the path, supporters, wallets"),
    "notify": (Notify, "What you are told, and webhooks"),
}
# What moves money or can't be taken back: asked for once more.
FINAL: Final = frozenset({"accept", "accept_part", "decide_dispute", "refund_milestone"})
_BESIDE: Final = frozenset({"body", "key", "if_match"})
_YES = Parameter(
    "yes",
    Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[bool, typer.Option("--yes", "-y", help="Don't ask once more")],
)


def add_commands(app: typer.Typer) -> None:
    """Add a group for each service, and in it a command for each operation."""
    for service, (operations, about) in SERVICES.items():
        group = typer.Typer(help=about, no_args_is_help=True)
        for name, method in inspect.getmembers(operations, inspect.isfunction):
            if not name.startswith("_") and not _signs_in(method):
                command = _command(service, name, method)
                group.command(name.replace("_", "-"), help=_help(method))(command)
        app.add_typer(group, name=service)


def _signs_in(method: Callable[..., Any]) -> bool:
    """Tell whether it answers with tokens: `tasuki sign-in` is there for that."""
    answer = get_type_hints(method)["return"]
    return answer is TokenView or TokenView in get_args(answer)


def _help(method: Callable[..., Any]) -> str:
    return inspect.getdoc(method) or ""


def _command(service: str, name: str, method: Callable[..., Any]) -> Callable[..., None]:
    hints = get_type_hints(method)
    model = _model(hints.get("body"))
    asked = inspect.signature(method).parameters
    paths = [
        each.name
        for each in asked.values()
        if each.kind is Parameter.POSITIONAL_OR_KEYWORD and each.name not in {"self", "body"}
    ]
    queries = [
        each.name
        for each in asked.values()
        if each.kind is Parameter.KEYWORD_ONLY and each.name not in _BESIDE
    ]

    def run(context: typer.Context, **given: Any) -> None:
        terminal = context.obj
        call = {each: given[each] for each in (*paths, *queries)}
        if model:
            fields = {each: given.get(each) for each in model.model_fields if each in given}
            try:
                call["body"] = command_of(model, given["body"], fields)
            except FaultyOptionsError as faulty:
                terminal.fail(str(faulty), USAGE)
        if given.get("if_match"):
            call["if_match"] = given["if_match"]
        if name in FINAL and not given["yes"]:
            typer.confirm("This can't be taken back. Go on?", abort=True)
        operation = getattr(getattr(terminal.market, service), name)
        answer = terminal.run(lambda: operation(**call))
        if hints["return"] is bytes:
            _save(answer, given["output"], terminal)
        else:
            terminal.show(answer)

    run.__signature__ = _signature(hints, model, paths, queries, name)  # type: ignore[attr-defined]
    return run


def _model(body: Any) -> type[BaseModel] | None:
    kinds = [each for each in (body, *get_args(body)) if isinstance(each, type)]
    return next((each for each in kinds if issubclass(each, BaseModel)), None)


def _signature(
    hints: Mapping[str, Any],
    model: type[BaseModel] | None,
    paths: list[str],
    queries: list[str],
    name: str,
) -> Signature:
    parameters = [
        Parameter("context", Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context),
        *(parameter(each, hints[each], required=True) for each in paths),
        *(parameter(each, hints[each]) for each in queries),
    ]
    if model:
        parameters += of_model(model, frozenset({*paths, *queries, *_BESIDE, "yes", "output"}))
        parameters.append(parameter("body", str, text="All of it as JSON, or @file"))
    if "if_match" in hints:
        parameters.append(parameter("if_match", str, text="The ETag of what is to be changed"))
    if name in FINAL:
        parameters.append(_YES)
    if hints["return"] is bytes:
        parameters.append(parameter("output", Path, text="The file to write; else standard output"))
    return Signature(parameters)


def _save(content: bytes, target: Path | None, terminal: Any) -> None:
    if target:
        target.write_bytes(content)
        terminal.err.print(f"{len(content):,} bytes in {target}", markup=False, highlight=False)
    elif sys.stdout.isatty():
        terminal.fail("Say where to write the file: --output FILE", USAGE)
    else:
        sys.stdout.buffer.write(content)
