"""Who is in the sample market, as people.toml tells it."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tools.story.member import JsonObject

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Figure:
    """Somebody in the sample market. `part` is what they are in a program, if anything."""

    key: str
    role: str
    name: str
    reading: str
    email: str
    about: str = ""
    part: str = ""
    locale: str = "ja"
    profile: JsonObject | None = None
    bank: Mapping[str, str] | None = None

    @classmethod
    def read(cls, key: str, values: Mapping[str, Any]) -> "Figure":
        """Return somebody as the file tells."""
        profile = values.get("profile")
        return cls(**{**values, "key": key, "profile": _profile(profile) if profile else None})


@dataclass(frozen=True)
class Company:
    """A company or an office of the sample market; `members` are its people with their rights."""

    name: str
    email: str
    founder: str
    members: Mapping[str, Sequence[str]]


@cache
def figures() -> Mapping[str, Figure]:
    """Return everybody by their key."""
    people = read("people")["people"]
    return {key: Figure.read(key, values) for key, values in people.items()}


@cache
def companies() -> Mapping[str, Company]:
    """Return the companies by their keys."""
    return {key: Company(**values) for key, values in read("people")["companies"].items()}


@cache
def read(name: str) -> Mapping[str, Any]:
    """Return what a file beside this one says."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def _profile(values: Mapping[str, Any]) -> JsonObject:
    """Return a profile as jobs takes it."""
    rate = values.get("hourly_rate")
    shown = {name: values[name] for name in ("headline", "private_note") if name in values}
    return {
        **shown,
        "about": values["about"].strip(),
        "skills": _levels(values.get("skills", ()), "name"),
        "languages": _levels(values.get("languages", ()), "code"),
        "hours": [slot for line in values.get("hours", ()) for slot in _slots(line)],
        "never": [_never(line) for line in values.get("never", ())],
        "hourly_rate": {"amount": rate, "currency": "JPY"} if rate else None,
        "portfolio": values.get("portfolio", []),
        "beginner": values.get("beginner", False),
    }


def _levels(lines: Sequence[str], name: str) -> list[JsonObject]:
    pairs = (line.rsplit(":", 1) for line in lines)
    return [{name: what, "level": level} for what, level in pairs]


def _slots(line: str) -> list[JsonObject]:
    """Return the slots of a line: some days, a part of the day, minutes."""
    *days, part, minutes = line.split()
    return [{"day": day, "part": part, "minutes": int(minutes)} for day in days]


def _never(line: str) -> JsonObject:
    day, part = line.split()
    return {"day": day, "part": part}
