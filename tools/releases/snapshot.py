"""`make release-snapshot VERSION=… [REF=…]`: what a release is remembered by.

It tells all stories on a stack of that version and keeps, in tests/data/releases/<version>:

    messages.jsonl   what its services told each other, body and properties: each kind in each shape
    schemas.json     the JSON Schemas of all its messages
    tables.json      its tables, and what its roles may do with them
    openapi/         what its services offer over HTTP

Tests hold every later version to it: it takes these messages, serves these clients, and its
databases are an expansion of those tables. Remove the folder of a version that nobody runs.
"""

import argparse
import json
import shutil
import sys
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tools.processes import StackError
from tools.releases.overheard import Said, overhearing
from tools.releases.rolling import RollingStack
from tools.releases.tables import tables_of
from tools.releases.trees import checked_out, commit_of
from tools.services import WITH_STATE
from tools.stack import ROOT, Stack
from tools.story.demo import stage_on
from tools.story.money import MoneyTale
from tools.story.narrator import Silent
from tools.story.tale import Tale
from tools.story.work import WorkTale

RELEASES = ROOT / "tests" / "data" / "releases"
SAME_SHAPE = 2
STORIES = (Tale, MoneyTale, WorkTale)


def take(version: str, ref: str) -> Path:
    """Tell the stories on the code of `ref`; return the folder of what was kept of it."""
    folder = RELEASES / version
    with checked_out(ref) as tree, tempfile.TemporaryDirectory(prefix="tasuki-release-") as run:
        with RollingStack(Path(run), tree) as stack:
            messages = _told(stack)
            tables = {service: _tables(stack, service) for service in WITH_STATE}
            offered = {service: _offered(stack, service) for service in WITH_STATE}
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "openapi").mkdir(parents=True)
        _write(folder / "release.json", {"commit": commit_of(ref), "version": version})
        _write(folder / "schemas.json", _schemas(tree))
    _write(folder / "tables.json", tables)
    for service, document in offered.items():
        _write(folder / "openapi" / f"{service}.json", document)
    lines = "".join(f"{message.line()}\n" for message in messages)
    (folder / "messages.jsonl").write_text(lines, encoding="utf-8")
    return folder


def _told(stack: Stack) -> list[Said]:
    """Return what was told: all of the first story, and each shape of message of the others."""
    with stage_on(stack, Silent()) as stage, overhearing(stack.broker.url) as overheard:
        first = 0
        for story in STORIES:
            broken = [proof.claim for proof in story(stage).tell() if not proof.holds]
            if broken:
                raise StackError(f"the story does not hold on that version: {', '.join(broken)}")
            first = first or len(overheard())
        said = overheard()
    return [*said[:first], *_of_each_shape(said[first:])]


def _of_each_shape(messages: Iterable[Said]) -> Iterator[Said]:
    seen: Counter[tuple[str, ...]] = Counter()
    for message in messages:
        shape = (message.event_type, *sorted(_shape(message.facts())))
        seen[shape] += 1
        if seen[shape] <= SAME_SHAPE:
            yield message


def _shape(value: Any, at: str = "") -> set[str]:
    """Return which fields have what kind of value."""
    if isinstance(value, dict):
        return set().union(*(_shape(each, f"{at}/{name}") for name, each in value.items()))
    if isinstance(value, list):
        return {f"{at}[]"}.union(*(_shape(each, f"{at}[]") for each in value))
    return {f"{at} {type(value).__name__}"}


def _tables(stack: Stack, service: str) -> dict[str, Any]:
    return tables_of(stack.environments.of(service)["DATABASE_URL"], f"tasuki_{service}")


def _offered(stack: Stack, service: str) -> Any:
    address = f"{stack.url(service)}/api/v1/{service}/openapi.json"
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310  (our own address)
        return _without_examples(json.load(answer))


def _without_examples(document: Any) -> Any:
    if isinstance(document, dict):
        return {
            name: _without_examples(each)
            for name, each in document.items()
            # A property may have any name; an example is a list.
            if not (name == "examples" and isinstance(each, list))
        }
    return (
        [_without_examples(each) for each in document] if isinstance(document, list) else document
    )


def _schemas(tree: Path) -> dict[str, Any]:
    schemas = tree / "tests" / "contract" / "schemas"
    return {
        str(file.relative_to(schemas)): json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(schemas.rglob("*.json"))
    }


def _write(file: Path, content: dict[str, Any]) -> None:
    """Write a line for each name, so that two releases can be compared."""
    lines = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(each, ensure_ascii=False, sort_keys=True)}"
        for name, each in sorted(content.items())
    )
    file.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def main() -> None:
    """Take it, and say what was kept."""
    parser = argparse.ArgumentParser(description="Keep what a release is remembered by.")
    parser.add_argument("version", help="the folder's name, such as 1.2.0")
    parser.add_argument("ref", nargs="?", default="HEAD", help="its commit or tag (HEAD)")
    wanted = parser.parse_args()
    try:
        folder = take(wanted.version, wanted.ref)
    except StackError as error:
        sys.exit(str(error))
    for file in sorted(folder.rglob("*.json*")):
        print(f"{file.relative_to(ROOT)}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
