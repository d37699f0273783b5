"""Builds the images, and writes the bill of materials beside."""

import subprocess
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tools.image.bases import BUILD_BASE
from tools.image.docker import docker, has_image, inspect
from tools.stack import ROOT

IMAGE = "tasuki"
TRIAL_IMAGE = "tasuki-trial"


@dataclass(frozen=True)
class Source:
    """What is built: the version, the commit, and the time of that commit in seconds."""

    version: str
    revision: str
    epoch: int

    @classmethod
    def here(cls) -> "Source":
        """Return the checkout's; without git, a commit of no name in 1970."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        revision, _, epoch = _git("log", "-1", "--format=%H %ct").partition(" ")
        return cls(project["project"]["version"], revision or "unknown", int(epoch or 0))

    @property
    def time(self) -> datetime:
        """The time of the commit."""
        return datetime.fromtimestamp(self.epoch, UTC)


def build(tag: str, source: Source, *, cache: bool = True) -> None:
    """Build the services' image from this checkout.

    Files in it have the time of the commit: two builds of one commit are the same to the last byte
    as long as Debian's packages are. Raises StackError when docker fails.
    """
    options = [] if cache else ["--no-cache"]
    docker(
        *("build", "--file", str(ROOT / "deploy/Dockerfile"), "--tag", tag, *options),
        *_arguments(
            SOURCE_DATE_EPOCH=str(source.epoch), VERSION=source.version, REVISION=source.revision
        ),
        str(ROOT),
    )


def build_trial(tag: str, service_image: str) -> None:
    """Build the image of the Stripe simulator and the mail catcher."""
    docker(
        *("build", "--file", str(ROOT / "deploy/trial.Dockerfile"), "--tag", tag),
        *_arguments(TASUKI_IMAGE=service_image),
        str(ROOT),
    )


def layers(image: str) -> list[str]:
    """Return the digests of an image's layers: of all names, bytes, owners, modes and times."""
    return list(inspect(image)["RootFS"]["Layers"])


def bill_file(folder: Path, source: Source) -> Path:
    """Return where the bill of materials of a build is written."""
    return folder / f"{IMAGE}-{source.version}.cdx.json"


def _arguments(**values: str) -> list[str]:
    if has_image(BUILD_BASE):
        values["BUILD_BASE"] = BUILD_BASE
    return [each for name, value in values.items() for each in ("--build-arg", f"{name}={value}")]


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
