"""`deploy/build-image` and `deploy/check-image`: the image, with a registry or without."""

import os
import sys
from typing import Annotated

import typer
from rich.console import Console

from tools.image.check import build_images
from tools.image.check import check as check_all
from tools.image.docker import daemon
from tools.processes import StackError
from tools.stack import ROOT
from tools.story.member import RefusedError
from tools.story.tale import StoryBrokenError

FOLDER = ROOT / ".run" / "image"

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console(highlight=False)


@app.command()
def build() -> None:
    """Build the image and the trial's image, and write the bill of materials to .run/image.

    Without a registry the base is made with debootstrap. Python packages are fetched by this
    machine's pip, as it is configured.
    """
    with daemon(FOLDER / "docker"):
        build_images(FOLDER, console)


@app.command()
def check(
    *,
    story: Annotated[
        bool, typer.Option(help="also tell a milestone's life on compose.yaml")
    ] = True,
) -> None:
    """Prove what is said of the image and of compose.yaml, on this machine, and print a table.

    Starts a docker daemon for as long if none runs. Makes the base image if there is none; builds;
    builds twice without a cache and compares; looks for what must not be in it; brings
    compose.yaml up with real PostgreSQL and RabbitMQ, migrates, and measures for every process how
    long it takes from its start until it is ready; tells a story on it; stops it. Takes some ten
    minutes the first time.
    """
    with daemon(FOLDER / "docker"):
        held = check_all(FOLDER, console, with_story=story)
    if not held:
        raise StackError("not everything held: see the lines with ✗")


def main() -> None:
    """Run a command; whatever a person can put right is told without a traceback."""
    os.chdir(ROOT)
    try:
        app()
    except (StackError, StoryBrokenError, RefusedError) as error:
        console.print(str(error), style="red", markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
