"""An example for everything that an OpenAPI document describes, made of the description itself.

A value is what its field's name asks for, as far as its schema allows it, so that an example is
never out of date, and the same id is the same thing in all of them. Tests hold every example
against its schema, and those of commands against the command.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

Schema = dict[str, Any]

COMPONENTS: Final = "#/components/schemas/"
DEEPEST: Final = 8
CHOICES: Final = ("anyOf", "oneOf", "allOf")

DAY: Final = "2026-12-10"
MOMENT: Final = "2026-12-01T09:00:00+09:00"
# Whatever ends does so later than it begins.
MOMENTS: Final[Mapping[str, str]] = {"ends_at": "2026-12-01T11:00:00+09:00"}
TEXT: Final = "第一章の原稿をお送りします。ご確認ください。"

# What people write and read, by the name of the field.
VALUES: Final[Mapping[str, Any]] = {
    "about": "十年ほど、園芸の雑誌に書いてきました。",
    "access_token": "eyJhbGciOiJFZERTQSIsImtpZCI6Ii4uLiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl",
    "address": "東京都千代田区丸の内1-1-1",
    "amount": 55_000,
    "attempts": 1,
    "bank_code": "0001",
    "bank_name": "みずほ銀行",
    "branch_code": "001",
    "branch_name": "東京営業部",
    "budget_from": 30_000,
    "budget_to": 100_000,
    "challenge": "c_5fVxT2mJrQ0",
    "client_name": "株式会社みどり園芸",
    "code": "ja",
    "comment": "三ページ目の写真を差し替えてください。",
    "count": 1,
    "counter_note": "この金額でお願いできますか。",
    "cover": "園芸の記事を百本ほど書いてきました。",
    "criteria": "一万字以上で、図が五枚あること",
    "currency": "JPY",
    "days": 3,
    "days_to_deliver": 7,
    "description": "初心者に向けた、家庭菜園の手引きを書いてください。",
    "detail": "Read it again, and look what is missing.",
    "device": "Firefox on Linux",
    "display_name": "花子",
    "email": "hanako@example.jp",
    "expires_in": 900,
    "headline": "文章とExcel",
    "hours_note": "平日の午前に連絡がつくこと",
    "job_title": "家庭菜園の手引き",
    "kana": "ミズホ",
    "last4": "4567",
    "letter_id": "5f3c9d2a",
    "link": "/contracts",
    "market": "タスキ",
    "max_revisions": 2,
    "media_type": "application/pdf",
    "method": "POST",
    "minutes": 120,
    "month": "2026-11",
    "name": "花子",
    "new_email": "hanako.new@example.jp",
    "note": "よろしくお願いします。",
    "number": "T1234567890123",
    "pass_mark": 1,
    "password": "correct horse battery staple",
    "path": "/api/v1/contracts/{contract_id}",
    "place": "在宅",
    "private_note": "",
    "q": "家庭菜園",
    "questions": "写真はどなたが用意しますか。",
    "rating": 4.8,
    "reading": "はなこ",
    "reason": "先に納品した部分の直しに時間がかかるため",
    "refresh_token": "tkr_3vQm0example",
    "registration_number": "T1234567890123",
    "reply": "こちらこそ、ありがとうございました。",
    "request_id": "0199c3a4-7d31-7c52-9a55-0d6c6a1f0b11",
    "review_days": 7,
    "secret": "0example0",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size": 48_213,
    "skills": "Excel",
    "slots": 10,
    "stars": 5,
    "status": 200,
    "substitute_name": "健二",
    "text": TEXT,
    "title": "家庭菜園の手引き",
    "totp": "492039",
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
    "type": "urn:tasuki:problem:changed_meanwhile",
    "url": "https://example.jp/garden",
    "weekly_hours": 10,
    "weekly_hours_max": 20,
    "where": "市民会館 二階",
    "year": 2026,
}


def with_examples(document: Schema) -> Schema:
    """Return the document, with an example in each schema of an object."""
    schemas = document.get("components", {}).get("schemas", {})
    maker = _Maker(schemas)
    for name, schema in schemas.items():
        if schema.get("type") == "object" and "examples" not in schema:
            schema["examples"] = [maker.value(schema, name, 0)]
    return document


class _Maker:
    """Makes values of the schemas of one document."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas

    def value(self, schema: Schema, name: str, depth: int) -> Any:
        """Return a value that the schema allows, as the name of its field asks for it."""
        schema = self._settled(schema, name, depth)
        if fixed := _fixed(schema):
            return fixed[0]
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return self._array(schema, name, depth)
        plain = {"integer": _number, "number": _number, "string": _text, "null": _nothing}
        return plain.get(kind or "", _yes_or_no)(schema, name)

    def _settled(self, schema: Schema, name: str, depth: int) -> Schema:
        """Follow references, and choose where there is a choice."""
        while True:
            choices = next((schema[key] for key in CHOICES if key in schema), None)
            if reference := schema.get("$ref"):
                schema = self._schemas[reference.removeprefix(COMPONENTS)]
            elif choices:
                schema = self._choice(choices, name, depth)
            else:
                return schema

    def _choice(self, choices: list[Schema], name: str, depth: int) -> Schema:
        """Return what is shown of several: something, unless the field's name has no value."""
        if depth >= DEEPEST:
            return next((each for each in choices if each.get("type") == "null"), choices[0])
        fitting = VALUES.get(name)
        wanted = {str: "string", int: "integer", float: "number"}.get(type(fitting))
        return next((each for each in choices if each.get("type") == wanted), choices[0])

    def _object(self, schema: Schema, depth: int) -> Any:
        properties = schema.get("properties", {})
        required = schema.get("required", ())
        shown = {
            name: self._property(each, name, depth)
            for name, each in properties.items()
            if name in required or (depth < DEEPEST and (name in VALUES or not _nullable(each)))
        }
        extra = schema.get("additionalProperties")
        if not properties and isinstance(extra, dict) and depth < DEEPEST:
            named = {"type": "string", **schema.get("propertyNames", {})}
            shown[self.value(named, "key", depth + 1)] = self.value(extra, "key", depth + 1)
        return shown

    def _property(self, schema: Schema, name: str, depth: int) -> Any:
        # What can be left out and means something then is shown as what it means.
        if "default" in schema and name not in VALUES and not schema.get("minItems"):
            return schema["default"]
        return self.value(schema, name, depth + 1)

    def _array(self, schema: Schema, name: str, depth: int) -> Any:
        if "prefixItems" in schema:
            return [self.value(each, name, depth + 1) for each in schema["prefixItems"]]
        if depth >= DEEPEST and not schema.get("minItems"):
            return []
        return [self.value(schema["items"], name, depth + 1)] * max(1, schema.get("minItems", 1))


