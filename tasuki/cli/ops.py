"""The group `tasuki ops`: what operators do who keep a deployment going."""

import typer

from tasuki.cli.keys import keys
from tasuki.cli.letters import drain, letters, resume
from tasuki.cli.replay import replay
from tasuki.cli.status import status
from tasuki.cli.verify import verify

ops = typer.Typer(
    name="ops",
    help="For operators: how everything stands, and keeping it going",
    no_args_is_help=True,
)
ops.add_typer(keys, name="keys")
ops.command()(replay)
ops.add_typer(letters, name="dead-letters")
for command in (status, drain, resume, verify):
    ops.command()(command)
