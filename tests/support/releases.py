"""The releases that are remembered (tests/data/releases): what today's code is held to."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from shared.http.examples import COMPONENTS, with_examples
from tools.releases.overheard import Said
from tools.releases.snapshot import RELEASES

Schema = dict[str, Any]
_DEFINITIONS = "#/$defs/"


@dataclass(frozen=True)
class Release:
    """One of them."""

    folder: Path

    def __str__(self) -> str:
        return self.folder.name

    @cached_property
    def messages(self) -> list[Said]:
        """What its services told each other, in their order."""
        lines = (self.folder / "messages.jsonl").read_text(encoding="utf-8").splitlines()
        return [Said.of_line(line) for line in lines]

    @cached_property
    def schemas(self) -> dict[str, Schema]:
        """The JSON Schema of each message, by the path of its snapshot."""
        return self._read("schemas.json")

    @cached_property
    def tables(self) -> dict[str, Any]:
        """The tables of each service."""
        return self._read("tables.json")

    def services(self) -> list[str]:
        """Return the services that the release had, in order."""
        return sorted(each.stem for each in (self.folder / "openapi").glob("*.json"))

    def document(self, service: str) -> dict[str, Any]:
        """Return what a service offered over HTTP."""
        return self._read(f"openapi/{service}.json")

    def _read(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return content


def releases() -> list[Release]:
    """Return them, oldest first."""
    return [Release(file.parent) for file in sorted(RELEASES.glob("*/release.json"))]


def example_of(schema: Schema) -> Any:
    """Return a message that the schema describes."""
    text = json.dumps(schema).replace(_DEFINITIONS, COMPONENTS)
    moved = json.loads(text)
    schemas = {**moved.pop("$defs", {}), "It": moved}
    return with_examples({"components": {"schemas": schemas}})["components"]["schemas"]["It"][
        "examples"
    ][0]
