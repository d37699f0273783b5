"""The published language as JSON Schema, and the rule for changing it.

    python -m tests.contract.published      write the snapshots anew; refuses a change that breaks

What was published stays: properties keep their schema, what was optional stays optional. Commands
and events gain optional properties only; views may gain any. Enumerations of commands and views may
gain values, those of events may not: an older reader would not know them. Anything else is a new
version of the event, or a new command or view beside the old.
"""

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import shared.messages
from shared.messages.base import Command, Event, View

SNAPSHOTS = Path(__file__).parent / "schemas"
KINDS: dict[str, type] = {"command": Command, "event": Event, "view": View}
# What explains a schema without changing what fits it.
_ANNOTATIONS = frozenset({"title", "description", "examples", "default"})

Schema = dict[str, Any]


@cache
def published() -> dict[str, Schema]:
    """Return the schema of every command, event and view, by the path of its snapshot."""
    return {
        path: model.model_json_schema(
            mode="validation" if issubclass(model, Command) else "serialization"
        )
        for path, model in models().items()
    }


def models() -> dict[str, type[BaseModel]]:
    """Return every command, event and view, by the path of its snapshot."""
    return {f"{service}/{kind}.{name}.json": model for service, kind, name, model in _models()}


def _models() -> Iterator[tuple[str, str, str, Any]]:
    for module_info in pkgutil.iter_modules(shared.messages.__path__):
        module = importlib.import_module(f"shared.messages.{module_info.name}")
        for name, model in vars(module).items():
            own = isinstance(model, type) and model.__module__ == module.__name__
            if not own or module_info.name == "base":
                continue
            for kind, base in KINDS.items():
                if issubclass(model, base) and (base is not Event or hasattr(model, "service")):
                    version = f".v{model.version}" if base is Event else ""
                    yield module_info.name, kind, f"{name}{version}", model


def breaks(kind: str, old: Schema, new: Schema) -> list[str]:
    """Return what in the new schema breaks those who were told the old one; nothing if nothing."""
    found = list(_object_breaks(kind, "", old, new))
    new_definitions = new.get("$defs", {})
    for name, definition in old.get("$defs", {}).items():
        if name in new_definitions:
            found += _object_breaks(kind, name, definition, new_definitions[name])
    return found


def _object_breaks(kind: str, at: str, old: Schema, new: Schema) -> Iterator[str]:
    new_properties = new.get("properties", {})
    for name, schema in old.get("properties", {}).items():
        if name not in new_properties:
            yield f"{at}/{name} is gone"
        elif _meaning(schema) != _meaning(new_properties[name]):
            yield f"{at}/{name} has another schema"
    required_before, required_now = set(old.get("required", ())), set(new.get("required", ()))
    # What is sent to us may be required less; what we send may not become optional.
    added = required_now - required_before
    if kind == "view":
        added &= set(old.get("properties", {}))
    for name in sorted(added):
        yield f"{at}/{name} has become required"
    for name in sorted(required_before - required_now if kind != "command" else ()):
        yield f"{at}/{name} has become optional"
    if old.get("enum") != new.get("enum"):
        gone = set(old.get("enum", ())) - set(new.get("enum", ()))
        if gone or kind == "event":
            yield f"{at} has other values"


def _meaning(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _meaning(value) for key, value in schema.items() if key not in _ANNOTATIONS}
    if isinstance(schema, list):
        return [_meaning(value) for value in schema]
    return schema


def snapshot_text(schema: Schema) -> str:
    """Return the schema as it is committed."""
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the snapshots, or say what would break."""
    current = published()
    broken = []
    for path, schema in current.items():
        snapshot = SNAPSHOTS / path
        if snapshot.exists():
            kind = snapshot.name.split(".")[0]
            old = json.loads(snapshot.read_text(encoding="utf-8"))
            broken += [f"{path}: {what}" for what in breaks(kind, old, schema)]
    known = {str(path.relative_to(SNAPSHOTS)) for path in SNAPSHOTS.rglob("*.json")}
    broken += [f"{path}: is gone" for path in sorted(known - set(current))]
    if broken:
        sys.exit("Publish a new version beside the old one instead:\n  " + "\n  ".join(broken))
    for path, schema in current.items():
        snapshot = SNAPSHOTS / path
        snapshot.parent.mkdir(parents=True, exist_ok=True)
        snapshot.write_text(snapshot_text(schema), encoding="utf-8")


if __name__ == "__main__":
    main()
