"""What in a newer OpenAPI document breaks a client of the older one.

A client that is still there sends what it sent before, and reads what it read before. What it
sends must still be taken: no field fewer, nothing required more, no limit tighter. What it reads
must still come: no field gone, or left out that was always there, or of another type. Values of an
enumeration may be added to what it reads: readers take a value that they don't know as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]
Schema = dict[str, Any]

_REF = "#/components/schemas/"
_METHODS = ("get", "put", "post", "patch", "delete")
# Limits of which a higher one takes more, and those of which a lower one does.
_AT_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_AT_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems")


def breaking(old: Document, new: Document) -> list[str]:
    """Return what breaks clients of the old document, in words; nothing if nothing does."""
    return list(_Comparison(old, new).breaks())


@dataclass
class _Comparison:
    old: Document
    new: Document
    _seen: set[tuple[str, str, bool]] = field(default_factory=set)

    def breaks(self) -> Iterator[str]:
        for path, methods in self.old["paths"].items():
            for method in set(methods) & set(_METHODS):
                at = f"{method.upper()} {path}"
                now = self.new["paths"].get(path, {}).get(method)
                if now is None:
                    yield f"{at} is gone"
                else:
                    yield from self._operation(at, methods[method], now)

    def _operation(self, at: str, old: Schema, new: Schema) -> Iterator[str]:
        yield from self._parameters(at, old, new)
        body, body_now = old.get("requestBody"), new.get("requestBody")
        if body_now and body_now.get("required") and not (body and body.get("required")):
            yield f"{at} requires a body"
        for media, content in (body or {}).get("content", {}).items():
            taken = (body_now or {}).get("content", {}).get(media)
            if taken is None:
                yield f"{at} takes no {media}"
            else:
                yield from self._taken(f"{at} body", content["schema"], taken["schema"])
        for status, answer in old.get("responses", {}).items():
            if status.startswith("2"):
                yield from self._answer(f"{at} {status}", answer, new["responses"].get(status))

    def _parameters(self, at: str, old: Schema, new: Schema) -> Iterator[str]:
        before = {(each["in"], each["name"]): each for each in old.get("parameters", ())}
        now = {(each["in"], each["name"]): each for each in new.get("parameters", ())}
        for key, parameter in before.items():
            if key not in now:
                yield f"{at} has no {key[0]} parameter {key[1]}"
            else:
                schemas = parameter["schema"], now[key]["schema"]
                yield from self._taken(f"{at} {key[1]}", *schemas)
        for key, parameter in now.items():
            was = before.get(key, {}).get("required", False)
            if parameter.get("required") and not was:
                yield f"{at} requires {key[0]} parameter {key[1]}"

    def _answer(self, at: str, old: Schema, new: Schema | None) -> Iterator[str]:
        if new is None:
            yield f"{at} is no answer any more"
            return
        for media, content in old.get("content", {}).items():
            given = new.get("content", {}).get(media)
            if given is None:
                yield f"{at} gives no {media}"
            elif "schema" in content:
                yield from self._given(at, content["schema"], given.get("schema", {}))

    def _taken(self, at: str, old: Schema, new: Schema) -> Iterator[str]:
        """Tell why something that was sent may not be taken."""
        yield from self._schema(at, old, new, sent=True)

    def _given(self, at: str, old: Schema, new: Schema) -> Iterator[str]:
        """Tell why something that is answered may not be read."""
        yield from self._schema(at, old, new, sent=False)

    def _schema(self, at: str, old: Schema, new: Schema, *, sent: bool) -> Iterator[str]:
        names = old.get("$ref", ""), new.get("$ref", "")
        if all(names):
            if (*names, sent) in self._seen:
                return
            self._seen.add((*names, sent))
        # Whoever says it (the client, or we) has several ways; each must be one of the other's.
        olds, news = _ways(self.old, old), _ways(self.new, new)
        said, known = (olds, news) if sent else (news, olds)
        for way in said:
            tries = [list(self._way(at, *_in_time(way, other, sent), sent=sent)) for other in known]
            if tries and all(tries):
                yield from min(tries, key=len)

    def _way(self, at: str, old: Schema, new: Schema, *, sent: bool) -> Iterator[str]:
        if old.get("type") != new.get("type"):
            yield f"{at} was {old.get('type')}, is {new.get('type')}"
            return
        gone = set(old.get("enum", ())) - set(new.get("enum", ()))
        if gone and "enum" in new:
            yield f"{at} has no {', '.join(sorted(map(str, gone)))}"
        if sent:
            yield from _tighter(at, old, new)
        if "items" in old and "items" in new:
            yield from self._schema(f"{at}[]", old["items"], new["items"], sent=sent)
        yield from self._properties(at, old, new, sent=sent)

    def _properties(self, at: str, old: Schema, new: Schema, *, sent: bool) -> Iterator[str]:
        before, now = old.get("properties", {}), new.get("properties", {})
        must_before, must_now = set(old.get("required", ())), set(new.get("required", ()))
        for name, schema in before.items():
            if name not in now:
                yield f"{at}.{name} is gone"
            else:
                yield from self._schema(f"{at}.{name}", schema, now[name], sent=sent)
        if sent:
            yield from (f"{at}.{name} is required" for name in sorted(must_now - must_before))
        else:
            left_out = (must_before - must_now) & set(now)
            yield from (f"{at}.{name} may be left out" for name in sorted(left_out))


def _in_time(said: Schema, known: Schema, sent: bool) -> tuple[Schema, Schema]:  # noqa: FBT001
    """Return the older one first."""
    return (said, known) if sent else (known, said)


def _ways(document: Document, schema: Schema) -> list[Schema]:
    """Return the alternatives of a schema, without references."""
    while reference := schema.get("$ref"):
        schema = document["components"]["schemas"][reference.removeprefix(_REF)]
    choices = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if not choices:
        return [schema]
    return [way for choice in choices for way in _ways(document, choice)]


def _tighter(at: str, old: Schema, new: Schema) -> Iterator[str]:
    for name in _AT_MOST:
        if name in new and (name not in old or new[name] < old[name]):
            yield f"{at} has a {name} of {new[name]}"
    for name in _AT_LEAST:
        if name in new and (name not in old or new[name] > old[name]):
            yield f"{at} has a {name} of {new[name]}"
    for name in ("pattern", "format"):
        if name in new and new[name] != old.get(name):
            yield f"{at} has the {name} {new[name]}"
    if "enum" in new and "enum" not in old:
        yield f"{at} takes only certain values"