def _nullable(schema: Schema) -> bool:
    """Tell whether nothing may be said: what can be left out is then left out."""
    return any(each.get("type") == "null" for each in schema.get("anyOf", ()))


def _fixed(schema: Schema) -> list[Any]:
    """Return the values of which one has to be taken, if that is so."""
    if "const" in schema:
        return [schema["const"]]
    values: list[Any] = schema.get("examples") or schema.get("enum") or []
    return values


def _nothing(_: Schema, __: str) -> None:
    return None


def _yes_or_no(schema: Schema, _: str) -> Any:
    return False if schema.get("type") == "boolean" else TEXT


def _number(schema: Schema, name: str) -> Any:
    found = VALUES.get(name, 1)
    number = found if isinstance(found, int | float) else 1
    if schema["type"] == "integer":
        number = int(number)
    lowest = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
    highest = schema.get("maximum", schema.get("exclusiveMaximum", number + 1) - 1)
    return int(min(max(number, lowest), highest)) if schema["type"] == "integer" else number


def _text(schema: Schema, name: str) -> str:
    by_format = {
        "uuid": str(UUID(bytes=hashlib.sha256(name.encode()).digest()[:16], version=4)),
        "date-time": MOMENTS.get(name, MOMENT),
        "date": DAY,
        "time": "09:00:00",
        "uri": "https://example.jp/garden",
        "binary": "",
    }
    if found := by_format.get(schema.get("format", "")):
        return found
    value = VALUES.get(name, name.replace("_", " "))
    text = value if isinstance(value, str) else str(value)
    return text[: schema.get("maxLength", len(text))].ljust(schema.get("minLength", 0), ".")
